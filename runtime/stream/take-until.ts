import { onAbort } from "../cancel/on-abort.ts";
import { type Items, Puller } from "../core/pull.ts";
import { dispose } from "../core/symbols.ts";

/**
 * Yields the items of a stream until the signal aborts; then it ends, as a loop does that has come to its last item.
 *
 * It ends also while an item is being waited for, and closes the source. An item that the source produces after that is
 * lost to this loop. O(1) per item.
 *
 * Counterpart of `StreamExt::take_until`.
 *
 * @example
 * const stop = new AbortController();
 * const seen: number[] = [];
 * for await (const tick of takeUntil(interval(1), stop.signal)) {
 *   seen.push(tick);
 *   stop.abort();
 * }
 * assert.equal(seen.length, 1);
 */
export async function* takeUntil<T>(
  source: Items<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const puller = new Puller(source);
  const listening = onAbort(signal, () => {
    puller.stop();
  });
  try {
    for (;;) {
      const step = await puller.next();
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    listening[dispose]();
    await puller.close();
  }
}
