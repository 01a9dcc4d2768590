import { probe } from "./probe.ts";
import { type AbortListener, follow, reasonOf, unfollow } from "./signals.ts";

// The list behind every wait of this package: first in, first out, in O(1) also when a wait is cancelled, in any order.
// The waits themselves are linked, so one that leaves is gone at once and nothing has to be tidied up behind it.
//
// A wait that nobody can cancel does not keep the `reject` of its promise: that would be a quarter of its memory.

export type Settle<T> = (value: T) => void;

/** A place in a ring. The list itself is one as well, between the last wait and the first, so no end is a special case. */
interface Link {
  next: Link;
  previous: Link;
}

/** One wait. It can end early, by its signal or because it is left. */
export class Waiter<T, Detail = void> implements Link, AbortListener {
  next: Link;
  previous: Link;
  hub: AbortListener["hub"] = undefined;

  /** Undefined as soon as the wait has ended in any way. */
  list: Waiters<T, Detail> | undefined;
  readonly settle: Settle<T>;
  readonly fail: Settle<unknown> | undefined;

  /** What it waits for, where waits differ. */
  readonly detail: Detail;

  constructor(
    list: Waiters<T, Detail>,
    settle: Settle<T>,
    fail: Settle<unknown> | undefined,
    detail: Detail,
  ) {
    this.list = list;
    this.settle = settle;
    this.fail = fail;
    this.detail = detail;
    this.next = list;
    this.previous = list.previous;
    this.previous.next = list.previous = this;
    list.size++;
  }

  onAbort(reason: unknown): void {
    this.leave();
    this.fail?.(reason);
  }

  /** Takes the wait out of its list, as if it had never begun. */
  leave(): void {
    const { list } = this;
    this.end();
    list?.left?.();
  }

  end(): void {
    if (this.list === undefined) return;
    this.list.size--;
    this.next.previous = this.previous;
    this.previous.next = this.next;
    // An old wait that still named others would keep them in memory.
    this.next = this.previous = this;
    this.list = undefined;
    unfollow(this);
  }
}

export class Waiters<T, Detail = void> implements Link {
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
      const waiter = this.add(settle, signal && fail, detail);
      if (signal !== undefined) follow(signal, waiter);
    });
    probe.current?.waits(this.what, promise);
    return promise;
  }

  /** Has one of the two called once, unless what is returned has been called before. */
  listen(settle: Settle<T>, fail: Settle<unknown>): () => void {
    const waiter = this.add(settle, fail);
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
    waiter.end();
    waiter.settle(value);
  }

  /** Ends the wait with a rejection. */
  refuse(waiter: Waiter<T, Detail>, reason: unknown): void {
    // Sound: without a `fail`, `settle` is the `resolve` of a promise, which a rejected one rejects.
    if (waiter.fail === undefined) this.grant(waiter, Promise.reject(reason) as T);
    else {
      waiter.end();
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

  private add(settle: Settle<T>, fail?: Settle<unknown>, detail?: Detail): Waiter<T, Detail> {
    // Sound: where waits differ, each is made with a detail.
    return new Waiter(this, settle, fail, detail as Detail);
  }
}
