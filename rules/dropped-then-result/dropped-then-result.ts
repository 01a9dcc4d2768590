import { chainCallOf, isHandled, isPromise, mayFloat } from "../../analysis/facts/promises.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  isAssignment,
  isAsync,
  isFunctionExpression,
  isGenerator,
  unwrapped,
} from "../../analysis/syntax.ts";
import { letCallerWait } from "../fixes/make-async.ts";
import { nameOfCall } from "../words/names.ts";

// See dropped-then-result.md for what this means to the user.
//
// The callback of a chain is the one place where a dropped promise has an owner at hand: the chain
// waits for what the callback returns. In an async callback the cure is `await`, as anywhere else,
// so that is left to floating-promise.
export const droppedThenResult = defineRule({
  id: "dropped-then-result",
  summary: "The callback of a promise chain starts a promise and does not return it to the chain.",
  severity: "warning",
  profile: "strict",
  equivalents: ["promise/always-return"],
  covers: ["floating-promise"],
  on: {
    kinds: ["ExpressionStatement"],
    where: [
      {
        child: "expression",
        notKinds: ["AwaitExpression", "VoidExpression", "PostfixUnaryExpression", "StringLiteral"],
      },
    ],
  },

  *check(statement, program) {
    const callback = enclosingFunction(statement);
    if (!isFunctionExpression(callback) || isAsync(callback) || isGenerator(callback)) return;
    const dropped = unwrapped(statement.expression);
    if (isAssignment(dropped)) return;
    const chain = chainCallOf(callback, program);
    if (chain === undefined || !isPromise(dropped, program)) return;
    if (isHandled(dropped, program) || mayFloat(dropped, program)) return;
    yield {
      at: dropped,
      message: `The chain does not wait for this ${nameOfCall(dropped)}.`,
      why: `\`${chain.method}\` waits only for what its callback returns: the next step runs before this has settled, and its rejection does not reach the end of the chain.`,
      notes: [{ at: chain.name, message: "waits for what its callback returns" }],
      fixes: letCallerWait(dropped, program),
    };
  },
});
