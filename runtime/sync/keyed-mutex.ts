import { type Guard, type Permit, Permits } from "../core/permits.ts";
import type { Cancellable } from "../core/types.ts";

// To take a key in and out of a map costs more than the lock itself. So some of the locks that are free stay, until
// there are too many of them; then all of those go, which makes O(1) per lock.
const spare = 64;

/** The locks by their keys. */
class KeyLocks<K> extends Map<K, KeyLock<K>> {
  free = 0;

  of(key: K): KeyLock<K> {
    const found = this.get(key);
    if (found !== undefined) return found;
    if (spare + (this.size >> 1) <= this.free) {
      for (const [other, lock] of this) if (lock.available !== 0) this.delete(other);
      this.free = 0;
    }
    const lock = new KeyLock(this, key);
    this.set(key, lock);
    this.free++;
    return lock;
  }
}

class KeyLock<K> extends Permits {
  readonly locks: KeyLocks<K>;
  readonly key: K;

  constructor(locks: KeyLocks<K>, key: K) {
    super(1, undefined, "lock");
    this.locks = locks;
    this.key = key;
  }

  override acquire(count: number, options: Cancellable | undefined): Promise<Permit> {
    // The guard that a condition variable takes back may find another lock in the place of its own.
    const lock = this.locks.of(this.key);
    return lock === this ? super.acquire(count, options) : lock.acquire(count, options);
  }

  override tryAcquire(count: number): Permit | undefined {
    const permit = super.tryAcquire(count);
    if (permit !== undefined) this.locks.free--;
    return permit;
  }

  override put(count: number): void {
    super.put(count);
    if (this.available !== 0) this.locks.free++;
  }
}

/**
 * One mutex per key: work on the same key is done one at a time, work on different keys is not held up.
 *
 * Everything about fairness, cancellation and errors is as with `Mutex`. Keys that nobody locks any more are forgotten, but for
 * some of those used last: at most 64, or half as many as are locked.
 * Keys are compared as in a Map. O(1).
 * Counterpart of a map of locks, as with asyncio's `defaultdict(Lock)`.
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
  private readonly locks = new KeyLocks<K>();

  /** How many keys are locked. */
  get size(): number {
    return this.locks.size - this.locks.free;
  }

  /** Whether somebody holds the lock of the key now. */
  locked(key: K): boolean {
    return this.locks.get(key)?.available === 0;
  }

  /** Waits for the lock of the key. Rejects with `signal.reason`. */
  lock(key: K, options?: Cancellable): Promise<Guard> {
    return this.locks.of(key).acquire(1, options);
  }

  /** Takes the lock of the key if it is free and nobody waits. */
  tryLock(key: K): Guard | undefined {
    return this.locks.of(key).tryAcquire(1);
  }

  /**
   * Runs the function under the lock of the key, which is given back when it returns, throws or rejects. If the key is
   * free, the function is called at once.
   */
  runExclusive<T>(key: K, work: () => T | PromiseLike<T>, options?: Cancellable): Promise<T> {
    return this.locks.of(key).run(work, options);
  }
}
