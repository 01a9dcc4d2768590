/** How work has ended. Unlike `PromiseSettledResult` it tells a failure from a cancellation. */
export type Outcome<T> =
  | { readonly status: "ok"; readonly value: T }
  | { readonly status: "error"; readonly error: unknown }
  | { readonly status: "cancelled"; readonly reason: unknown };

/**
 * Sorts outcomes into values, errors and the reasons of those that were cancelled, each in the order given.
 *
 * Counterpart of splitting the results of asyncio's `gather(..., return_exceptions=True)`. O(n).
 *
 * @example
 * const outcomes = await joinAll([() => 1, () => Promise.reject(new Error("no route")), () => 3]);
 * const { values, errors } = partition(outcomes);
 * assert.deepEqual(values, [1, 3]);
 * assert.equal(errors.length, 1);
 */
export function partition<T>(outcomes: Iterable<Outcome<T>>): {
  values: T[];
  errors: unknown[];
  cancelled: unknown[];
} {
  const values: T[] = [];
  const errors: unknown[] = [];
  const cancelled: unknown[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "ok") values.push(outcome.value);
    else if (outcome.status === "error") errors.push(outcome.error);
    else cancelled.push(outcome.reason);
  }
  return { values, errors, cancelled };
}

/**
 * The value of an outcome; throws the error or the reason of one that has none.
 * Counterpart of Rust's `Result::unwrap`. O(1).
 *
 * @example
 * const task = spawn(() => 42);
 * assert.equal(unwrap(await task.outcome()), 42);
 */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.status === "ok") return outcome.value;
  throw outcome.status === "error" ? outcome.error : outcome.reason;
}
