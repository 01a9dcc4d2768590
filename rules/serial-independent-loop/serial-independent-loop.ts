import { isScript, isTestFile } from "../../analysis/facts/file-roles.ts";
import { nameOfCollection, serialLoop } from "../../analysis/facts/serial-work.ts";
import { defineRule } from "../../analysis/rule.ts";
import { sourceFileOf } from "../../analysis/syntax.ts";
import { collectSeveral } from "../fixes/collect-several.ts";

// See serial-independent-loop.md for what this means to the user.
export const serialIndependentLoop = defineRule({
  id: "serial-independent-loop",
  summary: "A loop waits for one call after the other, though no turn needs another.",
  severity: "hint",
  profile: "strict",
  equivalents: ["no-await-in-loop", "biome/noAwaitInLoops"],
  on: { kinds: ["ForOfStatement"] },

  *check(loop, program) {
    const file = sourceFileOf(loop);
    if (isTestFile(file, program) || isScript(file, program)) return;
    const found = serialLoop(loop, program);
    if (found === undefined) return;
    const [first] = found.collects;
    yield {
      at: found.call.expression,
      message: "Each turn of the loop waits here for the one before, and needs nothing of it.",
      why: "It takes as long as all calls together; several at a time would take a part of that.",
      notes:
        first === undefined
          ? []
          : [
              {
                at: first.collection,
                message: `\`${nameOfCollection(found)}\` is only filled`,
              },
            ],
      fixes: collectSeveral(found, program),
    };
  },
});
