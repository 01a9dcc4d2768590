import { isDropped } from "../../analysis/facts/mentions.ts";
import { awaitedInVain, isTakenForValue } from "../../analysis/facts/awaited.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Fix } from "../../analysis/rule.ts";
import {
  is,
  isJavaScript,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  startOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { awaitAllInLoop } from "../fixes/await-all.ts";
import { callFunction } from "../fixes/call-function.ts";
import { dropAwait, dropLoopAwait, dropUsingAwait } from "../fixes/drop-await.ts";
import { nameOfArray, nameOfValue } from "../words/names.ts";

// See await-of-non-promise.md for what this means to the user.
//
// A function that is awaited where it was to be called is a bug: nothing runs. An `await` on any
// other value is only needless, so it is a hint, and only under the strict profile.
export const awaitOfNonPromise = defineRule({
  id: "await-of-non-promise",
  summary: "A function is awaited that was not called, or something that is no promise.",
  severity: "warning",
  profile: "recommended",
  equivalents: ["@typescript-eslint/await-thenable", "typescript/await-thenable"],
  on: {
    kinds: ["AwaitExpression", "CallExpression", "ForOfStatement", "VariableDeclarationList"],
    asks: [{ about: "promise", child: "expression" }],
  },

  *check(node, program) {
    if (is.AwaitExpression(node)) yield* awaited(node, program);
    else if (is.CallExpression(node)) yield* combined(node, program);
    else if (is.ForOfStatement(node)) yield* looped(node, program);
    else if (is.VariableDeclarationList(node)) yield* disposed(node, program);
  },
});

/** An `await` that does no harm: a reader looks for work that is not there. */
function needless(at: Node, message: string, fixes: readonly Fix[]): Finding {
  const why = "The function pauses for a turn, and a reader looks for work that is not there.";
  return { at, message, why, fixes, severity: "hint", profile: "strict" };
}

/** Nothing runs, and what comes out is the function itself. */
function notCalled(at: Node, verb: "awaited" | "handed over", fixes: readonly Fix[]): Finding {
  const message = `${nameOfValue(at)} is ${verb}, but not called.`;
  const why = "Waiting for a function gives the function itself, at once: nothing runs.";
  return { at, message, why, fixes };
}

function* awaited(node: NodeOf<"AwaitExpression">, program: Program): Iterable<Finding> {
  const operand = node.expression;
  const found = awaitedInVain(operand, program);
  if (found === "function" && isTakenForValue(node)) {
    yield notCalled(operand, "awaited", callFunction(operand, program));
  } else if (found !== undefined && !isJavaScript(sourceFileOf(node))) {
    const message = `${nameOfValue(operand)} is no promise, so there is nothing to wait for.`;
    yield needless(node, message, dropAwait(node));
  }
}

const COMBINATORS: ReadonlySet<string> = new Set(["all", "allSettled", "any", "race"]);

/** `Promise.all` and its like wait for what they are given. */
function* combined(node: NodeOf<"CallExpression">, program: Program): Iterable<Finding> {
  const call = methodCall(node);
  const [argument] = node.arguments;
  if (call === undefined || argument === undefined || !COMBINATORS.has(call.method)) return;
  if (nameOf(call.receiver) !== "Promise") return;
  const inner = unwrapped(argument);
  if (!is.ArrayLiteralExpression(inner)) {
    yield* combinedArray(node, argument, program);
    return;
  }
  for (const element of inner.elements) {
    if (is.SpreadElement(element) || is.OmittedExpression(element)) continue;
    const found = awaitedInVain(element, program);
    if (found === "function" && isResultDropped(node)) {
      yield notCalled(element, "handed over", callFunction(element, program));
    } else if (found !== undefined && !isSentinel(call.method, node)) {
      const message = `${nameOfValue(element)} is no promise, so there is nothing to wait for.`;
      yield needless(element, message, []);
    }
  }
}

function* combinedArray(node: Node, array: Node, program: Program): Iterable<Finding> {
  const { elements, elementCallResult } = program.types.value(array);
  if (elements !== "none") return;
  if (elementCallResult !== undefined && isResultDropped(node)) {
    yield {
      ...notCalled(array, "handed over", []),
      message: `The functions in ${nameOfArray(array)} are handed over, but not called.`,
    };
  } else if (!isJavaScript(sourceFileOf(node))) {
    const message = `There are no promises in ${nameOfArray(array)}, so there is nothing to wait for.`;
    yield needless(array, message, []);
  }
}

function isResultDropped(call: Node): boolean {
  const { parent } = wrapped(call);
  return isDropped(call) || (is.AwaitExpression(parent) && isDropped(parent));
}

/** `Promise.race([work, "pending"])` asks whether the work is done; JavaScript has no types. */
function isSentinel(method: string, node: Node): boolean {
  return method === "race" || isJavaScript(sourceFileOf(node));
}

function* looped(loop: NodeOf<"ForOfStatement">, program: Program): Iterable<Finding> {
  if (loop.awaitModifier === undefined || isJavaScript(sourceFileOf(loop))) return;
  const { opaque, generic, iteration, elements } = program.types.value(loop.expression);
  if (opaque || generic || iteration !== "sync") return;
  const name = nameOfValue(loop.expression);
  if (elements !== undefined && elements !== "none") {
    yield {
      ...needless(loop.expression, "", awaitAllInLoop(loop)),
      message: `${name} is no async iterable: its promises are awaited one after another.`,
      why: "While one is awaited, nobody listens to the others: a rejection ends the process.",
    };
    return;
  }
  const fixes = elements === "none" ? dropLoopAwait(loop) : [];
  const message = `${name} is no async iterable, so there is nothing to wait for.`;
  yield needless(loop.expression, message, fixes);
}

function* disposed(list: NodeOf<"VariableDeclarationList">, program: Program): Iterable<Finding> {
  if (!startsWithAwait(list) || isJavaScript(sourceFileOf(list))) return;
  for (const { initializer } of list.declarations) {
    if (initializer === undefined) continue;
    const { opaque, generic, disposal } = program.types.value(initializer);
    if (opaque || generic || disposal !== "sync") continue;
    const fixes = list.declarations.length === 1 ? dropUsingAwait(list) : [];
    const message = `${nameOfValue(initializer)} is disposed of at once, so there is nothing to wait for.`;
    yield needless(initializer, message, fixes);
  }
}

/** Cheaper than the whole keyword, and most lists are not it. */
function startsWithAwait(list: NodeOf<"VariableDeclarationList">): boolean {
  const file = sourceFileOf(list);
  return file.text.startsWith("await", startOf(list, file));
}
