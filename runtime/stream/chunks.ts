import { checkedCount, checkedDelay } from "../core/checked.ts";
import { type Items, Puller } from "../core/pull.ts";
import { startTimer } from "../core/timer.ts";
import { Waiters } from "../core/waiters.ts";

/**
 * Gathers the items of a stream into arrays of `size`; the last may be shorter. With `maxWait`, an array is also given
 * out so many milliseconds after its first item came, however short it is.
 *
 * - **Errors.** Items gathered before an error come first, then it throws. `break` closes the source.
 * - **Cost.** O(1) per item. The timer runs only while a begun array waits.
 *
 * Counterpart of `ready_chunks` and tokio-stream's `chunks_timeout`.
 *
 * @example
 * const rows: number[][] = [];
 * for await (const row of chunks([1, 2, 3], 2)) rows.push(row);
 * assert.deepEqual(rows, [[1, 2], [3]]);
 */
export async function* chunks<T>(
  source: Items<T>,
  size: number,
  options: { readonly maxWait?: number | undefined } = {},
): AsyncGenerator<T[], void, void> {
  checkedCount("size", size, 1);
  const maxWait = checkedDelay("maxWait", options.maxWait ?? Infinity);
  const puller = new Puller(source);
  const changes = new Waiters<void>("item");
  let chunk: T[] = [];
  let cancelTimer: (() => void) | undefined;
  let due = false;
  let over = false;
  let pulling = false;
  let failure: { readonly error: unknown } | undefined;

  /** Asks for one item. A reader that goes away with a short chunk leaves the question open for the next. */
  const pull = async (): Promise<void> => {
    if (pulling) return;
    pulling = true;
    try {
      const step = await puller.next();
      if (step.done === true) over = true;
      else {
        chunk.push(step.value);
        if (maxWait !== Infinity) {
          cancelTimer ??= startTimer(maxWait, () => {
            due = true;
            changes.wakeAll();
          });
        }
      }
    } catch (error) {
      failure = { error };
      over = true;
    }
    pulling = false;
    changes.wakeAll();
  };

  try {
    for (;;) {
      due = false;
      while (!over && !due && chunk.length < size) {
        void pull();
        await changes.wait();
      }
      cancelTimer?.();
      cancelTimer = undefined;
      const full = chunk;
      chunk = [];
      if (0 < full.length) yield full;
      else if (failure !== undefined) throw failure.error;
      else return;
    }
  } finally {
    cancelTimer?.();
    await puller.close();
  }
}
