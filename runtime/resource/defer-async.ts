import { asyncDispose } from "../core/symbols.ts";

/**
 * Runs the function when the block ends, and waits for it: `await using _ = deferAsync(async () => …)`. Once; disposing
 * again waits for the same run. An error comes out of the block.
 *
 * The `await` at the end of the block lets other code run, so give locks back with `using` and not with this.
 *
 * Counterpart of Python's `async with` and `AsyncExitStack`.
 * O(1).
 *
 * @example
 * const log: string[] = [];
 * const cleanup = deferAsync(async () => { log.push("closed"); });
 * await cleanup[Symbol.asyncDispose]();
 * assert.deepEqual(log, ["closed"]);
 */
export function deferAsync(cleanup: () => void | PromiseLike<void>): AsyncDisposable {
  let run: Promise<void> | undefined;
  return {
    [asyncDispose]() {
      run ??= (async () => cleanup())();
      return run;
    },
  };
}
