import { type RecordRace, recordRace as raceAt } from "../../analysis/facts/records.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import type { Program } from "../../analysis/program.ts";
import { inTransaction } from "../fixes/in-transaction.ts";
import { addInDatabase } from "../fixes/add-in-database.ts";
import { calledAt, pausesAt, step } from "../words/races.ts";

// See record-race.md for what this means to the user.
//
// Words that load and save are guesses about packages that nobody has described, and whether it
// matters is the business of the application: so it is asked for, and only a hint.
export const recordRace = defineRule({
  id: "record-race",
  summary: "A record is loaded, a field is computed from what it held, and the record is saved.",
  severity: "hint",
  profile: "opt-in",
  equivalents: [],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    const race = raceAt(call, program);
    if (race !== undefined) yield lost(race, program);
  },
});

function lost(race: RecordRace, program: Program): Finding {
  const { save, load, computed, name, overlap } = race;
  return {
    at: save,
    message: `Two calls of ${calledAt(save, program)} can load the same \`${name}\`, and the second save overwrites the first.`,
    why: "What is saved was computed from what had been loaded. Whatever others have written in the meantime, here or in another process, is lost.",
    notes: [
      { at: load, message: "loaded here" },
      { at: computed, message: "computed from it here" },
    ],
    interleaving: {
      evidence: overlap.evidence,
      steps: [
        step("A", "read", load, `loads \`${name}\``),
        step("A", "pause", load, pausesAt(load)),
        step("B", "read", load, `loads the same \`${name}\``),
        step("B", "write", save, "saves what it has computed"),
        step("A", "write", save, "saves what it has computed from the old value"),
      ],
    },
    fixes: [...addInDatabase(race), ...inTransaction(race, program)],
  };
}
