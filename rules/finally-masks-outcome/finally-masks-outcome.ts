import { type Jump, jumpsOutOf, outcomesOf } from "../../analysis/facts/masking.ts";
import { isPromise } from "../../analysis/facts/promises.ts";
import { functionsIn } from "../../analysis/facts/callees.ts";
import { bodyMayReject, mayReject } from "../../analysis/facts/summaries.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Note } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  isFunctionLike,
  methodCall,
  type Node,
  type NodeOf,
  walkBody,
} from "../../analysis/syntax.ts";
import { catchRejection } from "../fixes/catch-rejection.ts";
import { jumpBehind } from "../fixes/jump-behind.ts";
import { nameOfCall } from "../words/names.ts";

// See finally-masks-outcome.md for what this means to the user.
//
// A block that says itself where to go is an error where there is a result or an error to forget.
// Clean-up that may fail hides an error only when two things fail at once, so it is a hint, and only
// under the strict profile; what is thrown on purpose is not.
export const finallyMasksOutcome = defineRule({
  id: "finally-masks-outcome",
  summary: "What runs at the end replaces the result or the error of what ran before.",
  severity: "warning",
  profile: "recommended",
  equivalents: [
    "eslint/no-unsafe-finally",
    "promise/no-return-in-finally",
    "unicorn/no-async-promise-finally",
  ],
  on: { kinds: ["TryStatement", "CallExpression"] },

  *check(node, program) {
    if (is.TryStatement(node)) yield* inBlock(node, program);
    else if (is.CallExpression(node)) yield* inCallback(node, program);
  },
});

function* inBlock(statement: NodeOf<"TryStatement">, program: Program): Iterable<Finding> {
  const { finallyBlock, catchClause } = statement;
  if (finallyBlock === undefined) return;
  const outcomes = outcomesOf(statement);
  const onlyUnforeseen = outcomes.length === 0 && catchClause !== undefined;
  for (const jump of jumpsOutOf(finallyBlock)) {
    const isThrow = is.ThrowStatement(jump);
    // An error that was caught and not thrown again is no longer there to be replaced.
    if (isThrow && onlyUnforeseen) continue;
    yield {
      at: jump,
      message: messageFor(jump),
      why: WHY,
      notes: outcomes.map((at) => ({
        at,
        message: is.ThrowStatement(at) ? "this error is forgotten" : "this result is forgotten",
      })),
      severity: onlyUnforeseen ? "hint" : isThrow ? "warning" : "error",
      profile: onlyUnforeseen ? "strict" : undefined,
      fixes: isThrow ? [] : jumpBehind(jump, statement, finallyBlock),
    };
  }
  yield* failingIn(finallyBlock, program);
}

const WHY =
  "A `finally` block runs on the way out, with a result or with an error, and this sends control somewhere else: what it was on its way with is dropped without a trace.";

function messageFor(jump: Jump): string {
  if (is.ReturnStatement(jump)) {
    return "This `return` replaces whatever the block before it returned or threw.";
  }
  if (is.ThrowStatement(jump)) return "This `throw` replaces the error of the block before it.";
  const word = is.BreakStatement(jump) ? "break" : "continue";
  return `This \`${word}\` forgets what the block before it returned or threw.`;
}

/** Clean-up in the block that is awaited, and whose failure nothing in the block is ready for. */
function* failingIn(block: NodeOf<"Block">, program: Program): Iterable<Finding> {
  const awaits: NodeOf<"AwaitExpression">[] = [];
  walkBody(block, (node) => {
    if (is.AwaitExpression(node)) awaits.push(node);
    return is.TryStatement(node) && node.catchClause !== undefined ? "skip" : undefined;
  });
  for (const { expression } of awaits) {
    const reason = mayReject(expression, program);
    if (reason === undefined) continue;
    yield { ...mayFail(expression, reason), fixes: catchRejection(expression, program) };
    return;
  }
}

/** `.finally(async () => { … })`: what the callback throws is what the promise becomes. */
function* inCallback(call: CallExpression, program: Program): Iterable<Finding> {
  const chain = methodCall(call);
  const [callback] = chain?.args ?? [];
  if (chain?.method !== "finally" || callback === undefined) return;
  const [fn] = functionsIn(callback, program);
  if (fn === undefined || !isPromise(chain.receiver, program)) return;
  const reason = bodyMayReject(fn, program);
  if (reason === undefined) return;
  if (!is.ThrowStatement(reason)) {
    yield mayFail(isFunctionLike(callback) ? reason : callback, reason);
    return;
  }
  const at = reason.pos >= callback.pos && reason.end <= callback.end ? reason : callback;
  yield {
    at,
    message: "What is thrown here replaces the result or the error of the promise.",
    why: "`finally` passes on what the promise settles with, unless the callback fails: then the promise it gives rejects with that.",
    notes: at === reason ? [] : thrownAt(reason),
  };
}

function thrownAt(reason: Node): readonly Note[] {
  return [{ at: reason, message: "thrown here" }];
}

function mayFail(at: Node, reason: Node): Finding {
  return {
    at,
    message: `If this ${nameOfCall(at)} fails, its error replaces the one that came before it.`,
    why: "The error of the clean-up is reported, and the one that led to it is lost.",
    notes: reason === at ? [] : [{ at: reason, message: "may fail" }],
    severity: "hint",
    profile: "strict",
  };
}
