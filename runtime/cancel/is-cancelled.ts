import { isAbortError, isReason } from "../core/is-reason.ts";
import { reasonOf } from "../core/signals.ts";

/**
 * Whether an error says that work was cancelled, and not that it failed.
 *
 * With a signal: whether it was cancelled by this signal. The signal must have aborted, and the error must be its
 * reason, have it as `cause`, or be an `AbortError`. Without: whether it is an `AbortError` at all, ours or the
 * platform's. O(1).
 *
 * Counterpart of `except asyncio.CancelledError` and tokio's `JoinError::is_cancelled`.
 *
 * @example
 * const controller = new AbortController();
 * const wait = sleep(60_000, { signal: controller.signal });
 * controller.abort(new Error("the user left"));
 * const error = await wait.catch((reason: unknown) => reason);
 * assert.equal(isCancelled(error, controller.signal), true);
 * assert.equal(isCancelled(new TypeError("a bug"), controller.signal), false);
 */
export function isCancelled(error: unknown, signal?: AbortSignal): boolean {
  if (signal === undefined) return isAbortError(error);
  return signal.aborted && isReason(error, reasonOf(signal));
}
