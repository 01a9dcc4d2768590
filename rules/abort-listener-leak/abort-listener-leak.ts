import {
  type AbortListener,
  staysOnSignal,
  staysOnToken,
} from "../../analysis/facts/abort-listeners.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { type CallExpression, sourceFileOf, textOf } from "../../analysis/syntax.ts";
import { endWithSignal } from "../fixes/end-with-signal.ts";
import { removeWhenDone } from "../fixes/remove-when-done.ts";

// See abort-listener-leak.md for what this means to the user.
export const abortListenerLeak = defineRule({
  id: "abort-listener-leak",
  summary: "A listener stays on a signal after the operation that it was to abort is over.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  covers: ["missing-teardown"],
  on: { kinds: ["CallExpression"], where: [{ child: "arguments", present: true }] },

  *check(call, program) {
    if (isTestFile(sourceFileOf(call), program)) return;
    const found = staysOnSignal(call, program);
    if (found === undefined) {
      yield* onToken(call, program);
      return;
    }
    const { target } = found.registration;
    const name = target === undefined ? "the signal" : `\`${textOf(target)}\``;
    yield {
      at: call.expression,
      profile: found.because === "made" ? "strict" : undefined,
      message: `Nobody removes this listener of ${name} when the operation is over.`,
      why: "A signal often outlives many operations: each leaves a listener behind, which keeps its memory, and which is called when the signal is aborted after all.",
      notes: [{ at: found.end, message: NOTES[found.because] }],
      fixes: [...removeWhenDone(found), ...endWithSignal(found)],
    };
  },
});

/** Most tokens end soon after what they were made for, so all of this is for the strict profile. */
function* onToken(call: CallExpression, program: Program): Iterable<Finding> {
  const found = staysOnToken(call, program);
  if (found === undefined) return;
  yield {
    at: call.expression,
    severity: "hint",
    profile: "strict",
    message: `Nobody disposes of this listener of \`${textOf(found.token)}\` when the operation is over.`,
    why: "The listener is removed by disposing of what the call gives. Until then the token keeps all that it can see in memory, and calls it when it is cancelled after all.",
    notes: [{ at: found.end, message: NOTES[found.because] }],
  };
}

const NOTES: Readonly<Record<AbortListener["because"], string>> = {
  settles: "the promise can settle this way",
  race: "the race can be over before",
  waits: "goes on from here, and may be done without an abort",
  returns: "this is over sooner or later",
  removes: "other listeners are removed here",
  made: "each one that is made leaves a listener",
  ends: "the object can come to its end without an abort",
};
