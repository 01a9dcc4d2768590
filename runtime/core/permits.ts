import { ClosedError } from "./errors.ts";
import { dispose } from "./symbols.ts";
import { Waiters } from "./waiters.ts";
import { reasonOf } from "./signals.ts";

/**
 * What a lock or semaphore hands out: proof that something is held, and the way to give it back.
 *
 * `using guard = await mutex.lock()` gives it back when the block is left in any way. Releasing a second time does
 * nothing, also when others have held the lock in between, so a stale guard can never let two in. `release` works
 * detached: `.finally(guard.release)`.
 */
export interface Guard extends Disposable {
  /** False from the release on. */
  readonly held: boolean;
  readonly release: () => void;
}

/**
 * The counting behind Mutex, RwLock and Semaphore.
 *
 * Fair: permits go to waiters in the order in which they came, and nobody overtakes, not even a small request a large
 * one. A grant is final: from then on the waiter holds the permits, whether its code has resumed or not, and a signal
 * that aborts later changes nothing. So no permit is lost between grant and resumption, which is the most frequent
 * bug of locks with cancellation (asyncio, Effect, cats-effect and others have all had it).
 */
export class Permits {
  available: number;
  readonly waiters: Waiters<Permit, number>;
  private closed: { readonly reason: unknown } | undefined = undefined;

  constructor(available: number, what = "permit") {
    this.available = available;
    this.waiters = new Waiters<Permit, number>(what, () => {
      this.pass();
    });
  }

  acquire(count: number, signal: AbortSignal | undefined): Promise<Permit> {
    if (signal !== undefined && signal.aborted) return Promise.reject(reasonOf(signal));
    if (count <= this.available && this.waiters.size === 0 && this.closed === undefined) {
      this.available -= count;
      return Promise.resolve(this.guard(count));
    }
    if (this.closed !== undefined) return Promise.reject(this.closed.reason);
    // A plain entry of the queue stands for one permit.
    return this.waiters.wait(signal, count === 1 ? undefined : count);
  }

  tryAcquire(count: number): Permit | undefined {
    if (this.available < count || this.waiters.size !== 0 || this.closed !== undefined) {
      return undefined;
    }
    this.available -= count;
    return this.guard(count);
  }

  put(count: number): void {
    this.available += count;
    if (this.waiters.size !== 0) this.pass();
  }

  close(reason: unknown): void {
    this.closed ??= { reason };
    this.waiters.rejectAll(this.closed.reason);
  }

  /** The proof of holding `count` permits, which have been taken off `available` already. */
  guard(count: number): Permit {
    return new Permit(this, count);
  }

  private pass(): void {
    const { waiters } = this;
    while (waiters.size !== 0) {
      const entry = waiters.first();
      if (entry === undefined) return;
      const count = typeof entry === "function" ? 1 : (entry.detail ?? 1);
      if (this.available < count) return;
      this.available -= count;
      waiters.grant(entry, this.guard(count));
    }
  }
}

/**
 * The key of a guard's method that gives the lock back for a while; what it returns takes the lock again. A registered
 * symbol, because a condition variable may come from another copy of this package than the lock.
 */
export const suspend: unique symbol = Symbol.for("mooring.suspend");

export class Permit<Owner extends Permits = Permits> implements Guard {
  /** Undefined when nothing is held. */
  owner: Owner | undefined;
  readonly count: number;

  constructor(owner: Owner, count: number) {
    this.owner = owner;
    this.count = count;
  }

  get held(): boolean {
    return this.owner !== undefined;
  }

  // A getter, so that `release` works detached and no guard pays for a bound function that nobody detaches. In
  // `guard.release()` the optimising compiler removes the closure.
  get release(): () => void {
    return () => {
      this[dispose]();
    };
  }

  [dispose](): void {
    const { owner } = this;
    if (owner === undefined) return;
    this.owner = undefined;
    owner.put(this.count);
  }

  [suspend](): () => Promise<void> {
    const { owner, count } = this;
    if (owner === undefined) throw new TypeError("The guard is not held.");
    this[dispose]();
    return async () => {
      // The permits of the new guard, which nobody sees, are this guard's from here on. Sound: a lock hands out
      // guards of one kind.
      this.owner = (await owner.acquire(count, undefined)).owner as Owner;
    };
  }
}

/** A number of permits, capacity or the like; anything else is a mistake that is reported where it is made. */
export function checkedCount(what: string, count: number, least: number): number {
  if (Number.isInteger(count) && least <= count) return count;
  throw new RangeError(`${what} must be an integer of at least ${least}, not ${count}.`);
}

export function closedError(what: string): ClosedError {
  return new ClosedError(`The ${what} is closed.`);
}
