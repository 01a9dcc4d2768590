import { checkedDelay } from "../core/checked.ts";
import { sleep, type SleepOptions } from "./sleep.ts";

export interface IntervalOptions extends SleepOptions {
  /**
   * What becomes of ticks that were due while the loop was busy. `burst`: they come at once, one after the other.
   * `delay`: the next comes a full interval after the late one. `skip`, unless told: they are left out and the rhythm
   * is kept.
   */
  readonly missed?: "burst" | "delay" | "skip" | undefined;
}

/**
 * Ticks every so many milliseconds, the first time after one interval. The values count the intervals: 1, 2, 3, and
 * with `skip` a gap where ticks were missed.
 *
 * - **No drift.** Ticks are due at multiples of the interval from the start, by a clock that never jumps.
 * - **Never two at a time.** The next tick is given out when the loop asks for it.
 * - **Cancellation.** An aborted signal makes the loop throw `signal.reason`; `break` leaves nothing behind.
 * - **Errors.** An interval that is not above 0, or NaN, throws a RangeError.
 *
 * Counterpart of `tokio::time::interval` with its `MissedTickBehavior`, and of Go's `time.Ticker`.
 * O(1) for each tick.
 *
 * @example
 * let beats = 0;
 * for await (const tick of interval(1)) {
 *   beats++;
 *   if (3 <= tick) break;
 * }
 * assert.ok(1 <= beats && beats <= 3);
 */
export async function* interval(
  ms: number,
  { missed = "skip", ...options }: IntervalOptions = {},
): AsyncGenerator<number, void, void> {
  if (checkedDelay("ms", ms) === 0) throw new RangeError("`ms` must be above 0.");
  let due = performance.now();
  for (let tick = 1; ; tick++) {
    due += ms;
    const late = performance.now() - due;
    if (0 < late && missed === "skip") {
      const skipped = Math.floor(late / ms);
      tick += skipped;
      due += skipped * ms;
    }
    await sleep(due - performance.now(), options);
    yield tick;
    if (missed === "delay") due = performance.now();
  }
}
