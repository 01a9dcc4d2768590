import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import {
  type GuardTimer,
  type LeftTimer,
  timerLeftBehind,
  timersInExecutor,
} from "../../analysis/facts/guard-timers.ts";
import { intervalsInExecutor } from "../../analysis/facts/polling-timers.ts";
import { type RaceTimer, timersInRace } from "../../analysis/facts/race-timers.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Profile } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  isInside,
  type Node,
  sourceFileOf,
} from "../../analysis/syntax.ts";
import { clearOnWays, clearWhenSettled } from "../fixes/clear-timer.ts";
import { limitBySignal } from "../fixes/limit-by-signal.ts";
import { limitTime } from "../fixes/limit-time.ts";

// See uncleared-race-timer.md for what this means to the user.
//
// A timer of a second keeps nobody waiting, and a test or script that has ended does not care; both are left
// to the strict profile. A timer that was told not to keep the process is a hint.
export const unclearedRaceTimer = defineRule({
  id: "uncleared-race-timer",
  summary: "A timer that limits how long something may take is not cleared when that is over.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression", "NewExpression", "VariableDeclaration"] },

  *check(node, program) {
    if (is.CallExpression(node)) {
      for (const it of timersInRace(node, program)) yield inRace(node, it, program);
    } else if (is.NewExpression(node)) {
      for (const it of timersInExecutor(node, program)) yield inExecutor(it, program);
      for (const it of intervalsInExecutor(node, program)) yield polling(it, program);
    } else if (is.VariableDeclaration(node)) {
      const left = timerLeftBehind(node, "thrown", program);
      if (left !== undefined) yield leftOnWay(left, undefined, program);
      else {
        const thrown = timerLeftBehind(node, "awaited", program);
        if (thrown !== undefined) yield leftOnWay(thrown, "strict", program);
      }
    }
  },
});

function inRace(race: CallExpression, it: RaceTimer, program: Program): Finding {
  const isHere = isInside(it.timer, race);
  return {
    at: isHere ? it.timer.expression : it.entrant,
    message: isHere
      ? "Nobody clears this timer when the race is over."
      : "Nobody clears the timer behind this promise when the race is over.",
    why: WHY,
    notes: isHere ? [] : [{ at: it.timer.expression, message: "the timer is set here" }],
    fixes: isHere
      ? [
          ...clearWhenSettled(it.timer, race),
          ...limitBySignal(race, it.timer, program),
          ...limitTime(race, it.timer, program),
        ]
      : [],
    ...weightOf(it, program),
  };
}

function inExecutor(it: GuardTimer, program: Program): Finding {
  const { timer, ways, handle, executor } = it;
  return {
    at: timer.expression,
    message:
      handle === undefined
        ? "Nobody clears this timer when the promise has settled another way."
        : `Not every way of settling the promise clears \`${handle}\`.`,
    why: WHY,
    notes: ways.map(({ at }) => ({
      at,
      message:
        handle === undefined
          ? "it can settle this way"
          : "it can settle this way, without clearing it",
    })),
    fixes:
      handle === undefined
        ? clearWhenSettled(timer, executor.construction)
        : clearOnWays(handle, ways),
    ...weightOf(it, program),
  };
}

function polling(it: GuardTimer, program: Program): Finding {
  const { timer, ways, handle } = it;
  return {
    at: timer.expression,
    message:
      handle === undefined
        ? "Nobody clears this interval when the promise has settled."
        : `Not every way of settling the promise clears \`${handle}\`.`,
    why: "An interval does not end by itself: it goes on for good, and keeps all that its callback can see.",
    notes: ways.map(({ at }) => ({ at, message: "it can settle here, without clearing it" })),
    fixes: handle === undefined ? [] : clearOnWays(handle, ways, "clearInterval"),
    ...weightOf(it, program),
  };
}

function leftOnWay(
  { timer, handle, at }: LeftTimer,
  profile: Profile | undefined,
  program: Program,
): Finding {
  const weight = weightOf({ timer, unreferenced: false, delay: undefined }, program);
  return {
    at: timer.expression,
    message: `Not every way on from here clears \`${handle}\`.`,
    why: WHY,
    notes: [
      {
        at,
        message:
          profile === undefined
            ? "leaves without clearing it"
            : "a failure here leaves without clearing it",
      },
    ],
    ...weight,
    profile: profile ?? weight.profile,
  };
}

const WHY =
  "Until it fires it keeps a Node process running, and all that its callback can see; then it runs for nothing.";

/** In milliseconds: what lasts no longer is not worth a warning. */
const SHORT = 1000;

function weightOf(
  { timer, delay, unreferenced }: { timer: Node; delay: number | undefined; unreferenced: boolean },
  program: Program,
): Pick<Finding, "severity" | "profile"> {
  const isMinor =
    (delay !== undefined && delay <= SHORT) || isTestOrScript(sourceFileOf(timer), program);
  return {
    severity: unreferenced ? "hint" : undefined,
    profile: isMinor ? "strict" : undefined,
  };
}
