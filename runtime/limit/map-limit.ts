import { checkedWork } from "../core/checked.ts";
import { ChildController } from "../core/child.ts";
import { outcomeOf } from "../core/outcome-of.ts";
import type { Items } from "../core/pull.ts";
import { runLimited } from "../core/run-limited.ts";
import type { Cancellable } from "../core/types.ts";
import type { Outcome } from "../outcome.ts";

/** Work on one item. Without a third parameter it is given no signal; see `Work`. */
export type ItemWork<T, R> = (item: T, index: number, signal: AbortSignal) => R | PromiseLike<R>;

export interface MapLimitOptions extends Cancellable {
  /** `first`, unless told: the first error ends everything. `collect`: every item has an outcome. */
  readonly errors?: "first" | "collect" | undefined;
}

/**
 * Maps items by work of which at most `limit` run at a time. Results are in the order of the items.
 *
 * - **One error ends it.** Nothing more is started, what runs is told by its signal and waited for, and then this
 *   rejects with the first error. Further ones go to `onLateError`. With `errors: "collect"` no error ends it, and the
 *   results are outcomes (see `partition`).
 * - **Nothing runs on.** However this ends, the work that it started has ended before.
 * - **Cancellation.** The same with `signal.reason`.
 * - **Items** are taken when there is a place for them, from anything iterable. A source that is not read to its end is
 *   closed by `return()`.
 * - **Errors.** A limit that is no integer from 1 on, nor Infinity, rejects with a RangeError.
 * - **Cost.** O(limit) memory beside the results; no promise per item that waits.
 *
 * Counterpart of `buffered` on Rust's streams and Go's `errgroup.SetLimit`.
 *
 * @example
 * let running = 0;
 * const lengths = await mapLimit(["a", "bb", "ccc"], 2, async (word) => {
 *   assert.ok(++running <= 2);
 *   await Promise.resolve();
 *   running--;
 *   return word.length;
 * });
 * assert.deepEqual(lengths, [1, 2, 3]);
 */
export function mapLimit<T, R>(
  items: Items<T>,
  limit: number,
  work: ItemWork<T, R>,
  options: MapLimitOptions & { readonly errors: "collect" },
): Promise<Outcome<R>[]>;
export function mapLimit<T, R>(
  items: Items<T>,
  limit: number,
  work: ItemWork<T, R>,
  options?: MapLimitOptions,
): Promise<R[]>;
export async function mapLimit<T, R>(
  items: Items<T>,
  limit: number,
  work: ItemWork<T, R>,
  { signal, errors }: MapLimitOptions = {},
): Promise<(R | Outcome<R>)[]> {
  const results: (R | Outcome<R>)[] = [];
  const controller = new ChildController(signal);
  const plan = { items, limit, controller, work: itemWork(work, controller) };
  if (errors === "collect") {
    await runLimited({
      ...plan,
      onValue: (value, index) => {
        results[index] = { status: "ok", value };
      },
      onError: (error, index) => {
        results[index] = outcomeOf(error, controller);
      },
    });
  } else {
    await runLimited({
      ...plan,
      onValue: (value, index) => {
        results[index] = value;
      },
    });
  }
  return results;
}

/** Gives the signal only to work that has a parameter for it. */
export function itemWork<T, R>(
  work: ItemWork<T, R>,
  controller: ChildController,
): (item: T, index: number) => R | PromiseLike<R> {
  // Sound: what declares two parameters does not read a third.
  if (checkedWork(work).length < 3) return work as (item: T, index: number) => R | PromiseLike<R>;
  const { signal } = controller;
  return (item, index) => work(item, index, signal);
}
