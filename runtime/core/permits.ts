import { probe } from "./probe.ts";
import { refusal, throwIfAborted } from "./signals.ts";
import { dispose } from "./symbols.ts";
import type { Cancellable } from "./types.ts";
import { Waiters } from "./waiters.ts";

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

/** The constructor's arguments: a lock that owns nothing is made without any. */
export type Owned<T> = [T] extends [void] ? [] : [value: T];

/**
 * The counting behind every lock and semaphore, and the value that only the holders may touch.
 *
 * Fair: permits go to waiters in the order in which they came, and nobody overtakes, not even a small request a large
 * one. A grant is final: from then on the waiter holds the permits, whether its code has resumed or not, and a signal
 * that aborts later changes nothing. So no permit is lost between grant and resumption, which is the most frequent
 * bug of locks with cancellation (asyncio, Effect, cats-effect and others have all had it).
 */
export class Permits<T = undefined> extends Waiters<Permit<T>, number> {
  available: number;
  value: T;

  /** How many there are; only who holds all of them may write the value. */
  total: number;
  private closed: { readonly reason: unknown } | undefined = undefined;

  constructor(total: number, value: T, what = "permit") {
    super(what);
    this.total = this.available = total;
    this.value = value;
  }

  acquire(count: number, options: Cancellable | undefined): Promise<Permit<T>> {
    const refused = refusal(options);
    if (refused !== undefined) return refused;
    const permit = this.tryAcquire(count);
    if (permit === undefined && this.closed !== undefined) {
      return Promise.reject(this.closed.reason);
    }
    const grant =
      permit === undefined ? this.wait(options?.signal, count) : Promise.resolve(permit);
    probe.current?.acquires(this, this.what, grant);
    return grant;
  }

  tryAcquire(count: number): Permit<T> | undefined {
    if (this.available < count || this.size !== 0 || this.closed !== undefined) return undefined;
    this.available -= count;
    return new Permit(this, count);
  }

  /** Gives permits back, and passes on what is there. */
  put(count: number): void {
    this.available += count;
    for (
      let waiter = this.first();
      waiter !== undefined && waiter.detail <= this.available;
      waiter = this.first()
    ) {
      this.available -= waiter.detail;
      this.grant(waiter, new Permit(this, waiter.detail));
    }
  }

  /** Those behind one who has left may have their turn now. */
  override left(): void {
    this.put(0);
  }

  /** Runs the function with one permit, which is given back when it returns, throws or rejects. */
  async run<R>(
    work: (value: T) => R | PromiseLike<R>,
    options: Cancellable | undefined,
  ): Promise<R> {
    throwIfAborted(options);
    const permit = this.tryAcquire(1) ?? (await this.acquire(1, options));
    try {
      return await (probe.current === undefined
        ? work(this.value)
        : probe.current.holds(this, this.what, permit, () => work(this.value)));
    } finally {
      permit[dispose]();
    }
  }

  close(reason: unknown): void {
    this.closed ??= { reason };
    this.rejectAll(this.closed.reason);
  }
}

/**
 * The key of a guard's method that gives the lock back for a while; what it returns takes the lock again. A registered
 * symbol, because a condition variable may come from another copy of this package than the lock.
 */
export const suspend: unique symbol = Symbol.for("mooring.suspend");

/** A guard. To use the value after the release would be a race. */
export class Permit<T = undefined> implements Guard {
  /** Undefined when nothing is held. */
  owner: Permits<T> | undefined;
  readonly count: number;

  constructor(owner: Permits<T>, count: number) {
    this.owner = owner;
    this.count = count;
  }

  get held(): boolean {
    return this.owner !== undefined;
  }

  get value(): T {
    return this.place().value;
  }

  set value(value: T) {
    const place = this.place();
    if (this.count !== place.total) throw new TypeError("A guard for reading cannot write.");
    place.value = value;
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

  /** Turns a guard for writing into one for reading, without anybody in between. */
  downgrade(): Permit<T> {
    const place = this.place();
    this.owner = undefined;
    const permit = new Permit(place, 1);
    place.put(this.count - 1);
    return permit;
  }

  [suspend](): () => Promise<void> {
    const place = this.place();
    this[dispose]();
    return async () => {
      // The permits of the new guard, which nobody sees, are this guard's from here on.
      this.owner = (await place.acquire(this.count, undefined)).owner;
    };
  }

  private place(): Permits<T> {
    if (this.owner === undefined) throw new TypeError("The guard has been released already.");
    return this.owner;
  }
}
