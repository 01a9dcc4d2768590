import { removeRange } from "../../analysis/edit.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  calleeNameOf,
  nameOf,
  sourceFileOf,
  startOf,
  textOf,
} from "../../analysis/syntax.ts";
import { limitedWork } from "./limit-time.ts";
import { abortSlotIn, filled } from "./pass-signal.ts";

/**
 * `load(id, { signal: AbortSignal.timeout(5000) })` for a race between the work and a timer: what has
 * no time left is stopped as well, and there is no timer to clear. The error is a TimeoutError then.
 */
export function limitBySignal(
  race: CallExpression,
  timer: CallExpression,
  program: Program,
): Fix[] {
  const { work, milliseconds } = limitedWork(race, timer, program) ?? {};
  if (work === undefined || milliseconds === undefined) return [];
  const slot = abortSlotIn(work, program);
  if (slot === undefined) return [];
  const file = sourceFileOf(race);
  const name = nameOf(calleeNameOf(slot.call)) ?? "it";
  return [
    {
      title: `Give '${name}' a signal that ends it in time`,
      safety: "suggestion",
      edits: [
        removeRange(race, startOf(race, file), startOf(work, file)),
        ...filled(slot, `AbortSignal.timeout(${textOf(milliseconds)})`),
        removeRange(race, work.end, race.end),
      ],
    },
  ];
}
