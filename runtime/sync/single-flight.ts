/**
 * Makes a function of which calls with the same key share one run while it lasts; afterwards the next call runs anew.
 * What keeps a cache that has just expired from being filled by everybody at once.
 *
 * The key is the first argument, unless `key` says otherwise; keys are compared as in a Map. All callers of a run get
 * its result or its error. Nothing is kept after it has ended. O(1).
 *
 * Counterpart of Go's `singleflight.Group`.
 *
 * @example
 * let requests = 0;
 * const price = singleFlight(async (article: string) => `${article}: ${++requests}`);
 * assert.deepEqual(await Promise.all([price("tea"), price("tea")]), ["tea: 1", "tea: 1"]);
 * assert.equal(await price("tea"), "tea: 2");
 */
export function singleFlight<A extends readonly unknown[], T>(
  work: (...args: A) => T | PromiseLike<T>,
  key: (...args: A) => unknown = (...args) => args[0],
): (...args: A) => Promise<T> {
  const running = new Map<unknown, Promise<T>>();
  return async (...args) => {
    const name = key(...args);
    const shared = running.get(name);
    if (shared !== undefined) return shared;
    const run = (async () => work(...args))();
    running.set(name, run);
    try {
      return await run;
    } finally {
      running.delete(name);
    }
  };
}
