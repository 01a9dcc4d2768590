import { orphanedBy } from "../../analysis/facts/controllers.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { defineRule } from "../../analysis/rule.ts";
import { sourceFileOf, textOf } from "../../analysis/syntax.ts";
import { timeLimitInstead } from "../fixes/time-limit-instead.ts";
import { abortPrevious } from "../fixes/abort-previous.ts";

// See orphaned-controller.md for what this means to the user.
export const orphanedController = defineRule({
  id: "orphaned-controller",
  summary: "A controller is made or replaced so that nobody can abort what it stands for.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["NewExpression"], where: [{ child: "expression", kinds: ["Identifier"] }] },

  *check(node, program) {
    const orphan = orphanedBy(node, program);
    if (orphan === undefined || isTestFile(sourceFileOf(node), program)) return;
    const name = textOf(orphan.holder);
    if (orphan.because === "unreachable") {
      yield {
        at: node,
        message: `Nobody can abort \`${name}\`: only its signal is ever used.`,
        why: "The signal looks as if the work could be cancelled, and it never is.",
        fixes: timeLimitInstead(orphan, program),
      };
      return;
    }
    yield {
      at: node,
      message: `The controller that \`${name}\` held before can be aborted by nobody any more.`,
      why: "Work that was begun with the old one goes on beside the new, and its result may come last.",
      notes: orphan.abort && [{ at: orphan.abort, message: "this aborts the new one only" }],
      fixes: abortPrevious(node, name),
    };
  },
});
