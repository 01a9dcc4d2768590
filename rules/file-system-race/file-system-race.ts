import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { type FileWindow, fileWindow, scratchFile } from "../../analysis/facts/file-windows.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { sourceFileOf, textOf } from "../../analysis/syntax.ts";
import { holdMutexAround } from "../fixes/hold-mutex.ts";
import { holdAndReplace } from "../fixes/replace-file.ts";
import { writeExclusively } from "../fixes/write-exclusively.ts";
import { writeIfNew } from "../fixes/write-if-new.ts";
import { step } from "../words/races.ts";

// See file-system-race.md for what this means to the user.
export const fileSystemRace = defineRule({
  id: "file-system-race",
  summary:
    "A file is written because of what was found there, and others can change it in between.",
  severity: "warning",
  profile: "strict",
  equivalents: ["codeql/js/file-system-race"],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    if (isTestFile(sourceFileOf(call), program)) return;
    const scratch = scratchFile(call, program);
    if (scratch !== undefined) yield removedMeanwhile(scratch);
    const found = fileWindow(call, program);
    if (found === undefined) return;
    const { kind, first, write, path } = found;
    const name = textOf(path).replace(/\s+/g, " ");
    const looked = kind === "look";
    yield {
      at: write,
      message: looked
        ? `The file at \`${name}\` may have come or gone since it was looked for.`
        : `What others have written to \`${name}\` since it was read is lost here.`,
      why: looked
        ? "Another task or process can act between the look and the write. Then this overwrites what it has written, or fails."
        : "Two tasks that read the file, change what they have read and write it back each write without the change of the other.",
      notes: [{ at: first, message: looked ? "looked for here" : "read here" }],
      interleaving: {
        evidence: {
          kind: "parallel",
          at: first,
          message: `\`${name}\` is in the file system, which all tasks and processes share.`,
        },
        steps: [
          step("A", looked ? "check" : "read", first, looked ? "looks for the file" : "reads it"),
          step("B", looked ? "check" : "read", first, looked ? "looks for the file" : "reads it"),
          step("B", "write", write, "writes it"),
          step("A", "write", write, looked ? "overwrites it" : "writes it without the change of B"),
        ],
      },
      fixes: looked
        ? [...writeIfNew(found), ...writeExclusively(found)]
        : [...holdMutexAround(write, program), ...holdAndReplace(write, program)],
    };
  },
});

function removedMeanwhile({ first, write, path }: FileWindow): Finding {
  const name = textOf(path).replace(/\s+/g, " ");
  return {
    at: first,
    message: `Two runs use the same file \`${name}\`, and one removes it while the other still needs it.`,
    why: "The name is made only of what the function was given, so that two calls for the same thing write one file. Whoever is done first removes it.",
    notes: [{ at: write, message: "removed here" }],
    interleaving: {
      evidence: {
        kind: "parallel",
        at: first,
        message: `\`${name}\` is in the file system, which all tasks and processes share.`,
      },
      steps: [
        step("A", "write", first, "writes the file"),
        step("B", "write", first, "writes the same file"),
        step("B", "write", write, "removes it"),
        step("A", "read", write, "works with a file that is gone"),
      ],
    },
    fixes: [],
  };
}
