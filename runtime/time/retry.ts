import { checkedDelay, checkedWork } from "../core/checked.ts";
import { isAbortError } from "../core/is-reason.ts";
import { reasonOf, throwIfAborted } from "../core/signals.ts";
import { TimeLimit, within } from "../core/time-limit.ts";
import type { Cancellable } from "../core/types.ts";
import { sleep } from "./sleep.ts";

export interface Attempt {
  /** 1 for the first. */
  readonly attempt: number;

  /** Aborts with `options.signal` and when `attemptTimeout` is over. */
  readonly signal: AbortSignal;
}

export interface RetryOptions extends Cancellable {
  /** How often to try again after the first failure; 3 unless told. */
  readonly retries?: number | undefined;

  /** Milliseconds before the first retry, 100 unless told; each further wait is `factor` times longer, 2 unless told. */
  readonly base?: number | undefined;
  readonly factor?: number | undefined;

  /** The longest wait in milliseconds, 30,000 unless told. Also caps what `when` asks for. */
  readonly max?: number | undefined;

  /**
   * How a wait is spread, so that clients that failed together do not come back together. `full`, unless told: between
   * 0 and the wait. `equal`: between half of it and all. `none`: all. A function gives the fraction of the wait.
   */
  readonly jitter?: "full" | "equal" | "none" | (() => number) | undefined;

  /** Milliseconds from the start after which there is no further attempt. */
  readonly maxElapsed?: number | undefined;

  /** Milliseconds that each attempt may take; then it fails with a TimeoutError. */
  readonly attemptTimeout?: number | undefined;

  /**
   * Whether the error is worth another attempt; unless told, every error is. A number says so too, and how many
   * milliseconds to wait: what a server wrote into `Retry-After`, for one. No jitter is put on it.
   */
  readonly when?: ((error: unknown, attempt: number) => boolean | number) | undefined;

  /** Told before each wait. */
  readonly onRetry?: ((error: unknown, attempt: number, delay: number) => void) | undefined;
}

const spread: Readonly<Record<"full" | "equal" | "none", () => number>> = {
  full: () => Math.random(),
  equal: () => 0.5 + Math.random() / 2,
  none: () => 1,
};

class CurrentAttempt implements Attempt {
  readonly attempt: number;
  private readonly source: Cancellable;
  private own: AbortSignal | undefined = undefined;

  constructor(attempt: number, source: Cancellable) {
    this.attempt = attempt;
    this.source = source;
  }

  // A signal that nothing will ever abort is made only for work that asks for it.
  get signal(): AbortSignal {
    return this.source.signal ?? (this.own ??= new AbortController().signal);
  }
}

/**
 * Tries until it works: again after a failure, with growing and spread-out waits.
 *
 * - **Rejects with the last error** when attempts, time or `when` are at an end.
 * - **Cancellation.** Nothing is tried after an abort, and a wait ends at once; both reject with `signal.reason`. An
 *   attempt under way is told by its signal, and waited for.
 * - **A cancellation is never retried**, and `when` is not asked. For bugs in your own code, which no retry repairs,
 *   pass `when: (error) => !isBug(error)`.
 * - **Errors.** Times and counts that are NaN reject with a RangeError; negative ones count as 0.
 * - **Cost.** No timer and no AbortController unless an attempt fails, `attemptTimeout` is set, or `signal` is read.
 *
 * Counterpart of the `backoff` crate and tenacity; the jitter is that of AWS ("Exponential Backoff And Jitter").
 * O(1) for each attempt.
 *
 * @example
 * let calls = 0;
 * const page = await retry(({ attempt }) => {
 *   calls++;
 *   if (attempt < 3) throw new Error("503");
 *   return "welcome";
 * }, { base: 1 });
 * assert.deepEqual([page, calls], ["welcome", 3]);
 */
export async function retry<T>(
  work: (attempt: Attempt) => T | PromiseLike<T>,
  options: RetryOptions = {},
): Promise<T> {
  checkedWork(work);
  const { signal, attemptTimeout, maxElapsed = Infinity } = options;
  const retries = checkedDelay("retries", options.retries ?? 3);
  const start = maxElapsed === Infinity ? 0 : performance.now();
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(options);
    const limit =
      attemptTimeout === undefined
        ? undefined
        : new TimeLimit("attemptTimeout", attemptTimeout, options);
    try {
      if (limit === undefined) return await work(new CurrentAttempt(attempt, options));
      return await within(limit, () => work(new CurrentAttempt(attempt, limit)));
    } catch (error) {
      const delay = delayAfter(error, attempt, retries, options);
      if (delay === undefined) throw error;
      if (maxElapsed < performance.now() - start + delay) throw error;
      options.onRetry?.(error, attempt, delay);
      if (0 < delay) await sleep(delay, { signal });
    }
  }
}

/** How long to wait before the next attempt; undefined if there is none. */
function delayAfter(
  error: unknown,
  attempt: number,
  retries: number,
  { signal, base = 100, factor = 2, max = 30_000, jitter = "full", when }: RetryOptions,
): number | undefined {
  if (signal?.aborted === true) throw reasonOf(signal);
  if (isAbortError(error) || retries < attempt) return undefined;
  const wish = when === undefined || when(error, attempt);
  if (wish === false) return undefined;
  if (typeof wish === "number") return Math.min(max, checkedDelay("when", wish));
  const fraction = typeof jitter === "function" ? jitter() : spread[jitter]();
  return checkedDelay("base", Math.min(max, base * factor ** (attempt - 1)) * fraction);
}
