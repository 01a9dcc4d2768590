import { checkedCount } from "../core/checked.ts";
import { LaggedError } from "../core/errors.ts";
import { BaseReceiver, end, type Received, type Receiver } from "../core/receiver.ts";
import { dispose } from "../core/symbols.ts";

export interface BroadcastSender<T> extends Disposable {
  /** Sends to everybody who is subscribed now, and tells how many they are. Never waits. */
  send(message: T): number;

  /**
   * A receiver of everything sent from now on. One that is too slow loses the oldest messages: its next `recv` rejects
   * with a LaggedError that says how many, or, with `skip`, they are only counted in `lagged`.
   */
  subscribe(options?: { readonly onLag?: "throw" | "skip" | undefined }): BroadcastReceiver<T>;

  /** Ends the channel; what was sent can still be received. */
  close(): void;
}

export interface BroadcastReceiver<T> extends Receiver<T> {
  /** How many messages this receiver has missed so far. */
  readonly lagged: number;
}

class Station<T> implements BroadcastSender<T> {
  readonly capacity: number;
  readonly recent: T[] = [];

  /** How many messages were ever sent; message n lies at n modulo the capacity. */
  sent = 0;
  closed = false;
  receivers = 0;
  private waiting: Subscription<T>[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  send(message: T): number {
    if (this.closed || this.receivers === 0) return 0;
    this.recent[this.sent++ % this.capacity] = message;
    if (this.waiting.length !== 0) this.wake();
    return this.receivers;
  }

  subscribe(options?: { readonly onLag?: "throw" | "skip" | undefined }): BroadcastReceiver<T> {
    this.receivers++;
    return new Subscription(this, options?.onLag !== "skip");
  }

  close(): void {
    this.closed = true;
    this.wake();
  }

  [dispose](): void {
    this.close();
  }

  wait(receiver: Subscription<T>): void {
    this.waiting.push(receiver);
  }

  private wake(): void {
    const { waiting } = this;
    // Who is woken may wait again at once, and is then on the next list.
    this.waiting = [];
    for (const receiver of waiting) receiver.flush();
  }
}

class Subscription<T> extends BaseReceiver<T> implements BroadcastReceiver<T> {
  lagged = 0;
  private readonly station: Station<T>;
  private readonly throwsOnLag: boolean;
  private seen: number;
  private closedAt: number = Infinity;
  private listed = false;

  constructor(station: Station<T>, throwsOnLag: boolean) {
    super();
    this.station = station;
    this.throwsOnLag = throwsOnLag;
    this.seen = station.sent;
  }

  get size(): number {
    return Math.min(this.last() - this.seen, this.station.capacity);
  }

  tryRecv(): Received<T> | undefined {
    const { station } = this;
    const { capacity } = station;
    if (this.last() <= this.seen)
      return station.closed || this.closedAt !== Infinity ? end : undefined;
    const missed = station.sent - capacity - this.seen;
    if (0 < missed) {
      this.seen += missed;
      this.lagged += missed;
      if (this.throwsOnLag) throw new LaggedError(missed);
      if (this.last() <= this.seen) return end;
    }
    // Sound: of the messages sent, the last `capacity` are there, and this is one of them.
    return { done: false, value: station.recent[this.seen++ % capacity] as T };
  }

  close(): void {
    if (this.closedAt !== Infinity) return;
    this.closedAt = this.station.sent;
    this.station.receivers--;
    this.waiters.wakeAll(end);
  }

  [dispose](): void {
    this.close();
    this.seen = this.closedAt;
  }

  /** Gives what is there to those who wait. */
  flush(): void {
    this.listed = false;
    while (this.waiters.size !== 0) {
      const message = this.tryRecv();
      if (message === undefined) break;
      this.waiters.wake(message);
    }
    if (this.waiters.size !== 0) this.onWait();
  }

  protected override onWait(): void {
    if (this.listed) return;
    this.listed = true;
    this.station.wait(this);
  }

  private last(): number {
    return Math.min(this.station.sent, this.closedAt);
  }
}

/**
 * Sends each message to every subscriber. The last `capacity` messages are kept for those who are slow.
 *
 * - **The sender never waits** and a slow subscriber holds up nobody. It loses the oldest messages, and is told exactly
 *   how many.
 * - **Late subscribers** get what is sent after they subscribed.
 * - **Order and cancellation** as with every `Receiver`.
 * - **Cost.** `send` O(subscribers that wait), `recv` O(1). The last `capacity` messages stay in memory.
 *
 * Counterpart of `tokio::sync::broadcast`, with its accounting of lag.
 *
 * @example
 * const { tx } = broadcast<string>(16);
 * const log = tx.subscribe();
 * const screen = tx.subscribe();
 * assert.equal(tx.send("started"), 2);
 * assert.deepEqual(await log.recv(), { done: false, value: "started" });
 * assert.deepEqual(await screen.recv(), { done: false, value: "started" });
 */
export function broadcast<T>(capacity: number): { tx: BroadcastSender<T> } {
  return { tx: new Station<T>(checkedCount("capacity", capacity, 1)) };
}
