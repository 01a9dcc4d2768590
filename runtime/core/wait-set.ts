import { probe } from "./probe.ts";
import { type AbortListener, follow, reasonOf, unfollow } from "./signals.ts";
import type { Settle } from "./waiters.ts";

class SetWaiter<T> implements AbortListener {
  hub: AbortListener["hub"] = undefined;
  private readonly set: WaitSet<T>;
  private readonly settle: Settle<T>;
  private readonly fail: Settle<unknown>;

  constructor(set: WaitSet<T>, settle: Settle<T>, fail: Settle<unknown>) {
    this.set = set;
    this.settle = settle;
    this.fail = fail;
  }

  onAbort(reason: unknown): void {
    this.leave();
    this.fail(reason);
  }

  /** Ends it without telling anybody who waits. */
  leave(): void {
    unfollow(this);
    if (this.set.delete(this)) this.set.onLeave?.();
  }

  resolve(value: T): void {
    if (!this.refused()) this.settle(value);
  }

  reject(reason: unknown): void {
    if (!this.refused()) this.fail(reason);
  }

  /** Whether the signal has aborted: another of its listeners may have come here before this one was called. */
  private refused(): boolean {
    const signal = this.hub?.signal;
    unfollow(this);
    if (signal?.aborted !== true) return false;
    this.fail(reasonOf(signal));
    return true;
  }
}

/**
 * Those who wait for the same event, which ends all their waits at once, in the order in which they began. `Waiters` is
 * for what only one of them can get, and its queue is more than this needs.
 */
export class WaitSet<T> extends Set<SetWaiter<T>> {
  readonly onLeave: (() => void) | undefined;
  private readonly what: string;

  /** `what` is waited for, as traces call it. `onLeave` is told when a wait has been cancelled. */
  constructor(what: string, onLeave?: () => void) {
    super();
    this.what = what;
    this.onLeave = onLeave;
  }

  /** Waits for the event. The signal must not have aborted yet. */
  wait(signal?: AbortSignal): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      const wait = new SetWaiter(this, resolve, reject);
      if (signal !== undefined) follow(signal, wait);
      this.add(wait);
    });
    if (probe.current !== undefined) probe.current.waits(this.what, promise);
    return promise;
  }

  /** Has one of the two called once, unless what is returned has been called before. */
  listen(settle: Settle<T>, fail: Settle<unknown>): () => void {
    const wait = new SetWaiter(this, settle, fail);
    this.add(wait);
    return () => {
      wait.leave();
    };
  }

  /** Ends every wait that has begun before this call; what follows may wait again. */
  wakeAll(value: T): void {
    for (const wait of [...this]) if (this.delete(wait)) wait.resolve(value);
  }

  /** Rejects everybody who waits. */
  rejectAll(reason: unknown): void {
    for (const wait of [...this]) if (this.delete(wait)) wait.reject(reason);
  }
}
