import { probe } from "./probe.ts";
import { Queue } from "./queue.ts";
import { type AbortListener, follow, reasonOf, unfollow } from "./signals.ts";

// The queue behind every wait of this package: first in, first out, in O(1) also when a wait is cancelled.
//
// A wait that nobody can cancel is nothing but the `resolve` of its promise in an array. That is the least a waiting
// promise can cost (a linked list of records costs 230 to 320 bytes on Node 20), and it keeps long queues out of the
// garbage collector's way. Only a wait with a signal, or one that asks for something, is a larger record.
//
// A cancelled record stays in the array as a tombstone and is skipped when its turn comes; when tombstones outnumber
// the living, they are swept out. So a cancellation costs O(1) amortised, in any order, and keeps no memory.

/** What to do with the value that was waited for. Also the queue's entry for a wait that cannot be cancelled. */
export type Settle<T> = (value: T) => void;

/** A wait that can end early, by its signal or because it is left, or that asks for something. */
export class Waiter<T, Detail = undefined> implements AbortListener {
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

export type Entry<T, Detail = undefined> = Settle<T> | Waiter<T, Detail>;

export class Waiters<T, Detail = undefined> extends Queue<Entry<T, Detail>> {
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
