import { fact, type Program, resolve } from "../program.ts";
import {
  bodyHas,
  type FunctionLike,
  is,
  isAsync,
  isFunctionLike,
  isGenerator,
  isLoop,
  isOneOf,
  isShortCircuit,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { buildGraph } from "./flow-build.ts";
import type { FlowOwner, Graph, Point } from "./flow-graph.ts";
import { reason } from "./reasons.ts";

// One step along the flow, and calls that end it.
//
// A call ends the flow when its declaration says `never`, a model says so (`process.exit`), or all
// the own functions that it may call have no way to their end. Asked only of calls whose value
// nobody needs, and of the last operand of `??` and its like: `const id = key ?? fail()`.

/** The graph of a function, a file's top level, a static block or a field's value. */
export const graphOf: (owner: FlowOwner, program: Program) => Graph = fact(buildGraph);

/**
 * Which exceptions a path may take. `thrown`: those of `throw` statements. `awaited`: also
 * rejections of what is awaited. `any`: also those of calls, all of which may throw for all we know.
 * A function says it of the node that may be interrupted; `throw` statements are not asked about.
 */
export type Exceptions =
  | "thrown"
  | "awaited"
  | "any"
  | ((node: Node, role: Point["role"]) => boolean);

const LEVELS = { throw: 0, await: 1, call: 2, thrown: 0, awaited: 1, any: 2 } as const;

/** The points that may come right after this one. */
export function after(point: Point, exceptions: Exceptions, program: Program): readonly Point[] {
  const { next, raises, handler, node } = point;
  const ends = node !== undefined && point.role === "value" ? ending(node, program) : undefined;
  if (ends === "exits") return [];
  if (ends === "throws") return handler === undefined ? [] : [handler];
  if (raises === undefined || handler === undefined) return next;
  if (typeof exceptions === "function") {
    const isRaised = raises === "throw" || (node !== undefined && exceptions(node, point.role));
    return isRaised ? [...next, handler] : next;
  }
  return LEVELS[raises] <= LEVELS[exceptions] ? [...next, handler] : next;
}

/** The points that come right after this one, unless an exception is thrown here. */
export function nextOf(point: Point, program: Program): readonly Point[] {
  const { node, next, role } = point;
  const mayExit = role === "value" && is.CallExpression(node) && EXIT.test(calledName(node));
  return mayExit && ending(node, program) === "exits" ? [] : next;
}

/** Only such names are worth a question where whole functions are walked. */
const EXIT = /exit|abort/i;

function calledName({ expression }: NodeOf<"CallExpression">): string {
  const called = unwrapped(expression);
  return nameOf(is.PropertyAccessExpression(called) ? called.name : called) ?? "";
}

/** Whether the flow stops at this call or `await`, and whether by an exception. */
function ending(node: Node, program: Program): "exits" | "throws" | undefined {
  if (is.AwaitExpression(node)) {
    const awaited = unwrapped(node.expression);
    if (!is.CallExpression(awaited) || !isLast(node)) return undefined;
    return neverSettles(awaited, program) ? "throws" : undefined;
  }
  if (!is.CallExpression(node) || !isLast(node)) return undefined;
  const { model } = calleeOf(node, program);
  if (model?.result === "ends") return "exits";
  return neverReturns(node, program) ? "throws" : undefined;
}

/** Whether the code can do without the value: a statement, or the last resort of `??` or `?:`. */
function isLast(node: Node): boolean {
  let outer = wrapped(node);
  let isResort = false;
  for (;;) {
    const { parent } = outer;
    const resort =
      (isShortCircuit(parent) && outer === parent.right) ||
      (is.ConditionalExpression(parent) && outer !== parent.condition);
    if (!resort) break;
    isResort = true;
    outer = wrapped(parent);
  }
  return isResort || isStatement(outer.parent);
}

const isStatement = isOneOf("ExpressionStatement", "ReturnStatement", "ArrowFunction");

function neverReturns(call: Node, program: Program): boolean {
  if (declaresNever(call, program)) return true;
  const { functions } = calleeOf(call, program);
  return functions.length > 0 && functions.every((it) => !isAsync(it) && isDeadEnd(it, program));
}

function neverSettles(call: Node, program: Program): boolean {
  const { functions } = calleeOf(call, program);
  return functions.length > 0 && functions.every((it) => isAsync(it) && isDeadEnd(it, program));
}

/** Whether the declaration of what is called says that it never returns. */
export function declaresNever(call: Node, program: Program): boolean {
  const declarations = calleeOf(call, program).symbol?.declarations ?? [];
  return declarations.length > 0 && declarations.every((it) => saysNever(resolve(it, program)));
}

function saysNever(declaration: Node | undefined): boolean {
  const signature = isFunctionLike(declaration) || is.MethodSignature(declaration);
  return signature && is.NeverKeyword(declaration.type);
}

/** Whether no path leads to the function's end. The last statement is a cheap first look. */
function isDeadEnd(node: FunctionLike, program: Program): boolean {
  if (isGenerator(node) || !is.Block(node.body)) return false;
  const last = node.body.statements.at(-1);
  const promising = is.ThrowStatement(last) || isLoop(last) || isExit(last);
  if (!promising || bodyHas(node.body, is.ReturnStatement)) return false;
  return wayOut(node, program) === undefined;
}

function isExit(statement: Node | undefined): boolean {
  if (!is.ExpressionStatement(statement)) return false;
  const call = unwrapped(statement.expression);
  if (!is.CallExpression(call) || !is.PropertyAccessExpression(call.expression)) return false;
  return nameOf(call.expression.expression) === "process";
}

const wayOut = reason<FunctionLike, Point>((owner, program) => {
  const graph = graphOf(owner, program);
  for (const point of reachable(graph.entry, "any", program)) {
    if (point === graph.returned || point === graph.ended) return point;
  }
  return undefined;
});

/** All points that can be reached, nearest first, the one to start from included. */
export function* reachable(
  entry: Point,
  exceptions: Exceptions,
  program: Program,
): Generator<Point, void> {
  const seen = new Set([entry]);
  for (const point of seen) {
    yield point;
    for (const next of after(point, exceptions, program)) seen.add(next);
  }
}
