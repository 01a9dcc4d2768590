import { type Guard, type Owned, Permits } from "../core/permits.ts";
import type { Cancellable } from "../core/types.ts";

/** A held mutex. `value` is what the mutex owns; after the release it throws. */
export type MutexGuard<T> = Guard & ([T] extends [void] ? unknown : { value: T });

/**
 * Lets one holder in at a time. It can own the value it protects, which is then only to be had through a guard.
 *
 * - **Fair.** First come, first served. Who releases and locks again queues behind those who wait.
 * - **Cancellation.** Before the grant, an aborted signal rejects the wait with `signal.reason`. After the grant it
 *   has no effect: the lock is held, and must be released.
 * - **A holder that throws** gives the lock back, with `runExclusive` or `using`. The value stays as it was left:
 *   there is no poisoning, because JavaScript has no thread that could die half-way unseen.
 * - **Not reentrant.** A holder that locks again waits for itself. Keep the locked part small, and lock at its edge.
 * - **Cost.** O(1), also for a wait that is cancelled.
 *
 * Counterpart of tokio's `Mutex` and asyncio's `Lock`.
 *
 * @example
 * const balance = new Mutex(100);
 * async function withdraw(amount: number) {
 *   const guard = await balance.lock(); // or `using guard`, and no `finally`
 *   try {
 *     await Promise.resolve(); // asks the bank
 *     guard.value -= amount;
 *   } finally {
 *     guard.release();
 *   }
 * }
 * await Promise.all([withdraw(30), withdraw(20)]);
 * assert.equal(await balance.runExclusive((value) => value), 50);
 */
export class Mutex<T = void> {
  private readonly permits: Permits<T>;

  constructor(...owned: Owned<T>) {
    // Sound: without a value to own, T is void, which `undefined` belongs to.
    this.permits = new Permits(1, owned[0] as T, "lock");
  }

  /** Whether somebody holds the lock now; by the time you act on it that may have changed, unless you do not wait. */
  get locked(): boolean {
    return this.permits.available === 0;
  }

  /** Waits for the lock. Rejects with `signal.reason`, and then holds nothing. */
  lock(options?: Cancellable): Promise<MutexGuard<T>> {
    const guard: Promise<Guard> = this.permits.acquire(1, options);
    // Sound: all guards have a `value`; the type hides it where there is nothing to own.
    return guard as Promise<MutexGuard<T>>;
  }

  /** Takes the lock if it is free and nobody waits. */
  tryLock(): MutexGuard<T> | undefined {
    const guard: Guard | undefined = this.permits.tryAcquire(1);
    // Sound for the same reason.
    return guard as MutexGuard<T> | undefined;
  }

  /**
   * Runs the function under the lock, which is given back when it returns, throws or rejects. If the lock is free, the
   * function is called at once.
   */
  runExclusive<R>(work: (value: T) => R | PromiseLike<R>, options?: Cancellable): Promise<R> {
    return this.permits.run(work, options);
  }
}
