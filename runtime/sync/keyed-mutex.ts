import { type Guard, type Permit, Permits } from "../core/permits.ts";
import type { Cancellable } from "../core/types.ts";

/** A lock that is in the map while somebody has it or waits for it. */
class KeyPermits<K> extends Permits {
  private readonly key: K;
  private readonly locks: Map<K, Permits>;

  constructor(key: K, locks: Map<K, Permits>) {
    super(1, "lock");
    this.key = key;
    this.locks = locks;
  }

  override acquire(count: number, signal: AbortSignal | undefined): Promise<Permit> {
    // After a condition variable gave this lock back for a while, the key may have another one.
    const current = this.locks.get(this.key) ?? this;
    if (current !== this) return current.acquire(count, signal);
    if (signal?.aborted !== true) this.locks.set(this.key, this);
    return super.acquire(count, signal);
  }

  override put(count: number): void {
    super.put(count);
    if (this.available !== 0) this.locks.delete(this.key);
  }
}

/**
 * One mutex per key: work on the same key is done one at a time, work on different keys is not held up.
 *
 * Everything about fairness, cancellation and errors is as with `Mutex`. A key takes memory only while it is locked.
 * Keys are compared as in a Map. O(1).
 *
 * @example
 * const accounts = new KeyedMutex<string>();
 * const guard = await accounts.lock("anna");
 * assert.equal(accounts.locked("anna"), true);
 * assert.equal(accounts.locked("bert"), false);
 * guard.release();
 * assert.equal(accounts.size, 0);
 */
export class KeyedMutex<K> {
  private readonly locks = new Map<K, Permits>();

  /** How many keys are locked. */
  get size(): number {
    return this.locks.size;
  }

  locked(key: K): boolean {
    return this.locks.has(key);
  }

  lock(key: K, options?: Cancellable): Promise<Guard> {
    const lock = this.locks.get(key) ?? new KeyPermits(key, this.locks);
    return lock.acquire(1, options?.signal);
  }

  tryLock(key: K): Guard | undefined {
    if (this.locks.has(key)) return undefined;
    const lock = new KeyPermits(key, this.locks);
    this.locks.set(key, lock);
    return lock.tryAcquire(1);
  }

  /** Runs the function under the lock of the key, which is given back when it returns, throws or rejects. */
  async runExclusive<T>(key: K, work: () => T | PromiseLike<T>, options?: Cancellable): Promise<T> {
    const guard = await this.lock(key, options);
    try {
      return await work();
    } finally {
      guard.release();
    }
  }
}
