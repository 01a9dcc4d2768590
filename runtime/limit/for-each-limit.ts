import { ChildController } from "../core/child.ts";
import type { Items } from "../core/pull.ts";
import { runLimited } from "../core/run-limited.ts";
import type { Cancellable } from "../core/types.ts";
import { type ItemWork, itemWork } from "./map-limit.ts";

/**
 * Does work for each item, at most `limit` at a time. As `mapLimit`, but keeps no results, so it suits sources that
 * never end.
 * Counterpart of `for_each_concurrent` on Rust's streams. Cancellation, errors and cost are as with `mapLimit`:
 * O(limit) memory.
 *
 * @example
 * const { tx, rx } = channel<string>(4);
 * const saved: string[] = [];
 * const saving = forEachLimit(rx, 2, async (order) => { saved.push(order); });
 * await tx.send("tea");
 * tx.close();
 * await saving;
 * assert.deepEqual(saved, ["tea"]);
 */
export async function forEachLimit<T>(
  items: Items<T>,
  limit: number,
  work: ItemWork<T, unknown>,
  { signal }: Cancellable = {},
): Promise<void> {
  const controller = new ChildController(signal);
  const onValue = (): void => {};
  await runLimited({ items, limit, controller, work: itemWork(work, controller), onValue });
}
