import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import { type Overlap, overlapOf } from "../../analysis/facts/overlaps.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Profile } from "../../analysis/rule.ts";
import { sourceFileOf, textOf } from "../../analysis/syntax.ts";
import { guardRuns } from "../fixes/guard-runs.ts";
import { reschedule } from "../fixes/reschedule.ts";

// See overlapping-interval.md for what this means to the user.
//
// Runs that are a minute apart hardly ever meet, and what becomes of work that is begun elsewhere is
// not known here: both are left to the strict profile.
export const overlappingInterval = defineRule({
  id: "overlapping-interval",
  summary: "An interval begins its next run though the last one may not be over.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression"], where: [{ child: "arguments", present: true }] },

  *check(call, program) {
    const overlap = overlapOf(call, program);
    if (overlap === undefined) return;
    yield {
      at: call.expression,
      profile: profileOf(overlap, program),
      message: `\`${textOf(call.expression)}\` begins the next run though this one may not be over.`,
      why: "A run that takes longer than the interval is overtaken by the next: they change the same things at once, and pile up where each has to wait for something slow.",
      notes: [{ at: overlap.pause, message: "a run waits here" }],
      fixes: [...guardRuns(overlap), ...reschedule(overlap, program)],
    };
  },
});

/** In milliseconds. */
const RARE = 60_000;

function profileOf({ call, every, isUnknown }: Overlap, program: Program): Profile | undefined {
  const isMinor =
    isUnknown ||
    (every !== undefined && RARE <= every) ||
    isTestOrScript(sourceFileOf(call), program);
  return isMinor ? "strict" : undefined;
}
