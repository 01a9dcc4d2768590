import { isReleasedByName } from "../../analysis/facts/lock-release.ts";
import { type LockUse, lockUseOf, mayConcernLock } from "../../analysis/facts/lock-uses.ts";
import { calleeOf } from "../../analysis/facts/callees.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { type CallExpression, is, type Node, unwrapped } from "../../analysis/syntax.ts";
import { keepAndRelease, keepByUsing } from "../fixes/keep-guard.ts";
import { nameOfCall } from "../words/names.ts";

// See discarded-disposable.md for what this means to the user.
//
// What unreleased-lock follows along the paths of a function is lost here at once. A lock that is
// also given back by a method of its own is that rule's business.
export const discardedDisposable = defineRule({
  id: "discarded-disposable",
  summary: "A guard is dropped where it is made, so that what it stands for is never ended.",
  severity: "error",
  profile: "recommended",
  equivalents: [],
  covers: ["floating-promise"],
  on: { kinds: ["ExpressionStatement"] },

  *check({ expression }, program) {
    const value = withoutVoid(unwrapped(expression));
    const call = is.AwaitExpression(value) ? unwrapped(value.expression) : value;
    if (!is.CallExpression(call)) return;
    const use = mayConcernLock(call, program) ? lockUseOf(call, program) : undefined;
    const finding = use === undefined ? kept(call, program) : guard(use, program);
    if (finding === undefined) return;
    const statement = expression.parent;
    yield {
      ...finding,
      at: call,
      fixes: [
        ...keepByUsing(statement, value, program),
        ...(use?.does !== "acquire" ? [] : keepAndRelease(statement, value, use, program)),
      ],
    };
  },
});

function withoutVoid(node: Node): Node {
  return is.VoidExpression(node) ? unwrapped(node.expression) : node;
}

function guard(use: LockUse, program: Program): Omit<Finding, "at"> | undefined {
  const takes = use.does === "acquire" || use.does === "try";
  if (!takes || use.gives === undefined || isReleasedByName(use, program)) return undefined;
  const what = use.gives === "guard" ? "guard" : "release function";
  return {
    message: `The ${what} of \`${use.lock.name}\` is dropped, so nobody can give the lock back.`,
    why: "Whoever wants it next waits forever, and so does everything that waits for them.",
  };
}

function kept(call: CallExpression, program: Program): Omit<Finding, "at"> | undefined {
  if (calleeOf(call, program).model?.mustKeep !== true) return undefined;
  return {
    message: `What this ${nameOfCall(call)} gives is dropped, so its function never runs.`,
    why: "The function runs when the value is disposed of, at the end of a `using` declaration or by hand.",
  };
}
