import { AbortListener, follow, unfollow } from "./signals.ts";
import { probe } from "./probe.ts";
import { Ring } from "./ring.ts";

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
export type Settle<T> = (value: T) => void;

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
export class Waiter<T, Detail = undefined> extends AbortListener {
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

export type Entry<T, Detail = undefined> = Settle<T> | Request<T, Detail> | Waiter<T, Detail>;

export class Waiters<T, Detail = undefined> {
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
