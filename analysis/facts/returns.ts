import { fact, type Program } from "../program.ts";
import {
  type FunctionLike,
  is,
  isAsync,
  isGenerator,
  isShortCircuit,
  methodCall,
  type Node,
  unwrapped,
} from "../syntax.ts";
import { calleeOf, constantBehind } from "./callees.ts";
import { graphOf } from "./flow-walk.ts";
import { reason } from "./reasons.ts";

// What does a function give back?

/** The expressions whose value a function may return; statements that cannot run left out. */
export const returnedBy: (fn: FunctionLike, program: Program) => readonly Node[] = fact(
  (fn, program) => {
    const { body } = fn;
    if (body === undefined) return [];
    if (!is.Block(body)) return [unwrapped(body)];
    const returned = new Set<Node>();
    // Calls that never return are not asked for: that would take a type question for each call.
    const reached = new Set([graphOf(fn, program).entry]);
    for (const { node, next, handler } of reached) {
      if (is.ReturnStatement(node) && node.expression !== undefined) returned.add(node.expression);
      for (const it of next) reached.add(it);
      if (handler !== undefined) reached.add(handler);
    }
    return [...returned];
  },
);

/** Whether a call may give a promise. */
export function returnsPromise(fn: FunctionLike, program: Program): boolean {
  if (isGenerator(fn)) return false;
  return isAsync(fn) || returnedBy(fn, program).some((it) => isPromiseByType(it, program));
}

/** The node at which a call starts what the promise that it returns stands for. */
export const startedBy = reason<FunctionLike, Node>((fn, program) => {
  if (isGenerator(fn)) return undefined;
  return isAsync(fn) ? fn : returnedBy(fn, program).find((it) => starts(it, program));
});

/**
 * Whether evaluating the expression begins work and gives its promise, as opposed to one that was
 * there before: a parameter, a field, a memo.
 */
function starts(written: Node, program: Program): boolean {
  const node = unwrapped(written);
  if (is.ConditionalExpression(node)) {
    return starts(node.whenTrue, program) || starts(node.whenFalse, program);
  }
  if (isShortCircuit(node)) return starts(node.left, program) || starts(node.right, program);
  if (is.Identifier(node)) {
    const bound = constantBehind(node, program);
    return bound !== undefined && starts(bound, program);
  }
  if (is.NewExpression(node)) return isPromiseByType(node, program);
  if (!is.CallExpression(node)) return false;
  const chain = methodCall(node);
  if (chain !== undefined && CHAIN.has(chain.method)) return starts(chain.receiver, program);
  const { model, functions } = calleeOf(node, program);
  if (model?.result === "lazy") return false;
  if (functions.length > 0) return functions.some((it) => startedBy(it, program) !== undefined);
  return isPromiseByType(node, program);
}

const CHAIN: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

function isPromiseByType(expression: Node, program: Program): boolean {
  const { extent } = program.types.promise(expression);
  return extent === "all" || extent === "some";
}
