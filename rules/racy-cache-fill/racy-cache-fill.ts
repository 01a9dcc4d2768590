import { writeAt } from "../../analysis/facts/access-kinds.ts";
import { isGuardedInside } from "../../analysis/facts/call-guards.ts";
import { closesOf } from "../../analysis/facts/guards.ts";
import {
  fills,
  fillsByCall,
  isAwaitedTogether,
  isDoneAgainInVain,
  isMemo,
  isOutcomeOfKey,
  isSameForAll,
  openingOf,
} from "../../analysis/facts/memos.ts";
import type { Overlap } from "../../analysis/facts/overlap.ts";
import { isSetBack, mayBeInterrupted, raceIn } from "../../analysis/facts/races.ts";
import { isRepeated, type TestWindow, testWindow } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { is, isAssignment, type Node, textOf } from "../../analysis/syntax.ts";
import { holdMutex } from "../fixes/hold-mutex.ts";
import { shareCellFlight, shareCellPromise } from "../fixes/share-cell-promise.ts";
import { calledAt, twice } from "../words/races.ts";

// See racy-cache-fill.md for what this means to the user.
//
// The brother of racy-lazy-init for what is kept under a key: `map.has`, `map.get` and `map.set`, and
// `record[key]`, with the same key in one function.
export const racyCacheFill = defineRule({
  id: "racy-cache-fill",
  summary:
    "A cache is asked, the code pauses, and then fills it: two calls at once do the work twice.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["BinaryExpression", "CallExpression"] },

  *check(node, program) {
    if (is.BinaryExpression(node) && !isAssignment(node)) return;
    if (!mayBeInterrupted(node, program)) return;
    const own = writeAt(node, program);
    const byCall = is.CallExpression(node) && own === undefined;
    const write = byCall
      ? fillsByCall(node, program).find((it) => it.location.cell !== undefined)
      : own;
    if (write?.location.cell === undefined || !fills(write)) return;
    const window = testWindow(write, program, closesOf(write, program));
    if (window?.outcome !== "empty" || isSetBack(write, program)) return;
    if (isAwaitedTogether(write, window.pauses, program) || !isMemo(write, window.pauses, program))
      return;
    if (isOutcomeOfKey(write, window.pauses)) return;
    if (isGuardedInside(write, program)) return;
    const overlap = raceIn(window, program);
    if (overlap !== undefined && !isRepeated(window, program))
      yield filledTwice(window, overlap, program);
  },
});

function filledTwice(window: TestWindow, overlap: Overlap, program: Program): Finding {
  const { read, write, pauses, orUseless } = window;
  const { cell } = write.location;
  const nothing = orUseless === true ? "nothing of use" : "nothing";
  const called = calledAt(write.at, program);
  const collection = cell?.collection.text ?? "the collection";
  const key = cell?.key === undefined ? "the same key" : `\`${textOf(cell.key)}\``;
  const opening = write.value && openingOf(write.value, program);
  // Nothing is known of the class but that its method is public, and nothing is lost that was opened.
  // The same goes for what is there and out of date, which is one more way to come here.
  const isGuess = (overlap.strength === "possible" || orUseless === true) && opening === undefined;
  const [pause] = pauses;
  return {
    at: write.at,
    severity: opening === undefined ? undefined : "error",
    profile: isGuess || isHarmless(window, program) ? "strict" : undefined,
    message: `Two calls of ${called} for the same ${key} can overlap: both find ${nothing} in \`${collection}\`, and each fills it.`,
    why:
      opening === undefined
        ? "Between the question and the answer other code runs. It finds nothing under the key either, so the work that the cache is there to spare is done once for each call that comes in the meantime."
        : "Between the question and the answer other code runs. It finds nothing under the key either, and what the first call has opened is replaced and never closed.",
    notes: notesOf(read, pause, nothing),
    interleaving: twice(window, overlap, {
      look: ["check", `finds ${nothing} under ${key}`],
      between: ["write", `fills \`${collection}\``],
      last: ["write", `fills \`${collection}\` again`],
    }),
    fixes: [
      ...shareCellPromise(write, program),
      ...shareCellFlight(write, program),
      ...holdMutex(write.at, write.location, program),
    ],
  };
}

function isHarmless({ write, pauses }: TestWindow, program: Program): boolean {
  const { value } = write;
  if (value === undefined || openingOf(value, program) !== undefined) return false;
  return isSameForAll(value, program) || isDoneAgainInVain(write, pauses);
}

function notesOf(read: Node, pause: Node | undefined, nothing: string) {
  return [
    { at: read, message: `${nothing} is found here` },
    ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
  ];
}
