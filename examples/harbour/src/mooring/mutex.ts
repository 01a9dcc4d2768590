// mutex, vendored from mooring-runtime 0.1.0 (3ac54c9e3df5bb40)
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

// Some engines have no `Symbol.dispose` yet. TypeScript's, esbuild's and Babel's helpers for `using` then look in the
// symbol registry, and so does this module; nothing global is patched.


/** The key that `using` calls. */
// The cast is sound: where the engine lacks the symbol, the registered one is what compiled `using` looks up.
const dispose: typeof Symbol.dispose = (Symbol.dispose ??
  Symbol.for("Symbol.dispose")) as typeof Symbol.dispose;

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
function unfollow(listener: AbortListener): void {
  const { hub } = listener;
  if (hub === undefined) return;
  listener.hub = undefined;
  hub.delete(listener);
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
function isAborted({ aborted }: AbortSignal): boolean {
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
  if (options === undefined) return undefined;
  try {
    throwIfAborted(options);
    return undefined;
  } catch (reason) {
    return Promise.reject(reason);
  }
}

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

// Most queues stay empty for ever: a task's, a latch's. They share this array and take no memory of their own.
const none: readonly undefined[] = [];

/**
 * A first-in, first-out queue in a circular array whose length is a power of two. Both ends cost O(1), amortised over
 * the doublings, at any length; `Array.prototype.shift` moves the whole array once it is long. The memory of a long
 * queue is given back when it runs empty.
 */
class Queue<T> {
  length = 0;
  // Sound: the shared array is not written to, since it has no place.
  private slots: (T | undefined)[] = none as (T | undefined)[];
  private head = 0;

  push(item: T): void {
    if (this.length === this.slots.length) this.rebuild(this.length << 1 || 4);
    this.slots[(this.head + this.length++) & (this.slots.length - 1)] = item;
  }

  peek(): T | undefined {
    return this.slots[this.head];
  }

  /** Takes the first item off; undefined if there is none. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const { slots, head } = this;
    const item = slots[head];
    slots[head] = undefined;
    this.head = (head + 1) & (slots.length - 1);
    if (--this.length === 0 && 1024 < slots.length) this.rebuild(4);
    return item;
  }

  /** Drops what the filter does not accept, as soon as that is more than half; `rest` is how many will be left. */
  sweep(rest: number, accepts: (item: T) => boolean): void {
    if (rest === 0 || 32 + (rest << 1) < this.length) {
      this.rebuild(1 << (32 - Math.clz32(rest)), accepts);
    }
  }

  /** Moves to an array of this length, a power of two, and keeps what the filter accepts, in order. O(n). */
  private rebuild(capacity: number, accepts?: (item: T) => boolean): void {
    const { slots, head, length } = this;
    // One allocation of the final size: an array that grows step by step would be copied many times over.
    this.slots = new Array<T | undefined>(capacity);
    this.length = this.head = 0;
    for (let index = head; index < head + length; index++) {
      // Sound: the `length` slots from the head on hold items.
      const item = slots[index & (slots.length - 1)] as T;
      if (accepts === undefined || accepts(item)) this.slots[this.length++] = item;
    }
  }
}

// The queue behind every wait of this package: first in, first out, in O(1) also when a wait is cancelled.
//
// A wait that nobody can cancel is nothing but the `resolve` of its promise in an array. That is the least a waiting
// promise can cost (a linked list of records costs 230 to 320 bytes on Node 20), and it keeps long queues out of the
// garbage collector's way. Only a wait with a signal, or one that asks for something, is a larger record.
//
// A cancelled record stays in the array as a tombstone and is skipped when its turn comes; when tombstones outnumber
// the living, they are swept out. So a cancellation costs O(1) amortised, in any order, and keeps no memory.


/** What to do with the value that was waited for. Also the queue's entry for a wait that cannot be cancelled. */
type Settle<T> = (value: T) => void;

/** A wait that can end early, by its signal or because it is left, or that asks for something. */
class Waiter<T, Detail = undefined> implements AbortListener {
  hub: AbortListener["hub"] = undefined;

  /** Undefined as soon as the wait has ended in any way. */
  queue: Waiters<T, Detail> | undefined;
  readonly settle: Settle<T>;
  readonly fail: Settle<unknown> | undefined;
  readonly detail: Detail | undefined;

  constructor(
    queue: Waiters<T, Detail>,
    settle: Settle<T>,
    fail?: Settle<unknown>,
    detail?: Detail,
  ) {
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
    this.end();
    queue?.left();
  }

  end(): void {
    this.queue = undefined;
    unfollow(this);
  }
}

type Entry<T, Detail = undefined> = Settle<T> | Waiter<T, Detail>;

class Waiters<T, Detail = undefined> extends Queue<Entry<T, Detail>> {
  /** How many are waiting; the cancelled do not count. */
  size = 0;
  protected readonly what: string;
  private readonly onLeave: (() => void) | undefined;

  /**
   * `what` is waited for, as traces call it. `onLeave` is told when a wait has been cancelled: those behind it may have
   * their turn now.
   */
  constructor(what: string, onLeave?: () => void) {
    super();
    this.what = what;
    this.onLeave = onLeave;
  }

  /** Waits at the end of the queue. The signal must not have aborted yet. */
  wait(signal?: AbortSignal, detail?: Detail): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      if (signal === undefined) {
        // Without a signal it does not keep its `reject`, which would be a third of its memory.
        this.add(detail === undefined ? resolve : new Waiter(this, resolve, undefined, detail));
      } else {
        const waiter = new Waiter(this, resolve, reject, detail);
        follow(signal, waiter);
        this.add(waiter);
      }
    });
    if (probe.current !== undefined) probe.current.waits(this.what, promise);
    return promise;
  }

  /** Has one of the two called once, unless what is returned has been called before. */
  listen(settle: Settle<T>, fail: Settle<unknown>): () => void {
    const waiter = new Waiter(this, settle, fail);
    this.add(waiter);
    return () => {
      waiter.leave();
    };
  }

  add(entry: Entry<T, Detail>): void {
    this.push(entry);
    this.size++;
  }

  /**
   * Who is next; undefined if nobody is. Those whose signal has aborted are turned away first: another listener of the
   * same signal may have come here before their own was called, and nobody who was cancelled may be given anything.
   */
  first(): Entry<T, Detail> | undefined {
    while (this.size !== 0) {
      const entry = this.peek();
      if (entry === undefined || typeof entry === "function") return entry;
      if (entry.queue === undefined) this.shift();
      else {
        const signal = entry.hub?.signal;
        if (signal === undefined || !signal.aborted) return entry;
        this.refuse(entry, reasonOf(signal));
      }
    }
    return undefined;
  }

  /** Ends the wait of the entry that `first` has just returned. */
  grant(entry: Entry<T, Detail>, value: T): void {
    this.shift();
    this.size--;
    if (typeof entry === "function") entry(value);
    else {
      entry.end();
      entry.settle(value);
    }
  }

  /** Ends the longest wait; false when nobody waits. */
  wake(value: T): boolean {
    const entry = this.first();
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
    if (typeof entry === "function" || entry.fail === undefined) {
      // It is rejected by resolving it with a rejected promise. Sound: such an entry is the `resolve` of a promise.
      this.grant(entry, Promise.reject(reason) as T);
    } else {
      this.shift();
      this.size--;
      entry.end();
      entry.fail(reason);
    }
  }

  /** A waiter has left on its own. */
  left(): void {
    this.size--;
    this.sweep(this.size, (entry) => typeof entry === "function" || entry.queue !== undefined);
    this.onLeave?.();
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
    // A plain entry of the queue stands for one permit.
    const grant =
      permit === undefined
        ? this.wait(options?.signal, count === 1 ? undefined : count)
        : Promise.resolve(permit);
    if (probe.current !== undefined) probe.current.acquires(this, this.what, grant);
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
    while (this.size !== 0) {
      const entry = this.first();
      if (entry === undefined) return;
      const wanted = typeof entry === "function" ? 1 : (entry.detail ?? 1);
      if (this.available < wanted) return;
      this.available -= wanted;
      this.grant(entry, new Permit(this, wanted));
    }
  }

  /** Those behind one who has left may have their turn now. */
  override left(): void {
    super.left();
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
