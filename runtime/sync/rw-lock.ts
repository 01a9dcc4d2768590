import { type Guard, type Owned, Permits } from "../core/permits.ts";
import type { Cancellable } from "../core/types.ts";

/** A lock held together with other readers. After the release, `value` throws. */
export interface ReadGuard<T> extends Guard {
  readonly value: T;
}

/** A lock held alone. */
export interface WriteGuard<T> extends Guard {
  value: T;

  /** Becomes a guard for reading, with no other writer in between. This guard is spent then. */
  downgrade(): ReadGuard<T>;
}

// A writer takes all permits and a reader one of them, so the order of a fair semaphore keeps a stream of readers
// from starving a writer. More readers than this at a time would run out of memory first.
const readers = 2 ** 30;

/**
 * Lets many readers in at a time, or one writer.
 *
 * - **Fair.** First come, first served: readers that come after a waiting writer wait behind it, so neither side
 *   starves the other. A reader must therefore not read-lock again while it holds the lock: if a writer waits
 *   between the two, each waits for the other.
 * - **Cancellation.** Before the grant, an aborted signal rejects with `signal.reason`; readers behind a cancelled
 *   writer come in at once. After the grant it has no effect.
 * - **A holder that throws** gives the lock back, with `using` or `finally`.
 * - **Cost.** O(1) per operation; a writer that lets n readers in costs O(n) once.
 *
 * Counterpart of tokio's `RwLock`, which has the same order and the same `downgrade`.
 *
 * @example
 * const config = new RwLock({ retries: 3 });
 * const writer = await config.write();
 * writer.value = { retries: 5 };
 * const reader = writer.downgrade();
 * assert.equal(reader.value.retries, 5);
 * reader.release();
 */
export class RwLock<T = void> {
  private readonly permits: Permits<T>;

  constructor(...owned: Owned<T>) {
    // Sound: without a value to own, T is void, which `undefined` belongs to.
    this.permits = new Permits(readers, owned[0] as T, "lock");
  }

  /** Waits until no writer is in or before it. Rejects with `signal.reason`. */
  read(options?: Cancellable): Promise<ReadGuard<T>> {
    return this.permits.acquire(1, options);
  }

  /** Waits until nobody else is in. Rejects with `signal.reason`. */
  write(options?: Cancellable): Promise<WriteGuard<T>> {
    return this.permits.acquire(readers, options);
  }

  /** Comes in for reading if that is possible without waiting. */
  tryRead(): ReadGuard<T> | undefined {
    return this.permits.tryAcquire(1);
  }

  /** Comes in for writing if that is possible without waiting. */
  tryWrite(): WriteGuard<T> | undefined {
    return this.permits.tryAcquire(readers);
  }
}
