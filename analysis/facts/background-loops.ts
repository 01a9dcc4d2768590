import { type Program } from "../program.ts";
import {
  bodyHas,
  type CallExpression,
  type ClassLike,
  type FunctionLike,
  is,
  isAssignment,
  isInside,
  isOneOf,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  walk,
  walkBody,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { lifeOf } from "./lives.ts";
import { chainStart, isHandled, isPromise } from "./promises.ts";
import { mayReject } from "./summaries.ts";

// Which work in the background goes on when the object that began it is done with?
//
// An object that says itself that it comes to an end (facts/lives.ts) and that begins a loop without
// waiting for it. *Must*: the loop pauses, and nothing in sight ends it. It has no `break`, `return` or
// `throw`; its condition is always true, or reads fields that only the constructor writes; nothing in
// its function speaks of a signal; and no method that ends the object touches a field that the loop's
// function touches, since closing a queue may well end whoever reads from it. Work that ends by itself
// is nobody's concern here, and neither is a promise that is kept somewhere: whoever keeps it can wait.

type Loop = NodeOf<"ForStatement"> | NodeOf<"WhileStatement"> | NodeOf<"DoStatement">;

export interface BackgroundLoop {
  readonly call: CallExpression;
  readonly fn: FunctionLike;
  readonly loop: Loop;
  readonly of: ClassLike;
  readonly teardown: FunctionLike;
}

/** The endless loop that a statement begins, where nothing ends it with its object. */
export function unownedLoop(
  statement: NodeOf<"ExpressionStatement">,
  program: Program,
): BackgroundLoop | undefined {
  const written = unwrapped(statement.expression);
  const expression = is.VoidExpression(written) ? unwrapped(written.expression) : written;
  const call = chainStart(expression);
  if (!is.CallExpression(call) || mayEndByArgument(call)) return undefined;
  const life = lifeOf(call, program);
  if (life?.kind !== "class" || life.teardown === undefined) return undefined;
  if (isInside(call, life.teardown)) return undefined;
  const { functions } = calleeOf(call, program);
  const [fn, another] = functions;
  if (fn === undefined || another !== undefined) return undefined;
  const loop = endlessLoopIn(fn, life.of);
  if (loop === undefined || touchTheSame(fn, endsOf(life.of, life.teardown))) return undefined;
  // What nobody handles is told of as a promise that floats.
  const isKnown = isHandled(expression, program) || expression !== written;
  if (!isPromise(call, program)) return undefined;
  if (!isKnown && mayReject(call, program) !== undefined) return undefined;
  return { call, fn, loop, of: life.of, teardown: life.teardown };
}

const leaves = isOneOf("BreakStatement", "ReturnStatement", "ThrowStatement", "YieldExpression");

function endlessLoopIn(fn: FunctionLike, of: ClassLike): Loop | undefined {
  let found: Loop | undefined;
  if (fn.body === undefined || speaksOfSignals(fn)) return undefined;
  walkBody(fn.body, (node) => {
    const isConditional = is.WhileStatement(node) || is.DoStatement(node) || is.ForStatement(node);
    if (isConditional && isEndless(node, of)) found ??= node;
    return undefined;
  });
  return found;
}

function isEndless(loop: Loop, of: ClassLike): boolean {
  const condition = is.ForStatement(loop) ? loop.condition : loop.expression;
  if (condition !== undefined && !isAlwaysTrue(unwrapped(condition), of)) return false;
  return bodyHas(loop.statement, pauses) && !bodyHas(loop.statement, leaves);
}

function pauses(node: Node): boolean {
  return is.AwaitExpression(node) || (is.ForOfStatement(node) && node.awaitModifier !== undefined);
}

/** `true`, or a field that nothing but its initial value ever writes. */
function isAlwaysTrue(condition: Node, of: ClassLike): boolean {
  if (is.TrueKeyword(condition) || (is.NumericLiteral(condition) && condition.text === "1")) {
    return true;
  }
  const inner = is.PrefixUnaryExpression(condition) ? unwrapped(condition.operand) : condition;
  if (!is.PropertyAccessExpression(inner) || !is.ThisKeyword(unwrapped(inner.expression))) {
    return false;
  }
  const { text } = inner.name;
  const isDeclared = of.members.some(
    (it) => is.PropertyDeclaration(it) && nameOf(it.name) === text && it.initializer !== undefined,
  );
  return isDeclared && !isWritten(text, of);
}

function isWritten(field: string, of: ClassLike): boolean {
  let found = false;
  walk(of, (it) => {
    const target = isAssignment(it)
      ? unwrapped(it.left)
      : is.PrefixUnaryExpression(it) || is.PostfixUnaryExpression(it)
        ? unwrapped(it.operand)
        : undefined;
    // Whoever reaches into the object by another name may do anything with it.
    const isField = is.PropertyAccessExpression(target) && target.name.text === field;
    found ||= isField && !is.PrefixUnaryExpression(it);
    return undefined;
  });
  return found;
}

const SIGNAL = /abort|signal|token|cancel/i;

function speaksOfSignals(fn: Node): boolean {
  let found = false;
  walk(fn, (it) => {
    found ||= is.Identifier(it) && SIGNAL.test(it.text);
    return found ? "skip" : undefined;
  });
  return found;
}

/** Whoever is handed something may be ended by it. */
function mayEndByArgument({ arguments: args }: CallExpression): boolean {
  return args.some((it) => speaksOfSignals(it) || SIGNAL.test(nameOf(unwrapped(it)) ?? ""));
}

const ENDS =
  /^_?(?:dispose|async ?dispose|destroy|close|stop|shut ?down|tear ?down|clean ?up|disconnect|terminate|quit|end|abort|cancel|kill|pause)/i;

/** All methods of the class that end something, by their names. */
function endsOf({ members }: ClassLike, teardown: FunctionLike): readonly FunctionLike[] {
  const named = members.filter(
    (it) => is.MethodDeclaration(it) && ENDS.test(nameOf(it.name) ?? ""),
  );
  return [teardown, ...named.filter((it) => is.MethodDeclaration(it))];
}

function touchTheSame(fn: FunctionLike, ends: readonly FunctionLike[]): boolean {
  const fields = fieldsIn(fn);
  return ends.some((it) => [...fieldsIn(it)].some((field) => fields.has(field)));
}

function fieldsIn(fn: FunctionLike): ReadonlySet<string> {
  const fields = new Set<string>();
  walk(fn, (it) => {
    if (is.PropertyAccessExpression(it) && is.ThisKeyword(unwrapped(it.expression))) {
      fields.add(it.name.text);
    }
    return undefined;
  });
  return fields;
}
