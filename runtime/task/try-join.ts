import { isCancelled } from "../cancel/is-cancelled.ts";
import { ChildController } from "../core/child.ts";
import { runLimited } from "../core/run-limited.ts";
import type { Work } from "../core/types.ts";
import type { JoinAllOptions } from "./join-all.ts";

/** The result of each piece of work, at the same place of the tuple or under the same key. */
export type Results<F> = {
  -readonly [K in keyof F]: F[K] extends (...args: never) => infer R ? Awaited<R> : never;
};

export interface TryJoinOptions extends JoinAllOptions {
  /**
   * `first`, unless told: rejects with the first error itself; further ones go to `onLateError`. `aggregate`: rejects
   * with an AggregateError of all errors, also if there is one, so that who catches need not look twice.
   */
  readonly errors?: "first" | "aggregate" | undefined;
}

/**
 * Runs all of the work at the same time; the first error cancels the rest.
 *
 * - **Nothing runs on.** After an error, what runs is told by its signal and waited for. Only then does this reject.
 *   `Promise.all` rejects at once and abandons the others.
 * - **Cancellation.** The same with `signal.reason`. An error that happens as well is not lost: it goes first.
 * - **Results** are in the order of the arguments, or under the same keys.
 *
 * Counterpart of tokio's `try_join!`, Go's `errgroup` and asyncio's TaskGroup.
 * O(n).
 *
 * @example
 * const { user, orders } = await tryJoin({
 *   user: async () => ({ name: "Anna" }),
 *   orders: async () => [17, 4],
 * });
 * assert.equal(user.name, "Anna");
 * assert.deepEqual(orders, [17, 4]);
 */
export async function tryJoin<
  const F extends readonly Work<unknown>[] | Readonly<Record<string, Work<unknown>>>,
>(works: F, options: TryJoinOptions = {}): Promise<Results<F>> {
  const { signal, limit = Infinity } = options;
  const controller = new ChildController(signal);
  const results: unknown[] = [];
  const further: unknown[] = [];
  const aggregate = options.errors === "aggregate";
  try {
    await runLimited<Work<unknown>, unknown>({
      items: Object.values(works),
      limit,
      controller,
      work: (work) => controller.call(work),
      onValue: (value, index) => {
        results[index] = value;
      },
      onFurther: aggregate ? (error) => further.push(error) : undefined,
    });
  } catch (error) {
    if (!aggregate || isCancelled(error, signal)) throw error;
    throw new AggregateError([error, ...further], "Work of the group failed.", { cause: error });
  }
  const byKey = Object.keys(works).map((key, index) => [key, results[index]]);
  // Sound: each place or key holds the result of the work at the same place or key.
  return (Array.isArray(works) ? results : Object.fromEntries(byKey)) as Results<F>;
}
