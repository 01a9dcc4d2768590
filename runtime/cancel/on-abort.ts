import { reportLate } from "../core/late.ts";
import { followed, isAborted, reasonOf, unfollow } from "../core/signals.ts";
import { dispose } from "../core/symbols.ts";

/**
 * Calls back when the signal aborts, at once if it has already; disposing takes the callback off.
 *
 * Unlike `addEventListener` it costs O(1) however many listen to the signal, never warns about leaks, and cannot be
 * too late. Callbacks run in the order in which they came; one that throws does not keep the others from running, and
 * its error goes to `onLateError`.
 * Counterpart of Go's `context.AfterFunc`.
 *
 * @example
 * const controller = new AbortController();
 * const reasons: unknown[] = [];
 * const listening = onAbort(controller.signal, (reason) => reasons.push(reason));
 * controller.abort("closed");
 * assert.deepEqual(reasons, ["closed"]);
 * listening[Symbol.dispose]();
 */
export function onAbort(signal: AbortSignal, callback: (reason: unknown) => void): Disposable {
  const call = (reason: unknown): void => {
    try {
      callback(reason);
    } catch (error) {
      reportLate(error);
    }
  };
  const aborted = isAborted(signal);
  if (aborted) call(reasonOf(signal));
  const listener = followed(aborted ? undefined : signal, call);
  return {
    [dispose]() {
      unfollow(listener);
    },
  };
}
