import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { orphanedBy } from "../../analysis/facts/siblings.ts";
import { defineRule } from "../../analysis/rule.ts";
import { methodCall, sourceFileOf } from "../../analysis/syntax.ts";
import { abortSiblings } from "../fixes/abort-siblings.ts";
import { settleAllFirst } from "../fixes/settle-all.ts";

// See orphaned-siblings.md for what this means to the user.
//
// That the others go on is no harm by itself; that what they use is taken away is.
export const orphanedSiblings = defineRule({
  id: "orphaned-siblings",
  summary: "When one of several promises fails, what the others still use is closed.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: {
    kinds: ["CallExpression"],
    where: [{ child: "expression", kinds: ["PropertyAccessExpression"] }],
  },

  *check(call, program) {
    const found = orphanedBy(call, program);
    const combinator = methodCall(call);
    if (found === undefined || combinator === undefined) return;
    const { resource, end, failing, other } = found;
    yield {
      at: call.expression,
      message: `When one of these fails, \`${resource}\` is ended while the others still use it.`,
      why: `\`Promise.${combinator.method}\` does not wait for the others: they go on with what is closed or rolled back, and nobody hears how they end.`,
      profile: isTestFile(sourceFileOf(call), program) ? "strict" : undefined,
      notes: [
        { at: failing, message: failing === other ? "one of these may fail" : "may fail" },
        { at: end, message: `\`${resource}\` ends here` },
        ...(failing === other ? [] : [{ at: other, message: "still uses it" }]),
      ],
      fixes: [...settleAllFirst(call), ...abortSiblings(call, program)],
    };
  },
});
