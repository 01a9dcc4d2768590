import type { Cancellable, Work } from "../core/types.ts";
import { type Outcome, unwrap } from "../outcome.ts";
import { OnceCell } from "./once-cell.ts";

/**
 * Makes a function that runs its work once and gives every caller the same result, also those that come meanwhile.
 *
 * A run that fails is forgotten, so that the next call tries again; with `retryOnError: false` its error is the result
 * for good. The signal of a call ends that call's wait; the work is told to stop when all callers have left.
 *
 * Counterpart of Go's `sync.OnceValue` and of `std::sync::OnceLock`, for work that waits.
 * O(1), besides the work.
 *
 * @example
 * let reads = 0;
 * const config = once(async () => ({ reads: ++reads }));
 * await Promise.all([config(), config()]);
 * assert.equal((await config()).reads, 1);
 */
export function once<T>(
  work: Work<T>,
  options: { readonly retryOnError?: boolean | undefined } = {},
): (options?: Cancellable) => Promise<T> {
  const cell = new OnceCell<Outcome<T>>();
  const keepError = options.retryOnError === false;
  const controllable = async (signal?: AbortSignal): Promise<Outcome<T>> => {
    try {
      // Sound: without a parameter the work reads none.
      const value = await (work as (signal?: AbortSignal) => T | PromiseLike<T>)(signal);
      return { status: "ok", value };
    } catch (error) {
      if (!keepError || signal?.aborted === true) throw error;
      return { status: "error", error };
    }
  };
  const init = work.length === 0 ? () => controllable() : controllable;
  return async (wait) => unwrap(await cell.getOrInit(init, wait));
}
