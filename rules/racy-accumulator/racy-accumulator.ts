import { writeAt } from "../../analysis/facts/access-kinds.ts";
import { closesOf } from "../../analysis/facts/guards.ts";
import type { Overlap } from "../../analysis/facts/overlap.ts";
import { mayBeInterrupted, raceIn } from "../../analysis/facts/races.ts";
import { type ValueWindow, valueWindow } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { is, isAssignment } from "../../analysis/syntax.ts";
import { collectAndAdd } from "../fixes/collect-and-add.ts";
import { hoistAwait } from "../fixes/hoist-await.ts";
import { twice } from "../words/races.ts";

// See racy-accumulator.md for what this means to the user.
//
// The brother of lost-update for the variables of a function: callbacks that are started together
// share them, though nobody else does.
export const racyAccumulator = defineRule({
  id: "racy-accumulator",
  summary: "Callbacks that run at the same time add to one variable, and overwrite each other.",
  severity: "error",
  profile: "recommended",
  equivalents: ["eslint/require-atomic-updates"],
  on: { kinds: ["BinaryExpression"] },

  *check(node, program) {
    if (!isAssignment(node) || !mayBeInterrupted(node, program)) return;
    const write = writeAt(node, program);
    if (write === undefined) return;
    const { root } = write.location;
    if (root.kind !== "variable" || is.SourceFile(root.scope)) return;
    const window = valueWindow(write, program, closesOf(write, program));
    if (window === undefined) return;
    const overlap = raceIn(window, program);
    if (overlap?.evidence.kind === "parallel") yield added(window, overlap, program);
  },
});

function added(window: ValueWindow, overlap: Overlap, program: Program): Finding {
  const { read, write, pauses, opaque } = window;
  const name = write.location.text;
  const [pause] = pauses;
  return {
    at: write.at,
    profile: opaque ? "strict" : undefined,
    message: `The callbacks run at the same time, and one overwrites what the others added to \`${name}\`.`,
    why: "Each reads the variable before its pause and writes it after. All of them may have read the same old value, so that only the last addition stays.",
    notes: [
      { at: read, message: "read here" },
      ...(pause === undefined ? [] : [{ at: pause, message: "the other callbacks run here" }]),
    ],
    interleaving: twice(window, overlap, {
      look: ["read", `reads \`${name}\``],
      between: ["write", `writes \`${name}\``],
      last: ["write", "writes what it computed from the old value"],
    }),
    fixes: [...hoistAwait(write), ...collectAndAdd(write, program)],
  };
}
