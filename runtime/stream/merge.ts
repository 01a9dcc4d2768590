import { reportLate } from "../core/late.ts";
import { type Items, Puller } from "../core/pull.ts";
import { Queue } from "../core/queue.ts";
import { Waiters } from "../core/waiters.ts";

/**
 * Reads several streams at the same time and yields their items as they come.
 *
 * - **Fair.** One item of each is asked for ahead, so a fast stream does not crowd out a slow one.
 * - **Errors.** The first error ends it: the other streams are closed, then it throws. `break` closes all of them.
 *   Errors of closing that come after another go to `onLateError`.
 * - **Cost.** O(1) per item, and one item per stream in memory.
 *
 * Counterpart of `futures::stream::select_all`.
 *
 * @example
 * const letters: string[] = [];
 * for await (const letter of merge(["a", "b"], ["c"])) letters.push(letter);
 * assert.deepEqual(letters.sort(), ["a", "b", "c"]);
 */
export async function* merge<T>(...sources: readonly Items<T>[]): AsyncGenerator<T, void, void> {
  const arrived = new Queue<Arrival<T>>();
  const changes = new Waiters<void>("item");
  const pullers = sources.map((source) => new Puller(source));
  const ask = async (puller: Puller<T>): Promise<void> => {
    try {
      arrived.push({ puller, step: await puller.next() });
    } catch (error) {
      arrived.push({ error });
    }
    changes.wakeAll();
  };
  for (const puller of pullers) void ask(puller);
  try {
    for (let open = pullers.length; 0 < open; ) {
      const arrival = arrived.shift();
      if (arrival === undefined) await changes.wait();
      else if ("error" in arrival) throw arrival.error;
      else if (arrival.step.done === true) open--;
      else {
        yield arrival.step.value;
        void ask(arrival.puller);
      }
    }
  } finally {
    const closed = await Promise.allSettled(pullers.map((puller) => puller.close()));
    for (const result of closed) if (result.status === "rejected") reportLate(result.reason);
  }
}

type Arrival<T> =
  | { readonly puller: Puller<T>; readonly step: IteratorResult<T, unknown> }
  | { readonly error: unknown };
