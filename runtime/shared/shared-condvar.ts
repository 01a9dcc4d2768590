import type { Guard } from "../core/permits.ts";
import { throwIfAborted } from "../core/signals.ts";
import type { Cancellable } from "../core/types.ts";
import { Shared } from "./place.ts";
import { lockOf, type Relockable } from "./shared-guard.ts";
import { Word } from "./word.ts";

/**
 * Lets the holder of a shared lock wait until another thread has changed something.
 *
 * - **No notification is missed** after the lock was given back: each one changes the word that is waited on.
 * - **The lock is held again** whenever `wait` ends, normally or not, through the same guard. A signal that aborts
 *   during the wait rejects with `signal.reason` once the lock is back. If there was a notification by then, the wait
 *   ends normally.
 * - **More may wake than were notified**, so wait in a loop. `notifyOne` wakes at least one of those who wait, and at
 *   present all of them: one that was cancelled, or whose thread is busy, could otherwise swallow the notification.
 * - **Fairness.** None: those who wake race for the lock.
 * - **A thread that dies** while it waits takes nothing with it.
 * - **Errors.** A guard that is not held, or not of a shared lock, is a TypeError.
 * - **One word.** O(1), besides waking.
 *
 * Counterpart of `std::sync::Condvar` and Go's `sync.Cond`.
 *
 * @example
 * const mutex = new SharedMutex();
 * const changed = new SharedCondvar();
 * const ready = new AtomicFlag();
 * const waiting = (async () => {
 *   const guard = await mutex.lock();
 *   while (!ready.get()) await changed.wait(guard);
 *   guard.release();
 * })();
 * await mutex.runExclusive(() => ready.set());
 * changed.notifyAll();
 * await waiting;
 */
export class SharedCondvar extends Shared {
  private readonly notifications: Word;

  constructor(buffer?: SharedArrayBuffer, index = 0) {
    super(buffer, index, 1);
    this.notifications = new Word(this.words, this.index);
  }

  /** Gives the lock back, waits for a notification, and ends when the lock is held again. */
  async wait(guard: Guard, options?: Cancellable): Promise<void> {
    const shared = checkedGuard(guard);
    const signal = options?.signal;
    throwIfAborted(options);
    const seen = this.notifications.load();
    const lock = suspended(shared);
    try {
      await this.notifications.until(() => this.unchanged(seen), signal);
    } catch (error) {
      if (this.unchanged(seen) !== undefined) throw error;
    } finally {
      await lock.relock();
      shared[lockOf] = lock;
    }
  }

  /** Blocks the thread; main threads of browsers throw. */
  waitSync(guard: Guard): void {
    const shared = checkedGuard(guard);
    const seen = this.notifications.load();
    const lock = suspended(shared);
    try {
      this.notifications.untilSync(() => this.unchanged(seen));
    } finally {
      lock.relockSync();
      shared[lockOf] = lock;
    }
  }

  /** Ends at least one of the waits that have begun; others may end as well, so look at the condition again. */
  notifyOne(): void {
    this.notifications.add(1);
    this.notifications.notify();
  }

  /** Ends every wait that has begun, in all threads. */
  notifyAll(): void {
    this.notifications.add(1);
    this.notifications.notify();
  }

  private unchanged(seen: number): number | undefined {
    return this.notifications.load() === seen ? seen : undefined;
  }
}

interface Suspendable {
  [lockOf]: Relockable | undefined;
}

function checkedGuard(guard: Guard): Suspendable {
  if (lockOf in guard && guard.held) {
    // Sound: only the guards of shared locks have this key.
    return guard as Guard & Suspendable;
  }
  throw new TypeError(
    "`wait` needs the guard of a SharedMutex or SharedRwLock, and that it is held.",
  );
}

/** Gives the lock back; while that lasts, `release` has no effect. */
function suspended(guard: Suspendable): Relockable {
  const lock = guard[lockOf];
  if (lock === undefined) throw new TypeError("The guard is not held.");
  guard[lockOf] = undefined;
  lock.unlock();
  return lock;
}
