import { ChildController } from "../core/child.ts";
import { isReason } from "../core/is-reason.ts";
import { Inbox } from "../core/inbox.ts";
import { reportLate } from "../core/late.ts";
import { checkedCount } from "../core/permits.ts";
import { type Items, Puller } from "../core/pull.ts";
import type { Cancellable } from "../core/types.ts";
import { type Outcome, unwrap } from "../outcome.ts";

export interface BufferedOptions extends Cancellable {
  /** Whether results come in the order of the items, as they do unless told; otherwise as they are ready. */
  readonly ordered?: boolean | undefined;
}

interface Slot<R> {
  outcome: Outcome<R> | undefined;
}

/**
 * Maps a stream by work of which up to `limit` run ahead of the reader.
 *
 * - **Backpressure.** At most `limit` items are worked on or wait to be read; the source is read no faster.
 * - **Errors.** With order, the results before the failed item come first, then this throws its error. What runs is
 *   told by its signal and waited for, and the source is closed.
 * - **`break`** does the same and throws nothing. Errors that come then go to `onLateError`.
 * - **Cancellation.** An aborted signal makes the next read throw `signal.reason`, after the same clean-up.
 *
 * Counterpart of `StreamExt::buffered` and `buffer_unordered`.
 *
 * @example
 * const sizes: number[] = [];
 * for await (const size of buffered(["a", "bb", "ccc"], 2, async (word) => word.length)) sizes.push(size);
 * assert.deepEqual(sizes, [1, 2, 3]);
 */
export async function* buffered<T, R>(
  source: Items<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => R | PromiseLike<R>,
  { ordered = true, signal }: BufferedOptions = {},
): AsyncGenerator<R, void, void> {
  checkedCount("limit", limit, 1);
  const controller = new ChildController(signal);
  if (controller.aborted) throw controller.reason;
  const puller = new Puller(source);
  // A slot that is ready, or nothing: something else has changed.
  const inbox = new Inbox<Slot<R> | undefined>();
  const slots = new Set<Slot<R>>();
  const running = new Set<Promise<void>>();
  let pulling = false;
  let exhausted = false;

  const start = (item: T): void => {
    const slot: Slot<R> = { outcome: undefined };
    slots.add(slot);
    const run = (async () => {
      try {
        // Sound: what declares one parameter does not read a second.
        const call = work as (item: T, signal?: AbortSignal) => R | PromiseLike<R>;
        const value = await (work.length < 2 ? call(item) : call(item, controller.signal));
        slot.outcome = { status: "ok", value };
      } catch (error) {
        slot.outcome = { status: "error", error };
      }
      running.delete(run);
      inbox.put(slot);
    })();
    running.add(run);
  };

  const fill = async (): Promise<void> => {
    if (pulling) return;
    pulling = true;
    try {
      while (!exhausted && !controller.aborted && slots.size < limit) {
        const step = await puller.next();
        if (step.done === true) exhausted = true;
        else start(step.value);
      }
    } catch (error) {
      exhausted = true;
      slots.add({ outcome: { status: "error", error } });
    }
    pulling = false;
    inbox.put(undefined);
  };

  const ready = (slot: Slot<R> | undefined): Slot<R> | undefined => {
    if (!ordered) return slot;
    for (const oldest of slots) return oldest.outcome && oldest;
    return undefined;
  };
}
