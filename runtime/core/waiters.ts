import { probe } from "./probe.ts";
import { type AbortListener, follow, reasonOf, unfollow } from "./signals.ts";

// The list behind every wait of this package: first in, first out, in O(1) also when a wait is cancelled, in any order.
// The waits themselves are linked, so one that leaves is gone at once and nothing has to be tidied up behind it.
//
// A wait that nobody can cancel does not keep the `reject` of its promise, which would be a quarter of its memory. The least
// that it could be is the bare `resolve` in an array: that saves 50 bytes of 230, and a third of the time of very long
// queues, but takes tombstones, sweeping, and a third more code in everything that waits.

export type Settle<T> = (value: T) => void;

/** A place in a ring. The list itself is one as well, between the last wait and the first, so no end is a special case. */
interface Link {
  next: Link;
  previous: Link;
}

/** One wait, which lasts until it has its value. */
export class Waiter<T, Detail = void> implements Link {
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
