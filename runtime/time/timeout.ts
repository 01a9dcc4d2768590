import { TimeLimit, within } from "../core/time-limit.ts";
import type { Cancellable, Work } from "../core/types.ts";

export interface TimeoutOptions extends Cancellable {
  /** The message of the TimeoutError. */
  readonly message?: string | undefined;

  /**
   * Whether to reject when the time is up although the work still runs. Unless told otherwise, that is done for work
   * that takes no signal and so cannot be told to stop.
   */
  readonly detach?: boolean | undefined;
}

/**
 * Gives work so many milliseconds.
 *
 * - **The work is told.** When the time is up, the signal it was given aborts with a TimeoutError.
 * - **The truth about what runs.** Rejects once the work has stopped, so a lock or slot around this call is not given
 *   back while the work still uses it. Work that takes no signal, and any with `detach: true`, is left behind: then
 *   this rejects on the minute, and what the work fails with afterwards goes to `onLateError`.
 * - **A result that comes too late** is not returned. An error that the work fails with after the time, other than
 *   the abort coming back, is the `cause` of the TimeoutError.
 * - **Cancellation.** When `options.signal` aborts, the work is told in the same way, and this rejects with its reason.
 * - **Cost.** One timer, cleared when the work ends. An AbortController is made only for work that takes a signal.
 *   Infinity sets no limit; NaN rejects with a RangeError.
 *
 * Counterpart of `asyncio.timeout`, which also waits for the work to end, and `tokio::time::timeout`.
 * O(1).
 *
 * @example
 * const answer = timeout(5, (signal) => sleep(60_000, { signal }), { message: "no answer" });
 * await assert.rejects(answer, { name: "TimeoutError", message: "no answer" });
 */
export async function timeout<T>(
  ms: number,
  work: Work<T>,
  options: TimeoutOptions = {},
): Promise<T> {
  return within(new TimeLimit("ms", ms, options, options.message), work, options.detach);
}
