import { type Access, writeAt } from "../../analysis/facts/access-kinds.ts";
import { isCallAccess } from "../../analysis/facts/call-accesses.ts";
import { isGuardedInside } from "../../analysis/facts/call-guards.ts";
import { cellCall } from "../../analysis/facts/locations.ts";
import { closesOf } from "../../analysis/facts/guards.ts";
import {
  fills,
  fillsByCall,
  isAwaitedTogether,
  isDoneAgainInVain,
  isMemo,
  isOver,
  isSameForAll,
  openingOf,
} from "../../analysis/facts/memos.ts";
import { type Overlap, overlapAt } from "../../analysis/facts/overlap.ts";
import { isSetBack, isSharedAt, mayBeInterrupted, raceIn } from "../../analysis/facts/races.ts";
import { type Unfinished, unfinishedAt } from "../../analysis/facts/unfinished.ts";
import { isRepeated, type TestWindow, testWindow } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { is, isAssignment, type Node } from "../../analysis/syntax.ts";
import { holdMutex } from "../fixes/hold-mutex.ts";
import { makeOnce } from "../fixes/make-once.ts";
import { sharePromise } from "../fixes/share-promise.ts";
import { awaitAlways } from "../fixes/await-always.ts";
import { calledAt, pausesAt, place, short, step, twice } from "../words/races.ts";

// See racy-lazy-init.md for what this means to the user.
//
// A place is found empty, the code pauses, and then fills it: the work is done twice. Or the place is
// marked first and the work done afterwards: whoever comes during the pause goes on without it. That
// there is a test shows that the function is called more than once. What is kept under a key is the
// business of racy-cache-fill; a flag that is set back in the end keeps others out, which is
// leaky-busy-flag's.
export const racyLazyInit = defineRule({
  id: "racy-lazy-init",
  summary:
    "Something is made when it is first needed; a second need at once makes it again, or goes on without it.",
  severity: "warning",
  profile: "recommended",
  equivalents: ["eslint/require-atomic-updates"],
  on: { kinds: ["BinaryExpression", "CallExpression"] },

  *check(node, program) {
    if (!isAssignment(node) && !is.CallExpression(node)) return;
    if (!mayBeInterrupted(node, program)) return;
    if (is.CallExpression(node) && !isMarkUnderKey(node)) {
      for (const write of fillsByCall(node, program)) {
        if (write.location.cell === undefined) yield* madeAgain(write, program);
      }
      return;
    }
    const write = writeAt(node, program);
    if (write === undefined || !fills(write)) return;
    const unfinished = unfinishedAt(write, program);
    if (unfinished !== undefined) yield* goneOnWithout(unfinished, program);
    else if (write.location.cell === undefined) yield* madeAgain(write, program);
  },
});

/** `started.add(id)` and `started.set(id, true)`. */
function isMarkUnderKey(node: Node): boolean {
  const method = cellCall(node)?.method;
  return method === "add" || method === "set";
}

function* madeAgain(write: Access, program: Program): Iterable<Finding> {
  const window = testWindow(write, program, closesOf(write, program));
  if (window?.outcome !== "empty" || isSetBack(write, program)) return;
  if (isAwaitedTogether(write, window.pauses, program) || !isMemo(write, window.pauses, program))
    return;
  if (isGuardedInside(write, program)) return;
  const overlap = raceIn(window, program);
  if (overlap !== undefined && !isRepeated(window, program))
    yield madeTwice(window, overlap, program);
}

function* goneOnWithout(found: Unfinished, program: Program): Iterable<Finding> {
  const { write, pause, condition, use } = found;
  if (!isSharedAt(write.location, write.at, program)) return;
  const overlap = overlapAt(use, write.location, program);
  if (overlap === undefined) return;
  const name = write.location.text;
  const needed = place(use);
  const called = calledAt(use, program);
  yield {
    at: write.at,
    message: `Two calls of ${called} can overlap: the second finds \`${name}\` set, and uses \`${needed}\` before it is ready.`,
    why: "The place says that the work is done when it has only begun. Whoever comes during the pause goes past the test, and works with what is not there yet.",
    notes: [
      { at: condition.read, message: "tested here" },
      { at: pause, message: "the work is still under way here" },
      { at: use, message: "used here by whoever goes on" },
    ],
    interleaving: {
      evidence: overlap.evidence,
      steps: [
        step("A", "check", condition.read, `finds \`${name}\` empty`),
        step("A", "write", write.at, `sets \`${name}\``),
        step("A", "pause", pause, pausesAt(pause)),
        step("B", "check", condition.read, `finds \`${name}\` set`),
        step("B", "read", use, `uses \`${needed}\`, which is not ready`),
      ],
    },
    fixes: awaitAlways(pause),
  };
}

function madeTwice(window: TestWindow, overlap: Overlap, program: Program): Finding {
  const { read, write, pauses, orUseless } = window;
  const name = write.location.text;
  const nothing = `\`${name}\` empty${orUseless === true ? " or out of date" : ""}`;
  const called = calledAt(write.at, program);
  const opening = write.value && openingOf(write.value, program);
  // Nothing is known of the class but that its method is public, and nothing is lost that was opened.
  // The same goes for what is there and out of date, which is one more way to come here.
  const isGuess = (overlap.strength === "possible" || orUseless === true) && opening === undefined;
  const [pause] = pauses;
  return {
    at: write.at,
    severity: opening === undefined ? undefined : "error",
    profile: isGuess || isHarmless(window, program) ? "strict" : undefined,
    message: `Two calls of ${called} can overlap: both find ${nothing}, and each fills it.`,
    why:
      opening === undefined
        ? "Between the test and the assignment other code runs. It finds nothing there either and does the same work again; the last one to finish decides what stays."
        : `Between the test and the assignment other code runs. It finds nothing there either, and what the first \`${short(opening)}\` has opened is replaced and never closed.`,
    notes: notesOf(read, pause),
    interleaving: twice(window, overlap, {
      look: ["check", `finds ${nothing}`],
      between: ["write", `fills \`${name}\``],
      last: ["write", `fills \`${name}\` again`],
    }),
    fixes: [
      // What is out of date has to be made again, which a promise that is kept would not do.
      ...(isCallAccess(write) || orUseless === true
        ? []
        : [...sharePromise(write, pauses, program), ...makeOnce(write, pauses, program)]),
      ...holdMutex(write.at, write.location, program),
    ],
  };
}

function isHarmless({ write, pauses }: TestWindow, program: Program): boolean {
  const { value } = write;
  if (value === undefined || openingOf(value, program) !== undefined) return false;
  return isSameForAll(value, program) || isDoneAgainInVain(write, pauses) || isOver(write);
}

function notesOf(read: Node, pause: Node | undefined) {
  return [
    { at: read, message: "found empty here" },
    ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
  ];
}
