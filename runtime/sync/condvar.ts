import { type Guard, suspend } from "../core/permits.ts";
import { throwIfAborted } from "../core/signals.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

/**
 * Lets the holder of a lock wait until another holder has changed something.
 *
 * - **Atomic.** `wait` queues and releases in one step, so a notification after the release is never missed.
 * - **The lock is held again** whenever `wait` ends, normally or not, through the same guard. A signal that aborts
 *   during the wait rejects with `signal.reason`, but only once the lock is back: the code around expects to hold it.
 * - **A notification is never lost.** Who was notified resumes normally, even if its signal aborts before the lock is
 *   back.
 * - **Fair.** First to wait, first to be notified.
 * - **Errors.** A guard that is not held, or not of this package, rejects with a TypeError.
 *
 * What was waited for may be gone again when the lock is back, so wait in a loop, or with `waitWhile`.
 * Counterpart of `std::sync::Condvar` and asyncio's `Condition`.
 * O(1), and O(n) for `notifyAll`.
 *
 * @example
 * const queue = new Mutex<string[]>([]);
 * const notEmpty = new Condvar();
 * const taken = (async () => {
 *   const guard = await queue.lock();
 *   await notEmpty.waitWhile(guard, () => guard.value.length === 0);
 *   const item = guard.value.shift();
 *   guard.release();
 *   return item;
 * })();
 * await queue.runExclusive((items) => items.push("job"));
 * notEmpty.notifyOne();
 * assert.equal(await taken, "job");
 */
export class Condvar {
  private readonly waiters = new Waiters<void>("condition");

  /** Gives the lock back, waits for a notification, and ends when the lock is held again. */
  async wait(guard: Guard, options?: Cancellable): Promise<void> {
    if (!canSuspend(guard)) throw new TypeError("`wait` needs the guard of a Mutex or RwLock.");
    throwIfAborted(options);
    const resume = guard[suspend]();
    // Nothing can have run since the release: this is still the same turn.
    const notified = this.waiters.wait(options?.signal);
    try {
      await notified;
    } finally {
      await resume();
    }
  }

  /** Waits as long as the condition holds. It is looked at first, and again after each notification. */
  async waitWhile(guard: Guard, condition: () => boolean, options?: Cancellable): Promise<void> {
    while (condition()) await this.wait(guard, options);
  }

  /** Ends the longest wait. Nothing is remembered when nobody waits. */
  notifyOne(): void {
    this.waiters.wake();
  }

  /** Ends every wait that has begun. */
  notifyAll(): void {
    this.waiters.wakeAll();
  }
}

function canSuspend(guard: Guard): guard is Guard & { [suspend](): () => Promise<void> } {
  return suspend in guard;
}
