// mutex, vendored from mooring-runtime 0.1.0 (47b42c1ecf824a59)
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
  private readonly permits: ValuePermits<T>;

  constructor(...owned: Owned<T>) {
    // Sound: without a value to own, T is void, which `undefined` belongs to.
    this.permits = new ValuePermits(1, owned[0] as T);
  }

  /** Whether somebody holds the lock now; by the time you act on it that may have changed, unless you do not wait. */
  get locked(): boolean {
    return this.permits.available === 0;
  }

  lock(options?: Cancellable): Promise<MutexGuard<T>> {
    const guard: Promise<Guard> = this.permits.acquire(1, options?.signal);
    // Sound: ValuePermits makes guards with a `value`; the type hides it where there is nothing to own.
    return guard as Promise<MutexGuard<T>>;
  }

  /** Takes the lock if it is free and nobody waits. */
  tryLock(): MutexGuard<T> | undefined {
    const guard: Guard | undefined = this.permits.tryAcquire(1);
    // Sound for the same reason.
    return guard as MutexGuard<T> | undefined;
  }

  /** Runs the function under the lock, which is given back when it returns, throws or rejects. */
  async runExclusive<R>(work: (value: T) => R | PromiseLike<R>, options?: Cancellable): Promise<R> {
    const guard = await this.permits.acquire(1, options?.signal);
    try {
      return await work(this.permits.value);
    } finally {
      guard.release();
    }
  }
}

// A program can hold two copies of this package: one from npm and one vendored, or one loaded with `import` and one
// with `require`. So its errors are recognised by a registered symbol; which copy made them does not matter.

const errorKind: unique symbol = Symbol.for("mooring.error");

/** What ES2022 calls ErrorOptions; who compiles for less does not have that name. */
interface Cause {
  readonly cause?: unknown;
}

/** Its instances are recognised by their kind. */
abstract class RuntimeError extends Error {
  declare readonly [errorKind]: string;

  constructor(message: string, options?: Cause) {
    super(message, options);
    this.name = this[errorKind] = new.target.kind;
  }

  // A getter and no field: bundlers keep a class with a static field even where nobody uses it.
  static get kind(): string {
    return "";
  }

  /** Holds for instances that another copy of the package has made. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class that somebody has derived from one of these has no kind of its own.
    if (!Object.hasOwn(this, "kind")) return super[Symbol.hasInstance](value);
    return (
      typeof value === "object" &&
      value !== null &&
      errorKind in value &&
      value[errorKind] === this.kind
    );
  }
}

/**
 * Work was cancelled, and nobody gave a reason of their own. Its `name` is `AbortError`, the name that `fetch`, the
 * DOM and Node use, so that a check for the name covers both.
 *
 * @example
 * const error = new CancelledError("the user left the page");
 * assert.equal(error.name, "AbortError");
 */
export class CancelledError extends RuntimeError {
  static override get kind(): string {
    return "AbortError";
  }

  constructor(message = "The operation was cancelled.", options?: Cause) {
    super(message, options);
  }
}

// Some engines have no `Symbol.dispose` yet. TypeScript's, esbuild's and Babel's helpers for `using` then look in the
// symbol registry, and so does this module; nothing global is patched.

/** The key that `using` calls. */
// The cast is sound: where the engine lacks the symbol, the registered one is what compiled `using` looks up.
const dispose: typeof Symbol.dispose = (Symbol.dispose ??
  Symbol.for("Symbol.dispose")) as typeof Symbol.dispose;

// Every wait takes an AbortSignal, and a program has few signals and many waits. One listener per wait is what makes
// the usual libraries quadratic (Node looks through all listeners of a signal to add or remove one), warn about
// leaks, and hold a megabyte per thousand waits. So each signal that is waited on has one listener, and the waits
// form a linked list behind it: joining and leaving are O(1), whatever the order.
//
// The listener is removed with its last wait and not later. Keeping it for the next wait would save a microsecond
// where every task has a signal of its own, but a listener pins a signal of `AbortSignal.timeout` or `.any` in memory.

/** Something that happens when a signal aborts. It can follow one signal at a time. */
abstract class AbortListener {
  /** @internal */ hub: AbortHub | undefined = undefined;
  /** @internal */ before: AbortListener | undefined = undefined;
  /** @internal */ after: AbortListener | undefined = undefined;

  /** Must not throw: the other waits of the signal come after this one. */
  abstract onAbort(reason: unknown): void;
}

const hubs = new WeakMap<AbortSignal, AbortHub>();

class AbortHub {
  readonly signal: AbortSignal;
  first: AbortListener | undefined = undefined;
  last: AbortListener | undefined = undefined;
  readonly fire: () => void;
  private fired: { readonly reason: unknown } | undefined = undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.fire = () => {
      const { reason } = (this.fired = { reason: reasonOf(signal) });
      // A listener may take others off the list while it runs, so the head is read anew each time.
      for (let listener = this.first; listener !== undefined; listener = this.first) {
        unfollow(listener);
        listener.onAbort(reason);
      }
    };
    if (typeof signal.addEventListener !== "function") {
      throw new TypeError("`signal` must be an AbortSignal; pass `controller.signal`.");
    }
    signal.addEventListener("abort", this.fire);
    hubs.set(signal, this);
  }

  /**
   * The reason in a box, as soon as the signal has aborted: maybe before its listeners are told. Looking at the signal
   * itself costs tens of nanoseconds, so that is done until it aborts and not for each of those it ends.
   */
  get aborted(): { readonly reason: unknown } | undefined {
    if (this.fired === undefined && this.signal.aborted) {
      this.fired = { reason: reasonOf(this.signal) };
    }
    return this.fired;
  }
}

/** Calls the listener when the signal aborts. The signal must not have aborted yet. O(1). */
function follow(signal: AbortSignal, listener: AbortListener): void {
  const hub = hubs.get(signal) ?? new AbortHub(signal);
  const { last } = hub;
  listener.hub = hub;
  listener.before = last;
  if (last === undefined) hub.first = listener;
  else last.after = listener;
  hub.last = listener;
}

/** Leaves the signal alone again; without effect when nothing is followed. O(1). */
function unfollow(listener: AbortListener): void {
  const { hub, before, after } = listener;
  if (hub === undefined) return;
  listener.hub = listener.before = listener.after = undefined;
  if (before === undefined) hub.first = after;
  else before.after = after;
  if (after === undefined) hub.last = before;
  else after.before = before;
  if (hub.first === undefined) {
    hubs.delete(hub.signal);
    hub.signal.removeEventListener("abort", hub.fire);
  }
}

/** Why the signal aborted. Older polyfills of AbortSignal know no reason. */
function reasonOf(signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  return reason === undefined ? new CancelledError() : reason;
}

/** What every wait of this package takes: when the signal aborts, the wait rejects with the signal's reason. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

// Where `trace` listens; in a copy that has no `trace`, nobody does. The rest of the package asks one question, whether anybody does, and only when it starts a
// task or really has to wait; without a trace that is all it costs.

interface Probe {
  /** Runs the body of a task, so that what it waits for and starts is known to be its own. */
  task<T>(id: number, name: string | undefined, body: () => T): T;
  ended(id: number): void;

  /** The current task waits for the promise, at the kind of thing that `on` names. */
  waits(on: string, promise: Promise<unknown>): void;
}

const probe: { current: Probe | undefined } = { current: undefined };

const smallest = 4;
const roomy = 1024;

// Most queues stay empty for ever: a task's, a latch's. They share this array and take no memory of their own.
const none: readonly undefined[] = [];

/**
 * A first-in, first-out queue in a circular array whose length is a power of two. Both ends cost O(1), amortised over
 * the doublings, at any length; `Array.prototype.shift` moves the whole array once it is long. The memory of a long
 * queue is given back when it runs empty.
 */
class Ring<T> {
  length = 0;
  // Sound: the shared array is not written to, since its length is below that of any queue with an item.
  private slots: (T | undefined)[] = none as (T | undefined)[];
  private head = 0;
  private mask = -1;

  push(item: T): void {
    if (this.mask < this.length) this.rebuild(Math.max(smallest, this.length << 1));
    this.slots[(this.head + this.length++) & this.mask] = item;
  }

  first(): T | undefined {
    return this.slots[this.head];
  }

  shift(): T | undefined {
    return this.length === 0 ? undefined : this.take();
  }

  /** The first item of a queue that is not empty. */
  take(): T {
    const { head, slots } = this;
    // Sound: the `length` slots from `head` on hold items.
    const item = slots[head] as T;
    slots[head] = undefined;
    this.head = (head + 1) & this.mask;
    if (--this.length === 0 && roomy <= this.mask) this.clear();
    return item;
  }

  clear(): void {
    this.length = 0;
    this.head = 0;
    this.mask = -1;
    // Sound for the same reason.
    this.slots = none as (T | undefined)[];
  }

  /** Keeps what the filter accepts, in order. O(n). */
  retain(filter: (item: T) => boolean): void {
    this.rebuild(this.mask + 1, filter);
  }

  private rebuild(capacity: number, filter?: (item: T) => boolean): void {
    const { slots, head, mask, length } = this;
    // One allocation of the final size: an array that grows step by step would be copied many times over.
    const next = new Array<T | undefined>(capacity);
    let kept = 0;
    for (let index = 0; index < length; index++) {
      const item = slots[(head + index) & mask];
      if (filter === undefined || (item !== undefined && filter(item))) next[kept++] = item;
    }
    this.slots = next;
    this.head = 0;
    this.mask = capacity - 1;
    this.length = kept;
  }
}

// The queue behind every wait of this package: first in, first out, in O(1) also when a wait is cancelled.
//
// A wait that nobody can cancel is nothing but the `resolve` of its promise in a circular array, or that and what it
// asks for. That is the least a waiting promise can cost (182 bytes altogether on Node 20; a linked list of records
// costs 230 to 320), and it keeps long queues out of the garbage collector's way. Only a wait with a signal or a
// callback is a larger record.
//
// A cancelled record stays in the array as a tombstone and is skipped when its turn comes; when tombstones outnumber
// the living, the array is rebuilt. So a cancellation costs O(1) amortised, in any order, and keeps no memory.

/** What to do with the value that was waited for. Also the queue's entry for a wait that cannot be cancelled. */
type Settle<T> = (value: T) => void;

/** The `resolve` of a promise, with what is asked for. */
class Request<T, Detail> {
  readonly settle: Settle<T>;
  readonly detail: Detail;

  constructor(settle: Settle<T>, detail: Detail) {
    this.settle = settle;
    this.detail = detail;
  }
}

/** A wait that can end early: by its signal, or because it is left. */
class Waiter<T, Detail = undefined> extends AbortListener {
  /** Undefined as soon as the wait has ended in any way. */
  queue: Waiters<T, Detail> | undefined;
  readonly detail: Detail | undefined;
  readonly settle: Settle<T>;
  readonly fail: ((reason: unknown) => void) | undefined;

  constructor(
    queue: Waiters<T, Detail>,
    settle: Settle<T>,
    fail?: (reason: unknown) => void,
    detail?: Detail,
  ) {
    super();
    this.queue = queue;
    this.settle = settle;
    this.fail = fail;
    this.detail = detail;
  }

  onAbort(reason: unknown): void {
    this.leave();
    this.fail?.(reason);
  }

  /** Takes the wait out of its queue, as if it had never begun. */
  leave(): void {
    const { queue } = this;
    if (queue === undefined) return;
    unfollow(this);
    this.queue = undefined;
    queue.left();
  }
}

type Entry<T, Detail = undefined> = Settle<T> | Request<T, Detail> | Waiter<T, Detail>;

class Waiters<T, Detail = undefined> {
  /** How many are waiting; the cancelled do not count. */
  size = 0;
  private readonly ring = new Ring<Entry<T, Detail>>();
  private readonly what: string;
  private readonly onLeave: (() => void) | undefined;

  /**
   * `what` is waited for, as traces call it. `onLeave` is told when a wait has been cancelled: those behind it may have
   * their turn now.
   */
  constructor(what: string, onLeave?: () => void) {
    this.what = what;
    this.onLeave = onLeave;
  }

  /** Waits at the end of the queue. The signal must not have aborted yet. */
  wait(signal?: AbortSignal, detail?: Detail): Promise<T> {
    const promise =
      signal !== undefined
        ? this.waitFollowing(signal, detail)
        : new Promise<T>((resolve) => {
            this.add(detail === undefined ? resolve : new Request(resolve, detail));
          });
    if (probe.current !== undefined) probe.current.waits(this.what, promise);
    return promise;
  }

  add(entry: Entry<T, Detail>): void {
    this.ring.push(entry);
    this.size++;
  }

  /**
   * Who is next. Those whose signal has aborted are turned away first: another listener of the same signal may have
   * come here before their own was called, and nobody who was cancelled may be given anything.
   */
  first(): Entry<T, Detail> | undefined {
    for (;;) {
      const entry = this.ring.first();
      if (!(entry instanceof Waiter)) return entry;
      if (entry.queue !== undefined) {
        const aborted = entry.hub?.aborted;
        if (aborted === undefined) return entry;
        this.size--;
        entry.queue = undefined;
        unfollow(entry);
        entry.fail?.(aborted.reason);
      }
      this.ring.take();
    }
  }

  /** Ends the wait of the entry that `first` has just returned. */
  grant(entry: Entry<T, Detail>, value: T): void {
    this.take(entry);
    if (typeof entry === "function") entry(value);
    else entry.settle(value);
  }

  /** Ends the longest wait; false when nobody waits. */
  wake(value: T): boolean {
    const entry = this.size === 0 ? undefined : this.first();
    if (entry === undefined) return false;
    this.grant(entry, value);
    return true;
  }

  /** Ends every wait that has begun before this call; what follows may wait again. */
  wakeAll(value: T): void {
    for (let count = this.size; 0 < count && this.wake(value); count--);
  }

  /** Rejects everybody who waits. */
  rejectAll(reason: unknown): void {
    for (let count = this.size; 0 < count; count--) {
      const entry = this.first();
      if (entry !== undefined) this.refuse(entry, reason);
    }
  }

  /** Rejects the entry that `first` has just returned. */
  refuse(entry: Entry<T, Detail>, reason: unknown): void {
    this.take(entry);
    if (entry instanceof Waiter) {
      entry.fail?.(reason);
      return;
    }
    // A wait without signal does not keep its `reject`, which would be a third of its memory, and is rejected by
    // resolving it with a rejected promise. Sound: these entries are the `resolve` of promises, nothing else.
    const resolve = (typeof entry === "function" ? entry : entry.settle) as Settle<unknown>;
    resolve(Promise.reject(reason));
  }

  private waitFollowing(signal: AbortSignal, detail: Detail | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiter = new Waiter(this, resolve, reject, detail);
      follow(signal, waiter);
      this.add(waiter);
    });
  }

  private take(entry: Entry<T, Detail>): void {
    this.ring.take();
    this.size--;
    if (!(entry instanceof Waiter)) return;
    entry.queue = undefined;
    unfollow(entry);
  }

  /** @internal A waiter has left on its own. */
  left(): void {
    this.size--;
    if (this.size === 0) this.ring.clear();
    else if (32 < this.ring.length && this.size << 1 < this.ring.length)
      this.ring.retain(isWaiting);
    this.onLeave?.();
  }
}

function isWaiting<T, Detail>(entry: Entry<T, Detail>): boolean {
  return !(entry instanceof Waiter) || entry.queue !== undefined;
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

/**
 * The counting behind Mutex, RwLock and Semaphore.
 *
 * Fair: permits go to waiters in the order in which they came, and nobody overtakes, not even a small request a large
 * one. A grant is final: from then on the waiter holds the permits, whether its code has resumed or not, and a signal
 * that aborts later changes nothing. So no permit is lost between grant and resumption, which is the most frequent
 * bug of locks with cancellation (asyncio, Effect, cats-effect and others have all had it).
 */
class Permits {
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
const suspend: unique symbol = Symbol.for("mooring.suspend");

class Permit<Owner extends Permits = Permits> implements Guard {
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

/** The constructor's arguments: a lock that owns nothing is made without any. */
type Owned<T> = [T] extends [void] ? [] : [value: T];

/** Permits over a value that only their holders may touch. */
class ValuePermits<T> extends Permits {
  value: T;
  readonly total: number;

  constructor(total: number, value: T) {
    super(total, "lock");
    this.total = total;
    this.value = value;
  }

  override guard(count: number): Permit {
    return new ValuePermit(this, count);
  }
}

/** A guard that gives access to the value while it is held. To use the value afterwards would be a race. */
class ValuePermit<T> extends Permit<ValuePermits<T>> {
  get value(): T {
    return this.place().value;
  }

  set value(value: T) {
    const place = this.place();
    if (this.count !== place.total) throw new TypeError("A guard for reading cannot write.");
    place.value = value;
  }

  /** Turns a guard for writing into one for reading, without anybody in between. */
  downgrade(): Permit {
    const place = this.place();
    this.owner = undefined;
    const guard = place.guard(1);
    place.put(this.count - 1);
    return guard;
  }

  private place(): ValuePermits<T> {
    if (this.owner === undefined) throw new TypeError("The guard has been released already.");
    return this.owner;
  }
}
