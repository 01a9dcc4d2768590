import { type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isFunctionExpression,
  isOneOf,
  type Node,
  nameOf,
  unwrapped,
} from "../syntax.ts";
import { calleeOf, constantBehind } from "./callees.ts";
import { returnedBy } from "./returns.ts";

// Is this nothing but waiting for some time to pass?
//
// `new Promise((resolve) => setTimeout(resolve, ms))`, written out or behind an own function that
// returns nothing else. *Must*: an executor that does anything beside, such as listening for
// something that ends the wait, is no mere wait.

export interface TimedWait {
  /** How long, as it is written where somebody waits; undefined: not in sight. */
  readonly time: Node | undefined;
}

/** The wait that an expression makes a promise of. */
export function timedWait(promise: Node, program: Program): TimedWait | undefined {
  const node = unwrapped(promise);
  const timer = timerIn(node);
  if (timer !== undefined) return { time: timer.arguments[1] };
  if (!is.CallExpression(node)) return undefined;
  const { functions } = calleeOf(node, program);
  const [fn, another] = functions;
  if (fn === undefined || another !== undefined) return undefined;
  const [returned, other] = returnedBy(fn, program);
  const inner = returned && other === undefined ? timerIn(unwrapped(returned)) : undefined;
  if (inner === undefined || !doesNothingElse(fn)) return undefined;
  const position = fn.parameters.findIndex(
    (it) => nameOf(it.name) === nameOf(inner.arguments[1] ?? it),
  );
  return { time: position < 0 ? inner.arguments[1] : node.arguments[position] };
}

/** How many milliseconds are written there, as far as that can be seen. */
export function millisecondsOf(time: Node | undefined, program: Program): number | undefined {
  const node = time && unwrapped(time);
  if (is.NumericLiteral(node)) return Number(node.text.replaceAll("_", ""));
  const constant = is.Identifier(node) ? constantBehind(node, program) : undefined;
  return constant === undefined ? undefined : millisecondsOf(constant, program);
}

function doesNothingElse({ body }: FunctionLike): boolean {
  return !is.Block(body) || body.statements.length === 1;
}

/** The `setTimeout(resolve, ms)` that is all an executor does. */
function timerIn(node: Node): CallExpression | undefined {
  if (!is.NewExpression(node) || nameOf(unwrapped(node.expression)) !== "Promise") return undefined;
  const executor = node.arguments?.[0] && unwrapped(node.arguments[0]);
  if (!isFunctionExpression(executor)) return undefined;
  const { body } = executor;
  const [only, another] = is.Block(body) ? body.statements : [];
  const statement =
    is.ExpressionStatement(only) && another === undefined ? only.expression : undefined;
  const call = is.Block(body) ? statement : body;
  const timer = call && unwrapped(call);
  if (!is.CallExpression(timer) || nameOf(unwrapped(timer.expression)) !== "setTimeout") {
    return undefined;
  }
  return settles(timer.arguments[0], executor) ? timer : undefined;
}

/** `resolve`, or `() => resolve()`. */
function settles(callback: Node | undefined, { parameters }: FunctionLike): boolean {
  const resolve = nameOf(parameters[0]?.name);
  const node = callback && unwrapped(callback);
  if (node === undefined || resolve === undefined) return false;
  if (!isFunctionExpression(node)) return nameOf(node) === resolve;
  const { body } = node;
  const [only, another] = is.Block(body) ? body.statements : [];
  const statement =
    is.ExpressionStatement(only) && another === undefined ? only.expression : undefined;
  const call = is.Block(body) ? statement : body && unwrapped(body);
  return is.CallExpression(call) && nameOf(call.expression) === resolve && isIdle(call);
}

/** What it settles with is there already. */
function isIdle({ arguments: [value] }: CallExpression): boolean {
  return value === undefined || !isWork(unwrapped(value));
}

const isWork = isOneOf("CallExpression", "NewExpression", "AwaitExpression");
