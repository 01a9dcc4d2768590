import { replace } from "../../analysis/edit.ts";
import type { Nested } from "../../analysis/facts/lock-order.ts";
import { lockUseOf } from "../../analysis/facts/lock-uses.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  enclosingFunction,
  is,
  isFunctionExpression,
  methodCall,
  type Node,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";

// Takes locks in another order, or one of them not at all.

/** `(async () => { … })()` in the place of `lock.runExclusive(async () => { … })`. */
export function runWithoutLock({ at, outer, taken, inner }: Nested): Fix[] {
  const [task, another] = at.arguments;
  if (taken !== at || task === undefined || another !== undefined) return [];
  if (!isFunctionExpression(unwrapped(task)) || task.end !== unwrapped(task).end) return [];
  if (!outer.since.some((it) => at.pos >= it.pos && at.end <= it.end)) return [];
  return [
    {
      title: `Run it without taking '${inner.name}' again`,
      safety: "suggestion",
      edits: [replace(at, `(${textOf(task)})()`)],
    },
  ];
}

/** `a.runExclusive(() => b.runExclusive(task))` for the two the other way round. */
export function swapLocks({ at, outer }: Nested, program: Program): Fix[] {
  const [call] = outer.since;
  if (!is.CallExpression(call) || outer.since.length > 1) return [];
  const [first, second] = [methodCall(call), methodCall(at)];
  if (first === undefined || second === undefined || first.method !== second.method) return [];
  const isAlone = call.arguments.length === 1 && at.arguments.length === 1 && isAllOf(at, call);
  if (!isAlone || lockUseOf(at, program) === undefined) return [];
  const [a, b] = [textOf(second.receiver), textOf(first.receiver)];
  return [
    {
      title: `Take '${a}' before '${b}' here too`,
      safety: "suggestion",
      edits: [replace(first.receiver, a), replace(second.receiver, b)],
    },
  ];
}

/** Whether the inner call is all that the callback of the outer one does. */
function isAllOf(inner: CallExpression, outer: CallExpression): boolean {
  const callback = enclosingFunction(inner);
  const [argument] = outer.arguments;
  if (callback === undefined || argument === undefined || unwrapped(argument) !== callback) {
    return false;
  }
  let value: Node = wrapped(inner);
  if (is.AwaitExpression(value.parent)) value = wrapped(value.parent);
  const { parent } = value;
  if (parent === callback) return true;
  const isStatement = is.ReturnStatement(parent) || is.ExpressionStatement(parent);
  return isStatement && is.Block(callback.body) && callback.body.statements.length === 1;
}
