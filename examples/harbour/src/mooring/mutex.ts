// mutex, vendored from mooring-runtime 0.1.0 (f4f1dd1a5ef25ecf)
// SPDX-License-Identifier: MIT. Copyright (c) 2026 The Mooring authors.
//
// Written by `mooring runtime add mutex`. It imports nothing and is yours: `mooring runtime status` tells whether there
// is another version, and `mooring runtime update` brings it, but never over your own changes.
/* eslint-disable */
// biome-ignore-all lint: not written here
// deno-lint-ignore-file
/// <reference lib="esnext.disposable" />

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

// A program can hold two copies of this package: one from npm and one vendored, or one loaded with `import` and one
// with `require`. So its errors are recognised by a registered symbol; which copy made them does not matter.


const errorKind: unique symbol = Symbol.for("mooring.error");

/** What every wait of this package takes: when the signal aborts, the wait rejects with the signal's reason. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

// Every wait takes an AbortSignal, and a program has few signals and many waits. One listener per wait is what makes
// the usual libraries quadratic (Node looks through all listeners of a signal to add or remove one), warn about
// leaks, and hold a megabyte per thousand waits. So each signal that is waited on has one listener, and behind it a
// set of the waits: joining and leaving are O(1), whatever the order.
//
// The listener is removed with its last wait and not later. Keeping it for the next wait would save a microsecond
// where every task has a signal of its own, but a listener pins a signal of `AbortSignal.timeout` or `.any` in memory.


/** Something that happens when a signal aborts. It can follow one signal at a time. */
interface AbortListener {
  /** Where it is listed while it follows a signal. */
  hub: AbortHub | undefined;

  /** Must not throw: the other waits of the signal come after this one. */
  onAbort(reason: unknown): void;
}

const hubs = new WeakMap<AbortSignal, AbortHub>();

class AbortHub extends Set<AbortListener> {
  readonly signal: AbortSignal;
  // A function, and no object with a `handleEvent`: not every polyfill knows what to do with those.
  readonly fire: () => void;

  constructor(signal: AbortSignal) {
    super();
    this.signal = signal;
    this.fire = () => {
      const reason = reasonOf(signal);
      for (const listener of this) {
        // It stays in the set until the end: to take each out would cost more than to tell it.
        listener.hub = undefined;
        listener.onAbort(reason);
      }
      this.close();
    };
    // mooring-allow unchecked-aborted-signal: whoever makes a hub has looked at the signal, and looks again
    signal.addEventListener("abort", this.fire);
    hubs.set(signal, this);
  }

  close(): void {
    hubs.delete(this.signal);
    this.signal.removeEventListener("abort", this.fire);
  }
}

/** Calls the listener when the signal aborts. The signal must not have aborted yet. O(1). */
function follow(signal: AbortSignal, listener: AbortListener): void {
  listener.hub = (hubs.get(signal) ?? new AbortHub(signal)).add(listener);
}

/** Leaves the signal alone again; without effect when nothing is followed. O(1). */
function unfollow(listener: Partial<AbortListener>): void {
  const { hub } = listener;
  if (hub === undefined) return;
  listener.hub = undefined;
  // Sound: only listeners that can be told are listed.
  hub.delete(listener as AbortListener);
  if (hub.size === 0) hub.close();
}

/** Why the signal aborted. Older polyfills of AbortSignal know no reason: then it is an error that passes for ours. */
function reasonOf(signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  if (reason !== undefined) return reason;
  const kind = "AbortError";
  return Object.assign(new Error("The operation was aborted."), { name: kind, [errorKind]: kind });
}

/** Whether the signal has aborted. An AbortController in its place, a likely slip, would never abort. */
function isAborted(signal: AbortSignal | null): boolean {
  const aborted = signal?.aborted;
  if (typeof aborted === "boolean") return aborted;
  throw new TypeError("`signal` must be an AbortSignal; pass `controller.signal`.");
}

/** Polyfills of AbortSignal have no method for it. */
function throwIfAborted(options: Cancellable | undefined): void {
  const signal = options?.signal;
  if (signal !== undefined && isAborted(signal)) throw reasonOf(signal);
}

/** A rejection if the signal of a wait has aborted before it has begun. */
function refusal(options: Cancellable | undefined): Promise<never> | undefined {
  try {
    throwIfAborted(options);
    return undefined;
  } catch (reason) {
    return Promise.reject(reason);
  }
}

// Some engines have no `Symbol.dispose` yet. TypeScript's, esbuild's and Babel's helpers for `using` then look in the
// symbol registry, and so does this module; nothing global is patched.


/** The key that `using` calls. */
// The cast is sound: where the engine lacks the symbol, the registered one is what compiled `using` looks up.
const dispose: typeof Symbol.dispose = (Symbol.dispose ??
  Symbol.for("Symbol.dispose")) as typeof Symbol.dispose;

// Where `trace` and `detectDeadlocks` listen; in a copy that has neither, nobody does. The rest of the package asks one
// question, whether anybody does, and only when it starts a task, takes a lock or really has to wait; without a listener
// that is all it costs.


interface Probe {
  /** Runs the body of a task, so that what it waits for and starts is known to be its own. */
  task<T>(id: number, name: string | undefined, body: () => T): T;
  ended(id: number): void;

  /** The current task waits for the promise, at the kind of thing that `on` names. */
  waits(on: string, promise: Promise<unknown>): void;

  /** The current task asks for the lock, and holds it from the grant on. */
  acquires(lock: object, on: string, grant: Promise<Held>): void;

  /** Runs the body as one that has the lock. */
  holds<T>(lock: object, on: string, held: Held, body: () => T): T;
}

interface Held {
  readonly held: boolean;
}

const probe: { current: Probe | undefined } = { current: undefined };

// The list behind every wait of this package: first in, first out, in O(1) also when a wait is cancelled, in any order.
// The waits themselves are linked, so one that leaves is gone at once and nothing has to be tidied up behind it.
//
// A wait that nobody can cancel does not keep the `reject` of its promise, which would be a quarter of its memory. The least
// that it could be is the bare `resolve` in an array: that saves 50 bytes of 230, and a third of the time of very long
// queues, but takes tombstones, sweeping, and a third more code in everything that waits.


type Settle<T> = (value: T) => void;

/** A place in a ring. The list itself is one as well, between the last wait and the first, so no end is a special case. */
interface Link {
  next: Link;
  previous: Link;
}

/** One wait, which lasts until it has its value. */
class Waiter<T, Detail = void> implements Link {
  next: Link;
  previous: Link;
  readonly settle: Settle<T>;

  /** What it waits for, where waits differ. */
  readonly detail: Detail;
  declare hub?: AbortListener["hub"];
  declare readonly fail?: Settle<unknown>;

  constructor(list: Waiters<T, Detail>, settle: Settle<T>, detail: Detail) {
    this.next = list;
    this.previous = list.previous;
    this.previous.next = list.previous = this;
    this.settle = settle;
    this.detail = detail;
    list.size++;
  }
}

/** A wait that can end early, by its signal or because it is left. Others are spared its memory. */
class FreeWaiter<T, Detail> extends Waiter<T, Detail> implements AbortListener {
  override hub: AbortListener["hub"] = undefined;
  override readonly fail: Settle<unknown>;
  private readonly list: Waiters<T, Detail>;

  constructor(list: Waiters<T, Detail>, settle: Settle<T>, fail: Settle<unknown>, detail: Detail) {
    super(list, settle, detail);
    this.list = list;
    this.fail = fail;
  }

  onAbort(reason: unknown): void {
    this.leave();
    this.fail(reason);
  }

  /** Takes the wait out of its list, as if it had never begun; without effect once it has ended. */
  leave(): void {
    if (this.next === this) return;
    this.list.remove(this);
    this.list.left?.();
  }
}

class Waiters<T, Detail = void> implements Link {
  next: Link = this;
  previous: Link = this;

  /** How many are waiting. */
  size = 0;

  /** Told when a wait has been cancelled: those behind it may have their turn now. */
  left?(): void;

  /** Is waited for, as traces call it. */
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }

  /** Waits at the end of the list. The signal must not have aborted yet. */
  wait(signal?: AbortSignal, detail?: Detail): Promise<T> {
    const promise = new Promise<T>((settle, fail) => {
      // Sound: where waits differ, each is made with a detail.
      const its = detail as Detail;
      if (signal === undefined) new Waiter(this, settle, its);
      else follow(signal, new FreeWaiter(this, settle, fail, its));
    });
    probe.current?.waits(this.what, promise);
    return promise;
  }

  /** Has one of the two called once, unless what is returned has been called before. */
  listen(settle: Settle<T>, fail: Settle<unknown>): () => void {
    // Sound: only waits of a kind are listened for.
    const waiter = new FreeWaiter(this, settle, fail, undefined as Detail);
    return () => {
      waiter.leave();
    };
  }

  /**
   * Who is next; undefined if nobody is. Those whose signal has aborted are turned away first: another listener of the
   * same signal may have come here before their own was called, and nobody who was cancelled may be given anything.
   */
  first(): Waiter<T, Detail> | undefined {
    while (this.size !== 0) {
      // Sound: what stands between the list and itself are waits of its own.
      const waiter = this.next as Waiter<T, Detail>;
      const signal = waiter.hub?.signal;
      if (signal?.aborted !== true) return waiter;
      this.refuse(waiter, reasonOf(signal));
    }
    return undefined;
  }

  /** Ends the wait with a value. */
  grant(waiter: Waiter<T, Detail>, value: T): void {
    this.remove(waiter);
    waiter.settle(value);
  }

  /** Ends the wait with a rejection. */
  refuse(waiter: Waiter<T, Detail>, reason: unknown): void {
    // Sound: without a `fail`, `settle` is the `resolve` of a promise, which a rejected one rejects.
    if (waiter.fail === undefined) this.grant(waiter, Promise.reject(reason) as T);
    else {
      this.remove(waiter);
      waiter.fail(reason);
    }
  }

  /** Ends the longest wait; false when nobody waits. */
  wake(value: T): boolean {
    const waiter = this.first();
    if (waiter !== undefined) this.grant(waiter, value);
    return waiter !== undefined;
  }

  /** Ends every wait that has begun before this call; what follows may wait again. */
  wakeAll(value: T): void {
    for (let count = this.size; 0 < count && this.wake(value); count--);
  }

  /** Rejects everybody who waits. */
  rejectAll(reason: unknown): void {
    for (let count = this.size; 0 < count; count--) {
      const waiter = this.first();
      if (waiter !== undefined) this.refuse(waiter, reason);
    }
  }

  remove(waiter: Waiter<T, Detail>): void {
    this.size--;
    waiter.next.previous = waiter.previous;
    waiter.previous.next = waiter.next;
    // An old wait that still named others would keep them in memory.
    waiter.next = waiter.previous = waiter;
    unfollow(waiter);
  }
}

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
type Owned<T> = [T] extends [void] ? [] : [value: T];

/**
 * The counting behind every lock and semaphore, and the value that only the holders may touch.
 *
 * Fair: permits go to waiters in the order in which they came, and nobody overtakes, not even a small request a large
 * one. A grant is final: from then on the waiter holds the permits, whether its code has resumed or not, and a signal
 * that aborts later changes nothing. So no permit is lost between grant and resumption, which is the most frequent
 * bug of locks with cancellation (asyncio, Effect, cats-effect and others have all had it).
 */
class Permits<T = undefined> extends Waiters<Permit<T>, number> {
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
const suspend: unique symbol = Symbol.for("mooring.suspend");

/** A guard. To use the value after the release would be a race. */
class Permit<T = undefined> implements Guard {
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
