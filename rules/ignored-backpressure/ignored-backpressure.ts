import { floodedBy } from "../../analysis/facts/backpressure.ts";
import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import { defineRule } from "../../analysis/rule.ts";
import { sourceFileOf, textOf } from "../../analysis/syntax.ts";
import { pipeInstead } from "../fixes/pipe-instead.ts";
import { waitForDrain } from "../fixes/wait-for-drain.ts";

// See ignored-backpressure.md for what this means to the user.
export const ignoredBackpressure = defineRule({
  id: "ignored-backpressure",
  summary: "A loop writes to a stream and does not look at whether the stream can take more.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: {
    kinds: ["CallExpression"],
    where: [{ child: "expression", kinds: ["PropertyAccessExpression"] }],
  },

  *check(call, program) {
    const flood = floodedBy(call, program);
    if (flood === undefined || isTestOrScript(sourceFileOf(call), program)) return;
    yield {
      at: call.expression,
      message: `Nothing looks at what \`${textOf(call.expression)}\` gives, so the stream cannot say that it is full.`,
      why: "What the other side does not take in time is kept in memory, however much it is.",
      notes: [{ at: flood, message: "goes on as fast as this gives something" }],
      fixes: [...waitForDrain(call), ...pipeInstead(call)],
    };
  },
});
