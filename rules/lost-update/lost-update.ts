import { type Access, writeAt } from "../../analysis/facts/access-kinds.ts";
import { isCallAccess } from "../../analysis/facts/call-accesses.ts";
import { writesByCall } from "../../analysis/facts/call-writes.ts";
import { isGuardedInside } from "../../analysis/facts/call-guards.ts";
import { closesOf } from "../../analysis/facts/guards.ts";
import type { Overlap } from "../../analysis/facts/overlap.ts";
import { mayBeInterrupted, raceIn } from "../../analysis/facts/races.ts";
import { staleStateIn, type StateUpdate } from "../../analysis/facts/state-updates.ts";
import { valueWindow, type ValueWindow } from "../../analysis/facts/windows.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Fix } from "../../analysis/rule.ts";
import { is, isAssignment, isInside, isOneOf } from "../../analysis/syntax.ts";
import { holdMutex } from "../fixes/hold-mutex.ts";
import { hoistAwait } from "../fixes/hoist-await.ts";
import { readLate } from "../fixes/read-late.ts";
import { setFromPrevious } from "../fixes/set-from-previous.ts";
import { calledAt, pausesAt, short, step, twice } from "../words/races.ts";

// See lost-update.md for what this means to the user.
//
// A value is read, the code pauses, and what is written is made from the value that was read. The
// local variables of a function that starts callbacks in parallel are the business of
// racy-accumulator. The state of a component is read when it renders, and set by a call.
export const lostUpdate = defineRule({
  id: "lost-update",
  summary: "A value is read, the code pauses, and what is written then overwrites newer changes.",
  severity: "error",
  profile: "recommended",
  equivalents: ["eslint/require-atomic-updates"],
  on: { kinds: ["BinaryExpression", "CallExpression"] },

  *check(node, program) {
    const stale = is.CallExpression(node) ? staleStateIn(node, program) : undefined;
    if (stale !== undefined) yield lostState(stale, program);
    for (const write of updatesAt(node, program)) {
      const window = valueWindow(write, program, closesOf(write, program));
      const overlap = window && raceIn(window, program);
      if (window === undefined || overlap === undefined || isAccumulator(write, overlap)) continue;
      if (isGuardedInside(write, program)) continue;
      yield lost(window, overlap, program);
      return;
    }
  },
});

/**
 * The assignment, or `map.set(key, …)`, that gives a place a computed value, or the call of a function
 * that puts what it is given there.
 */
function updatesAt(
  node: Parameters<typeof lostUpdate.check>[0],
  program: Program,
): readonly Access[] {
  if (is.BinaryExpression(node) && !isAssignment(node)) return [];
  if (is.CallExpression(node) && node.arguments.every(isLiteral)) return [];
  if (!mayBeInterrupted(node, program)) return [];
  const write = writeAt(node, program);
  if (write !== undefined) return write.kind === "write" ? [write] : [];
  if (!is.CallExpression(node)) return [];
  return writesByCall(node, program).filter((it) => {
    return node.arguments.some((argument) => argument === it.value);
  });
}

/** A variable of a function whose callbacks are started in parallel. */
function isAccumulator({ location: { root } }: Access, { evidence }: Overlap): boolean {
  return root.kind === "variable" && !is.SourceFile(root.scope) && evidence.kind === "parallel";
}

/** What says no more than itself. */
const isLiteral = isOneOf("StringLiteral", "NumericLiteral", "TrueKeyword", "FalseKeyword");

function lost(window: ValueWindow, overlap: Overlap, program: Program): Finding {
  const { read, write, pauses, opaque } = window;
  const name = write.location.text;
  const called = calledAt(write.at, program);
  const [pause] = pauses;
  return {
    at: write.at,
    profile: opaque || overlap.strength === "possible" ? "strict" : undefined,
    message: `Two calls of ${called} can overlap, and one then overwrites what the other added to \`${name}\`.`,
    why: "Between the read and the write other code runs. What it writes to the same place in the meantime is lost.",
    notes: [
      { at: read, message: "read here" },
      ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
    ],
    interleaving: twice(window, overlap, {
      look: ["read", `reads \`${name}\``],
      between: ["write", `writes \`${name}\``],
      last: ["write", "writes what it computed from the old value"],
    }),
    fixes: [
      ...(isCallAccess(write) ? [] : updateFixes(window, program)),
      ...holdMutex(write.at, write.location, program),
    ],
  };
}

/** Waiting first helps only where the value is read in the very statement that writes. */
function updateFixes(window: ValueWindow, program: Program): Fix[] {
  const { read, write } = window;
  return [...(isInside(read, write.at) ? hoistAwait(write) : []), ...readLate(window, program)];
}

function lostState(found: StateUpdate, program: Program): Finding {
  const { call, setter, read, pause, updater, evidence } = found;
  const name = read.text;
  if (updater !== undefined) {
    return {
      at: updater,
      severity: "warning",
      message: `Of two updates in a row one is lost: \`${short(updater)}\` starts from the \`${name}\` of the last render.`,
      why: "The function closes over the state as it was when the component rendered. A second update before the next render starts from the same value, and overwrites the first.",
      notes: [{ at: call, message: "set here" }],
      interleaving: {
        evidence,
        steps: [
          step("A", "read", updater, `starts from \`${name}\` as it was rendered`),
          step("A", "write", call, "sets what it has made of it"),
          step("B", "read", updater, `starts from the same \`${name}\``),
          step("B", "write", call, "sets what it has made, without the first update"),
        ],
      },
      fixes: [],
    };
  }
  return {
    at: call,
    severity: "warning",
    message: `What is set while ${calledAt(call, program)} waits is lost: \`${setter.text}\` is given a value made from an older \`${name}\`.`,
    why: "The function closes over the state as it was when the component rendered. Behind a pause that can be several changes ago, and they are overwritten.",
    notes: [
      { at: read, message: "as it was when the component rendered" },
      ...(pause === undefined ? [] : [{ at: pause, message: "other code runs here" }]),
    ],
    interleaving: {
      evidence,
      steps: [
        step("A", "read", read, `closes over \`${name}\``),
        ...(pause === undefined ? [] : [step("A", "pause", pause, pausesAt(pause))]),
        step("B", "read", read, `closes over the same \`${name}\``),
        step("B", "write", call, `calls \`${setter.text}\``),
        step("A", "write", call, `calls \`${setter.text}\` without what B has set`),
      ],
    },
    fixes: setFromPrevious(found),
  };
}
