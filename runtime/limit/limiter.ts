import { checkedLimit, checkedWork } from "../core/checked.ts";
import { CancelledError } from "../core/errors.ts";
import { throwIfAborted } from "../core/signals.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

export interface Limiter {
  /** Calls the function with the arguments when there is a place. */
  <A extends readonly unknown[], R>(
    work: (...args: A) => R | PromiseLike<R>,
    ...args: A
  ): Promise<R>;

  /** The same for a wait that can be cancelled: before its turn, the function is then never called. */
  run<R>(work: () => R | PromiseLike<R>, options?: Cancellable): Promise<R>;

  /** How many functions run. */
  readonly active: number;

  /** How many wait for a place. */
  readonly queued: number;

  /** Rejects all that wait, with a CancelledError unless told. What runs goes on. */
  clear(reason?: unknown): void;

  /** Ends when nothing runs or waits. */
  idle(options?: Cancellable): Promise<void>;
}

/**
 * Makes a function that runs others, at most so many at a time.
 *
 * - **Fair.** First come, first served. A place is passed on only when the work in it has ended.
 * - **Errors.** What the function throws or rejects with comes out, and its place is free.
 * - **Nothing hangs.** `clear` rejects those it removes.
 * - **Async context.** A function that had to wait sees the AsyncLocalStorage of its caller, not of who made room.
 * - **Cost.** O(1). For a list of items, `mapLimit` is many times cheaper: it makes no promise per waiting item.
 *
 * Counterpart of p-limit, with an answer to its pending promises after `clearQueue`.
 *
 * @example
 * const limit = limiter(1);
 * const log: string[] = [];
 * const save = async (name: string) => { log.push(`+${name}`); await null; log.push(`-${name}`); };
 * await Promise.all([limit(save, "a"), limit(save, "b")]);
 * assert.deepEqual(log, ["+a", "-a", "+b", "-b"]);
 */
export function limiter(limit: number): Limiter {
  checkedLimit("limit", limit);
  const waiting = new Waiters<void>("place");
  const idlers = new Waiters<void>("place");
  let active = 0;

  // An async function and not a stored callback: after its `await` the engine itself restores the async context.
  const call = async <A extends readonly unknown[], R>(
    options: Cancellable | undefined,
    work: (...args: A) => R | PromiseLike<R>,
    ...args: A
  ): Promise<R> => {
    throwIfAborted(options);
    checkedWork(work);
    if (active < limit) active++;
    else await waiting.wait(options?.signal);
    try {
      return await work(...args);
    } finally {
      // The place passes on as it is, so nobody can slip in between.
      if (!waiting.wake() && --active === 0) idlers.wakeAll();
    }
  };

  const own = {
    run: (work: () => unknown, options?: Cancellable) => call(options, work),
    clear(reason: unknown = new CancelledError("The queue was cleared.")) {
      waiting.rejectAll(reason);
    },
    async idle(options?: Cancellable) {
      throwIfAborted(options);
      while (active !== 0) await idlers.wait(options?.signal);
    },
    get active() {
      return active;
    },
    get queued() {
      return waiting.size;
    },
  };
  // Sound: these are the properties of the interface.
  return Object.defineProperties(
    (work: () => unknown, ...args: []) => call(undefined, work, ...args),
    Object.getOwnPropertyDescriptors(own),
  ) as Limiter;
}
