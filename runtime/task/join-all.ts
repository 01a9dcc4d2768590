import { ChildController } from "../core/child.ts";
import { outcomeOf } from "../core/outcome-of.ts";
import { runLimited } from "../core/run-limited.ts";
import type { Cancellable, Work } from "../core/types.ts";
import type { Outcome } from "../outcome.ts";

/** An outcome for each piece of work, at the same place of the tuple. */
export type Outcomes<F extends readonly unknown[]> = {
  -readonly [K in keyof F]: F[K] extends (...args: never) => infer R ? Outcome<Awaited<R>> : never;
};

export interface JoinAllOptions extends Cancellable {
  /** How many run at a time; all of them unless told. */
  readonly limit?: number | undefined;
}

/**
 * Runs all of the work at the same time and waits for all of it, whether it succeeds or fails.
 *
 * Never rejects for a failure: each outcome says what became of its work, in the order of the arguments. When
 * `options.signal` aborts, what runs is told, and when all of it has ended this rejects with the signal's reason.
 *
 * Counterpart of tokio's `join!` and asyncio's `gather(..., return_exceptions=True)`; unlike `Promise.allSettled` it
 * takes functions, so that they can be told to stop and limited, and tells failed from cancelled.
 * O(n).
 *
 * @example
 * const [name, age] = await joinAll([() => "Anna", async () => { throw new Error("no age"); }]);
 * assert.deepEqual(name, { status: "ok", value: "Anna" });
 * assert.equal(age.status, "error");
 */
export async function joinAll<const F extends readonly Work<unknown>[]>(
  works: F,
  { signal, limit = Infinity }: JoinAllOptions = {},
): Promise<Outcomes<F>> {
  const outcomes: Outcome<unknown>[] = [];
  const controller = new ChildController(signal);
  await runLimited<Work<unknown>, unknown>({
    items: works,
    limit,
    controller,
    work: (work) => controller.call(work),
    onValue: (value, index) => {
      outcomes[index] = { status: "ok", value };
    },
    onError: (error, index) => {
      outcomes[index] = outcomeOf(error, controller);
    },
  });
  // Sound: each place of the tuple was filled from the work at the same place.
  return outcomes as Outcomes<F>;
}
