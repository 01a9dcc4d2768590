import { CancelledError } from "../core/errors.ts";
import { checkedCount } from "../core/permits.ts";
import { reasonOf } from "../core/signals.ts";
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
  if (limit !== Infinity) checkedCount("limit", limit, 1);
  const waiting = new Waiters<void>("place");
  const idlers = new Waiters<void>("place");
  let active = 0;

  const leave = (): void => {
    // The place passes on as it is, so nobody can slip in between.
    if (waiting.wake()) return;
    active--;
    if (active === 0) idlers.wakeAll();
  };

  // An async function and not a stored callback: after its `await` the engine itself restores the async context.
  const run = async <A extends readonly unknown[], R>(
    work: (...args: A) => R | PromiseLike<R>,
    ...args: A
  ): Promise<R> => {
    if (active < limit) active++;
    else await waiting.wait();
    try {
      return await work(...args);
    } finally {
      leave();
    }
  };

  const cancellable = async <R>(
    work: () => R | PromiseLike<R>,
    options?: Cancellable,
  ): Promise<R> => {
    const signal = options?.signal;
    if (signal?.aborted === true) throw reasonOf(signal);
    if (active < limit) active++;
    else await waiting.wait(signal);
    try {
      return await work();
    } finally {
      leave();
    }
  };

  const idle = async (options?: Cancellable): Promise<void> => {
    const signal = options?.signal;
    if (signal?.aborted === true) throw reasonOf(signal);
    while (active !== 0) await idlers.wait(signal);
  };

  const clear = (reason: unknown = new CancelledError("The queue was cleared.")): void => {
    waiting.rejectAll(reason);
  };

  // Sound: these are the properties of the interface. Two of them are getters, which `assign` would read once.
  return Object.defineProperties(Object.assign(run, { run: cancellable, clear, idle }), {
    active: { get: () => active },
    queued: { get: () => waiting.size },
  }) as Limiter;
}
