import { dispose } from "../core/symbols.ts";

/**
 * Runs the function when the block ends: `using _ = defer(() => …)`. Once, however often it is disposed; an error of
 * the function comes out of the block.
 *
 * Counterpart of Go's `defer` and the `scopeguard` crate.
 * O(1).
 *
 * @example
 * const log: string[] = [];
 * const cleanup = defer(() => { log.push("closed"); });
 * cleanup[Symbol.dispose]();
 * cleanup[Symbol.dispose]();
 * assert.deepEqual(log, ["closed"]);
 */
export function defer(cleanup: () => void): Disposable {
  let pending: (() => void) | undefined = cleanup;
  return {
    [dispose]() {
      const run = pending;
      pending = undefined;
      run?.();
    },
  };
}
