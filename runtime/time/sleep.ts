import { checkedDelay } from "../core/checked.ts";
import { probe } from "../core/probe.ts";
import { followed, refusal, unfollow } from "../core/signals.ts";
import { startTimer } from "../core/timer.ts";
import type { Cancellable } from "../core/types.ts";

export interface SleepOptions extends Cancellable {
  /** Whether the process stays alive for it; true unless told. Without effect in browsers. */
  readonly ref?: boolean | undefined;
}

/**
 * Waits so many milliseconds, and not less.
 *
 * - **Any length.** Negative times count as 0, times beyond the 24.8 days of a timer work, Infinity waits for the
 *   signal alone, and NaN rejects with a RangeError.
 * - **Cancellation.** An aborted signal rejects with `signal.reason` and clears the timer. Nothing is left behind.
 *
 * Counterpart of `tokio::time::sleep`, `asyncio.sleep` and Node's `timers/promises`.
 * O(1).
 *
 * @example
 * const controller = new AbortController();
 * const nap = sleep(60_000, { signal: controller.signal });
 * controller.abort(new Error("woken"));
 * await assert.rejects(nap, /woken/);
 */
export function sleep(ms: number, options: SleepOptions = {}): Promise<void> {
  const refused = refusal(options);
  if (refused !== undefined) return refused;
  const wait = new Promise<void>((resolve, reject) => {
    const cancelTimer = startTimer(
      checkedDelay("ms", ms),
      () => {
        unfollow(listener);
        resolve();
      },
      options.ref,
    );
    const listener = followed(options.signal, (reason) => {
      cancelTimer();
      reject(reason);
    });
  });
  probe.current?.waits("sleep", wait);
  return wait;
}
