import { checkedDelay } from "../core/checked.ts";
import type { Items } from "../core/pull.ts";
import type { Cancellable } from "../core/types.ts";
import { sleep } from "../time/sleep.ts";

/**
 * Slows a stream down to at most one item in so many milliseconds. Nothing is dropped: the source waits.
 *
 * Cancellation ends the pause and throws `signal.reason`; `break` closes the source. O(1).
 *
 * Counterpart of tokio-stream's `throttle`.
 *
 * @example
 * const words: string[] = [];
 * for await (const word of throttle(["slow", "down"], 1)) words.push(word);
 * assert.deepEqual(words, ["slow", "down"]);
 */
export async function* throttle<T>(
  source: Items<T>,
  ms: number,
  options?: Cancellable,
): AsyncGenerator<T, void, void> {
  const pause = checkedDelay("ms", ms);
  let next = -Infinity;
  for await (const item of source) {
    const left = next - performance.now();
    if (0 < left) await sleep(left, options);
    next = performance.now() + pause;
    yield item;
  }
}
