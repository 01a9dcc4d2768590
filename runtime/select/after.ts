import { checkedDelay } from "../core/checked.ts";
import { type Selectable, selectable } from "../core/selectable.ts";
import { startTimer } from "../core/timer.ts";

/**
 * A branch of `select` that is ready so many milliseconds after this call. Made before a loop it is a deadline for the
 * whole loop; made inside, a time limit for each round. The timer runs only while a `select` waits.
 *
 * Counterpart of `tokio::time::sleep` in `select!` and Go's `time.After`.
 * O(1). A time that is no number throws a RangeError.
 *
 * @example
 * const { rx } = channel<string>(1);
 * const first = await select({ message: rx, silence: after(2) });
 * assert.equal(first.key, "silence");
 */
export function after(ms: number): Selectable<void> {
  const due = performance.now() + checkedDelay("ms", ms);
  const left = (): number => Math.max(0, due - performance.now());
  return {
    [selectable]: {
      poll: () => (left() === 0 ? { value: undefined } : undefined),
      subscribe: (take) => startTimer(left(), take),
    },
  };
}
