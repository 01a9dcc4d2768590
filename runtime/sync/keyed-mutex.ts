import { type Guard, suspend } from "../core/permits.ts";
import { reasonOf } from "../core/signals.ts";
import { dispose } from "../core/symbols.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

type Holders<K> = Map<K, KeyGuard<K>>;

/** The holder of a key, and those who wait for it: a key that nobody else wants needs no more than its guard. */
class KeyGuard<K> implements Guard {
  /** Where the guard is found by its key; undefined when nothing is held. */
  holders: Holders<K> | undefined;
  queue: Waiters<KeyGuard<K>> | undefined;
  readonly key: K;

  constructor(holders: Holders<K>, key: K, queue?: Waiters<KeyGuard<K>>) {
    this.holders = holders;
    this.key = key;
    this.queue = queue;
  }

  get held(): boolean {
    return this.holders !== undefined;
  }

  get release(): () => void {
    return () => {
      this[dispose]();
    };
  }

  [dispose](): void {
    const { holders, key, queue } = this;
    if (holders === undefined) return;
    this.holders = undefined;
    const next = queue && new KeyGuard(holders, key, queue);
    if (next !== undefined && queue?.wake(next) === true) holders.set(key, next);
    else holders.delete(key);
  }

  [suspend](): () => Promise<void> {
    const { holders, key } = this;
    if (holders === undefined) throw new TypeError("The guard is not held.");
    this[dispose]();
    return async () => {
      // The guard that comes is seen by nobody; this one is in its place from here on.
      const { queue } = await lockKey(holders, key, undefined);
      this.queue = queue;
      this.holders = holders;
      holders.set(key, this);
    };
  }
}

function lockKey<K>(
  holders: Holders<K>,
  key: K,
  signal: AbortSignal | undefined,
): Promise<KeyGuard<K>> {
  if (signal !== undefined && signal.aborted) return Promise.reject(reasonOf(signal));
  const holder = holders.get(key);
  return holder === undefined
    ? Promise.resolve(takeKey(holders, key))
    : (holder.queue ??= new Waiters("lock")).wait(signal);
}

/** The key must be free. */
function takeKey<K>(holders: Holders<K>, key: K): KeyGuard<K> {
  const guard = new KeyGuard(holders, key);
  holders.set(key, guard);
  return guard;
}

/**
 * One mutex per key: work on the same key is done one at a time, work on different keys is not held up.
 *
 * Everything about fairness, cancellation and errors is as with `Mutex`. A key takes memory only while it is locked.
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
  private readonly holders: Holders<K> = new Map();

  /** How many keys are locked. */
  get size(): number {
    return this.holders.size;
  }

  locked(key: K): boolean {
    return this.holders.has(key);
  }

  lock(key: K, options?: Cancellable): Promise<Guard> {
    return lockKey(this.holders, key, options?.signal);
  }

  tryLock(key: K): Guard | undefined {
    return this.locked(key) ? undefined : takeKey(this.holders, key);
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
