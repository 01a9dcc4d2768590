import { checkedCount, checkedWork } from "../core/checked.ts";
import { ChildController } from "../core/child.ts";
import { isReason } from "../core/is-reason.ts";
import { reportLate } from "../core/late.ts";
import { mustTurn, turn } from "../core/pace.ts";
import { type Items, Puller } from "../core/pull.ts";
import { Queue } from "../core/queue.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";
import { type Outcome, unwrap } from "../outcome.ts";

export interface BufferedOptions extends Cancellable {
  /** Whether results come in the order of the items, as they do unless told; otherwise as they are ready. */
  readonly ordered?: boolean | undefined;
}

interface Result<R> {
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
 * O(1) for each item, O(limit) memory.
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
  checkedWork(work);
  const puller = new Puller(source);
  const changes = new Waiters<void>("item");

  // In the order in which they are read: with order they are here from the start of the work on, else from its end.
  const results = new Queue<Result<R>>();
  let running = 0;
  let unread = 0;
  let pulling = false;
  let exhausted = false;

  controller.onAborted = () => {
    puller.stop();
    changes.wakeAll();
  };

  /** Starts work as far as there are places and items. */
  const fill = (): void => {
    while (!pulling && !exhausted && running + unread < limit) {
      try {
        const pulled = puller.next();
        if ("then" in pulled) void beginLater(pulled);
        else begin(pulled);
      } catch (error) {
        fail(error);
      }
    }
  };

  const beginLater = async (pulled: Promise<IteratorResult<T, unknown>>): Promise<void> => {
    pulling = true;
    try {
      begin(await pulled);
    } catch (error) {
      fail(error);
    }
    pulling = false;
    // Asked for before that: whether it is the end is known only now.
    changes.wakeAll();
    if (!controller.aborted) fill();
  };

  const begin = (step: IteratorResult<T, unknown>): void => {
    if (step.done === true) exhausted = true;
    else void start(step.value);
  };

  /** The source has failed: in its place there is an error to read. */
  const fail = (error: unknown): void => {
    exhausted = true;
    results.push({ outcome: { status: "error", error } });
    unread++;
  };

  const start = async (item: T): Promise<void> => {
    const result: Result<R> = { outcome: undefined };
    if (ordered) results.push(result);
    running++;
    try {
      const value = await controller.call(work, item);
      result.outcome = { status: "ok", value };
    } catch (error) {
      result.outcome = { status: "error", error };
    }
    running--;
    unread++;
    if (!ordered) results.push(result);
    changes.wakeAll();
  };

  try {
    fill();
    for (;;) {
      const outcome = results.peek()?.outcome;
      if (controller.aborted) throw controller.reason;
      if (outcome !== undefined) {
        results.shift();
        unread--;
        fill();
        yield unwrap(outcome);
        if (mustTurn()) await turn();
      } else if (exhausted && running + unread === 0 && !pulling) return;
      // mooring-allow signal-not-forwarded: the controller follows the signal, and its abort wakes this
      else await changes.wait();
    }
  } finally {
    exhausted = true;
    controller.abort();
    while (0 < running) await changes.wait();
    for (let it = results.shift(); it !== undefined; it = results.shift()) {
      const late = it.outcome?.status === "error" ? it.outcome.error : controller.reason;
      if (!isReason(late, controller.reason)) reportLate(late);
    }
    await puller.close();
  }
}
