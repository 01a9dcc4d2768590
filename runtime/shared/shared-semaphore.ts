import { checkedCount } from "../core/checked.ts";
import { type Guard } from "../core/permits.ts";
import type { Cancellable } from "../core/types.ts";
import { Shared } from "./place.ts";
import { SharedGuard } from "./shared-guard.ts";
import { type Trial, Word } from "./word.ts";

/**
 * Lets at most so many holders in, over all threads.
 *
 * - **The word counts the permits that are out**, so a zeroed buffer is a fresh semaphore. All threads have to give the
 *   same number of permits; each keeps to its own.
 * - **Fairness, cancellation, death of a thread** as for `SharedMutex`: not fair between threads, in order at one
 *   handle; a cancelled wait takes nothing; the permits of a thread that died are lost.
 * - **Errors.** A number of permits that is no positive integer throws a RangeError. Nothing detects an `acquireSync`
 *   that waits for its own thread.
 * - **One word.** O(1), besides waking.
 *
 * Counterpart of a POSIX semaphore and of asyncio's `BoundedSemaphore`.
 *
 * @example
 * const slots = new SharedSemaphore(2);
 * const first = await slots.acquire();
 * const second = slots.acquireSync();
 * assert.equal(new SharedSemaphore(2, slots.buffer).tryAcquire(), undefined);
 * first.release();
 * assert.equal(slots.available, 1);
 * second.release();
 */
export class SharedSemaphore extends Shared {
  private readonly permits: number;
  private readonly taken: Word;
  private readonly attempt: Trial = () => {
    for (;;) {
      const taken = this.taken.load();
      if (this.permits <= taken) return taken;
      if (this.taken.replace(taken, taken + 1)) return undefined;
    }
  };

  constructor(permits: number, buffer?: SharedArrayBuffer, index = 0) {
    super(buffer, index, 1);
    this.permits = checkedCount("permits", permits, 1);
    this.taken = new Word(this.words, this.index);
  }

  /** How many permits could be taken now; other threads may do so at any time. */
  get available(): number {
    return Math.max(0, this.permits - this.taken.load());
  }

  /** Waits for a permit. Rejects with `signal.reason`, and then holds none. */
  async acquire(options?: Cancellable): Promise<Guard> {
    await this.relock(options?.signal);
    return new SharedGuard(this);
  }

  /** The same. Blocks the thread meanwhile; main threads of browsers throw. */
  acquireSync(): Guard {
    this.relockSync();
    return new SharedGuard(this);
  }

  /** Takes a permit if there is one. */
  tryAcquire(): Guard | undefined {
    return this.attempt() === undefined ? new SharedGuard(this) : undefined;
  }

  /** @internal */
  relock(signal?: AbortSignal): Promise<void> {
    return this.taken.until(this.attempt, signal);
  }

  /** @internal */
  relockSync(): void {
    this.taken.untilSync(this.attempt);
  }

  /** @internal */
  unlock(): void {
    this.taken.add(-1);
    this.taken.notify();
  }
}
