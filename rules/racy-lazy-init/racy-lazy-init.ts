import { type Access, writeAt } from "../../analysis/facts/access-kinds.ts";
import { closesOf } from "../../analysis/facts/guards.ts";
import {
  fills,
  isAwaitedTogether,
  isMemo,
  isSameForAll,
  openingOf,
} from "../../analysis/facts/memos.ts";
import type { Overlap } from "../../analysis/facts/overlap.ts";
import { isSetBack, mayBeInterrupted, raceIn } from "../../analysis/facts/races.ts";
import { isRepeated, type TestWindow, testWindow } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { isAssignment, type Node } from "../../analysis/syntax.ts";
import { sharePromise } from "../fixes/share-promise.ts";
import { calledAt, short, twice } from "../words/races.ts";

// See racy-lazy-init.md for what this means to the user.
//
// A place is found empty, the code pauses, and then fills it. That there is a test shows that the
// function is called more than once. What is kept under a key is the business of racy-cache-fill; a
// flag that is set back in the end keeps others out, which is leaky-busy-flag's.
export const racyLazyInit = defineRule({
  id: "racy-lazy-init",
  summary: "Something is made when it is first needed, and two first needs at once make it twice.",
  severity: "warning",
  profile: "recommended",
  equivalents: ["eslint/require-atomic-updates"],
  on: { kinds: ["BinaryExpression"] },

  *check(node, program) {
    if (!isAssignment(node) || !mayBeInterrupted(node, program)) return;
    const write = writeAt(node, program);
    if (write === undefined || write.location.cell !== undefined || !fills(write)) return;
    const window = testWindow(write, program, closesOf(write, program));
    if (window?.outcome !== "empty" || isSetBack(write, program)) return;
    if (isAwaitedTogether(write, program) || !isMemo(write, window.pauses, program)) return;
    const overlap = raceIn(window, program);
    if (overlap !== undefined && !isRepeated(window, program))
      yield madeTwice(window, overlap, program);
  },
});

function madeTwice(window: TestWindow, overlap: Overlap, program: Program): Finding {
  const { read, write, pauses } = window;
  const name = write.location.text;
  const called = calledAt(write.at, program);
  const opening = write.value && openingOf(write.value, program);
  const [pause] = pauses;
  return {
    at: write.at,
    severity: opening === undefined ? undefined : "error",
    profile: isHarmless(write, program) ? "strict" : undefined,
    message: `Two calls of ${called} can overlap: both find \`${name}\` empty, and each fills it.`,
    why:
      opening === undefined
        ? "Between the test and the assignment other code runs. It finds nothing there either and does the same work again; the last one to finish decides what stays."
        : `Between the test and the assignment other code runs. It finds nothing there either, and what the first \`${short(opening)}\` has opened is replaced and never closed.`,
    notes: notesOf(read, pause),
    interleaving: twice(window, overlap, {
      look: ["check", `finds \`${name}\` empty`],
      between: ["write", `fills \`${name}\``],
      last: ["write", `fills \`${name}\` again`],
    }),
    fixes: sharePromise(write, program),
  };
}

function isHarmless({ value }: Access, program: Program): boolean {
  return value !== undefined && isSameForAll(value, program);
}

function notesOf(read: Node, pause: Node | undefined) {
  return [
    { at: read, message: "found empty here" },
    ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
  ];
}
