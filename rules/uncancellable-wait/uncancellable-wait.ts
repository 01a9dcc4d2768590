import { belongsTo, isCleanUp } from "../../analysis/facts/belonging.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { isGivenTo } from "../../analysis/facts/signal-carriers.ts";
import { emptySlot } from "../../analysis/facts/signal-slots.ts";
import { signalsAt } from "../../analysis/facts/signals.ts";
import { millisecondsOf, timedWait } from "../../analysis/facts/timed-waits.ts";
import { defineRule } from "../../analysis/rule.ts";
import { is, sourceFileOf, unwrapped } from "../../analysis/syntax.ts";
import { sleepWithSignal } from "../fixes/sleep-with-signal.ts";
import { endedWord } from "../words/signals.ts";

// See uncancellable-wait.md for what this means to the user.
//
// What waits for time and nothing else. A wait that is over before anybody would notice is let
// pass; what takes a signal is for signal-not-forwarded.
export const uncancellableWait = defineRule({
  id: "uncancellable-wait",
  summary: "A wait for some time to pass does not end when its function is cancelled.",
  severity: "hint",
  profile: "recommended",
  equivalents: [],
  on: {
    kinds: ["AwaitExpression"],
    where: [{ child: "expression", kinds: ["NewExpression", "CallExpression"] }],
  },

  *check({ expression }, program) {
    const promise = unwrapped(expression);
    const wait = timedWait(promise, program);
    if (wait === undefined) return;
    const signals = signalsAt(promise, program).filter((it) => it.origin === "given");
    const [signal] = signals;
    if (signal === undefined || isGivenTo(promise, signals, program)) return;
    if (isCleanUp(promise, signal.owner) || !belongsTo(promise, signal.owner, program)) return;
    const milliseconds = millisecondsOf(wait.time, program);
    if (milliseconds !== undefined && milliseconds <= LONGEST_UNNOTICED) return;
    const isCall = is.CallExpression(promise);
    if (isCall && emptySlot(promise, signal.model, program) !== undefined) return;
    const isMinor = signal.variable.startsWith("_") || isTestFile(sourceFileOf(promise), program);
    yield {
      at: is.NewExpression(promise) || isCall ? promise.expression : promise,
      message: `This wait goes on to its end when \`${signal.text}\` is ${endedWord(signal)}.`,
      why: "Whoever cancelled the function gets it back only when the time has passed.",
      profile: isMinor ? "strict" : undefined,
      notes: [{ at: signal.declaration, message: "the signal comes in here" }],
      fixes: sleepWithSignal(promise, wait, signal),
    };
  },
});

/** In milliseconds; nobody waits for so little. */
const LONGEST_UNNOTICED = 50;
