import { type Access, writeAt } from "../../analysis/facts/access-kinds.ts";
import { writesTo } from "../../analysis/facts/accesses.ts";
import { flagsAt } from "../../analysis/facts/busy-flags.ts";
import { type BusyState, busyStateAt } from "../../analysis/facts/busy-states.ts";
import { EXITS, flowOwner, type Path, pathFrom } from "../../analysis/facts/flow.ts";
import { closesOf } from "../../analysis/facts/guards.ts";
import { isInCatch, isSetBack, mayBeInterrupted, raceIn } from "../../analysis/facts/races.ts";
import { mayReject } from "../../analysis/facts/summaries.ts";
import { isEmpty } from "../../analysis/facts/tests.ts";
import { testWindow } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import {
  is,
  isAssignment,
  type Node,
  sourceFileOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { resetFinally } from "../fixes/reset-finally.ts";
import { setFirst } from "../fixes/set-first.ts";
import { calledAt, twice } from "../words/races.ts";

// See leaky-busy-flag.md for what this means to the user.
//
// A flag that is tested, set, and set back by the same function is there to let one call in at a
// time. It does not when a pause lies between the test and the setting, and it locks everybody out
// for good when a way leads out of the function without setting it back.
export const leakyBusyFlag = defineRule({
  id: "leaky-busy-flag",
  summary: "A busy flag lets two calls in, or is never set back when the work fails.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["BinaryExpression", "CallExpression"] },

  *check(node, program) {
    if (is.CallExpression(node)) {
      const found = busyStateAt(node, program);
      if (found !== undefined) yield staysBusy(found, program);
      return;
    }
    if (!isAssignment(node) || !is.TrueKeyword(unwrapped(node.right))) return;
    if (!mayBeInterrupted(node, program)) return;
    const write = writeAt(node, program);
    if (write === undefined || write.location.cell !== undefined) return;
    const resets = resetsBeside(write, program);
    if (resets.length === 0) return;
    const late = isSetBack(write, program) ? setLate(write, resets, program) : undefined;
    if (late !== undefined) yield late;
    else if (isTestedAndSet(write, program)) yield* leaks(write, resets, program);
  },
});

/** Where the same function sets the flag back. */
function resetsBeside(write: Access, program: Program): readonly Access[] {
  const owner = flowOwner(write.at);
  return writesTo(write.location, sourceFileOf(write.at), program).filter(
    ({ at, value }) => value !== undefined && isEmpty(value) && flowOwner(at) === owner,
  );
}

function setLate(write: Access, resets: readonly Access[], program: Program): Finding | undefined {
  const window = testWindow(write, program, closesOf(write, program));
  if (window?.outcome !== "empty") return undefined;
  const overlap = raceIn(window, program);
  if (overlap === undefined) return undefined;
  const name = write.location.text;
  const [pause] = window.pauses;
  return {
    at: write.at,
    profile: overlap.strength === "possible" ? "strict" : undefined,
    message: `Two calls of ${calledAt(write.at, program)} can overlap: both find \`${name}\` unset before one of them sets it.`,
    why: "Other code runs between the test and the setting. Whoever comes then passes the test too, and the flag keeps nobody out.",
    notes: [
      { at: window.read, message: "tested here" },
      ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
    ],
    interleaving: twice(window, overlap, {
      look: ["check", `finds \`${name}\` unset`],
      between: ["write", `sets \`${name}\``],
      last: ["write", `sets \`${name}\` too, and both are inside`],
    }),
    fixes: setFirst(
      name,
      window.read,
      write.at,
      resets.map(({ at }) => at),
    ),
  };
}

/** Whether the flag was found unset since the last pause, so that it keeps others out. */
function isTestedAndSet(write: Access, program: Program): boolean {
  const owner = flowOwner(write.at);
  if (owner === undefined) return false;
  const next = pathFrom(write.at, { until: () => true }, program)?.at;
  return next !== undefined && flagsAt(next, owner, program).includes(`flag ${write.location.key}`);
}

function* leaks(write: Access, resets: readonly Access[], program: Program): Iterable<Finding> {
  // Set back where it fails and nowhere else: what is done once, and tried again after a failure.
  if (resets.every(({ at }) => isInCatch(at))) return;
  const stops = new Set(resets.map(({ at }) => at));
  const path = pathFrom(
    write.at,
    { until: EXITS, stops: (it) => stops.has(it), exceptions: "awaited" },
    program,
  );
  if (path === undefined) return;
  const culprit = culpritOn(path, program);
  if (culprit === undefined) return;
  const name = write.location.text;
  const fails = path.to === "throw";
  yield {
    at: write.at,
    // Who returns in the middle may well want that nobody gets in any more.
    profile: fails ? undefined : "strict",
    message: fails
      ? `If ${calledAt(write.at, program)} fails after this, \`${name}\` stays set, and no later call gets in.`
      : `On some way out of ${calledAt(write.at, program)} \`${name}\` stays set, and no later call gets in.`,
    why: "The flag is set back only where all goes well. After one failure every call finds it set and leaves, until the program is restarted.",
    notes: [
      {
        at: culprit,
        message: fails ? "leaves here when it fails" : "leaves here without setting it back",
      },
      ...resets.slice(0, 1).map(({ at }) => ({ at, message: "set back only here" })),
    ],
    fixes: resetFinally(
      textOf(write.reference),
      write.at,
      resets.map(({ at }) => at),
    ),
  };
}

function staysBusy(found: BusyState, program: Program): Finding {
  const { call, state, resets, culprit, isCaught, keepsOut } = found;
  return {
    at: call,
    message: `If ${calledAt(call, program)} fails after this, \`${state.text}\` stays set.`,
    why: "The state is set back only where all goes well. After one failure what depends on it stays as it is while the work is going on, until the page is loaded again.",
    notes: [
      {
        at: culprit,
        message: isCaught
          ? "what fails here is caught, and the state stays set"
          : "leaves here when it fails",
      },
      ...resets.slice(0, 1).map((at) => ({ at, message: "set back only here" })),
      { at: keepsOut, message: "this depends on it" },
    ],
    fixes: isCaught ? [] : resetFinally(state.text, call, resets),
  };
}

/** What takes the path out of the function; undefined where it cannot happen after all. */
function culpritOn({ to, nodes, at }: Path, program: Program): Node | undefined {
  if (to !== "throw") return at;
  const last = nodes.findLast((it) => is.AwaitExpression(it) || is.ThrowStatement(it));
  if (is.AwaitExpression(last)) return mayReject(last.expression, program) && last;
  return last;
}
