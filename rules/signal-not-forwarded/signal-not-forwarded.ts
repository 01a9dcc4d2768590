import { belongsTo, isCleanUp, isNamedForEnd } from "../../analysis/facts/belonging.ts";
import { calleeOf } from "../../analysis/facts/callees.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { isPromise } from "../../analysis/facts/promises.ts";
import { type EmptySlot, emptySlot } from "../../analysis/facts/signal-slots.ts";
import { isAskedBefore, isAskedEachTime, isGivenTo } from "../../analysis/facts/signal-carriers.ts";
import { type Signal, signalsAt } from "../../analysis/facts/signals.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  type CallExpression,
  calleeNameOf,
  is,
  nameOf,
  sourceFileOf,
  wrapped,
} from "../../analysis/syntax.ts";
import { passNoSignal, passSignal } from "../fixes/pass-signal.ts";

// See signal-not-forwarded.md for what this means to the user.
//
// The callee says that it can be cancelled, and the caller has the signal in its hand. What was let
// go, and what cleans up, is not to be cancelled. That a signal of the object is meant for this call
// is a guess, so a field alone is for the strict profile. So is a step of a loop that looks at the
// signal between its steps, which may be all that was meant; a signal whose name says that it is not
// used; a call that is over soon and better not cut off; and a test, which ends by itself.
export const signalNotForwarded = defineRule({
  id: "signal-not-forwarded",
  summary: "A call that can be cancelled is not given the signal that its caller was given.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    const found = missingSignal(call, program);
    if (found === undefined) return;
    const { signal, slot } = found;
    const name = nameOf(calleeNameOf(call)) ?? "this";
    const isGuess =
      signal.origin === "field" ||
      signal.variable.startsWith("_") ||
      calleeOf(call, program).model?.brief === true ||
      isAskedEachTime(call, signal) ||
      isTestFile(sourceFileOf(call), program);
    yield {
      at: calleeNameOf(call),
      message: `\`${name}\` can be cancelled, but is not given \`${signal.text}\`.`,
      why: `When \`${signal.text}\` says that nobody waits any more, this call goes on to its end, and the function with it.`,
      profile: isGuess ? "strict" : undefined,
      notes: [{ at: signal.declaration, message: "the signal comes in here" }],
      fixes: [...passSignal(slot, signal), ...passNoSignal(slot)],
    };
  },
});

function missingSignal(
  call: CallExpression,
  program: Program,
): { readonly signal: Signal; readonly slot: EmptySlot } | undefined {
  if (isNamedForEnd(nameOf(calleeNameOf(call)))) return undefined;
  const signals = signalsAt(call, program);
  const [signal] = signals;
  if (signal === undefined || signal.origin === "made") return undefined;
  if (isGivenTo(call, signals, program) || isCleanUp(call, signal.owner)) return undefined;
  if (isAskedBefore(call, signal) || !belongsTo(call, signal.owner, program)) return undefined;
  if (!givesLater(call, program)) return undefined;
  const slot = emptySlot(call, signal.model, program);
  return slot && { signal, slot };
}

/** A promise, or what `for await` reads. */
function givesLater(call: CallExpression, program: Program): boolean {
  const { parent } = wrapped(call);
  if (is.ForOfStatement(parent) && parent.awaitModifier !== undefined) return true;
  return isPromise(call, program);
}
