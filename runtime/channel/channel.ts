import { ClosedError } from "../core/errors.ts";
import { mustTurn, turn } from "../core/pace.ts";
import { checkedCount } from "../core/permits.ts";
import { BaseReceiver, end, type Received, type Receiver } from "../core/receiver.ts";
import { Ring } from "../core/ring.ts";
import { reasonOf } from "../core/signals.ts";
import { dispose } from "../core/symbols.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

/** A place in a channel that is kept for one message. Disposing gives it back unused. */
export interface Slot<T> extends Disposable {
  /** Sends without waiting. A second call throws. */
  send(message: T): void;
}

/**
 * A sending end of a channel. The channel ends for the receiver when every sender is closed, so each producer takes a
 * `clone` and closes it, by `using` best.
 */
export interface Sender<T> extends Disposable {
  /**
   * Waits for a place and sends. Who comes first sends first. When the signal aborts before there is a place, rejects
   * with its reason and the message is not sent; afterwards it is. Rejects with a ClosedError when the receiver or
   * this sender is closed.
   */
  send(message: T, options?: Cancellable): Promise<void>;

  /** Sends if there is a place at once; false if not, or if the channel is closed. */
  trySend(message: T): boolean;

  /** Waits for a place and keeps it, so that a message that is costly to make is only made when it can be sent. */
  reserve(options?: Cancellable): Promise<Slot<T>>;

  clone(): Sender<T>;

  /** Closes this sender; the channel ends with its last sender. A `send` that waits is still delivered. */
  close(): void;

  /** Whether sending is over: this sender is closed, or the receiver is. */
  readonly closed: boolean;
  readonly capacity: number;
}

/** A waiting `send` has its message in a box; a waiting `reserve` has none. */
interface Outgoing<T> {
  readonly message: T;
}

const sent = Promise.resolve();

class Pipe<T> extends BaseReceiver<T> {
  readonly capacity: number;
  senders = 0;
  refused = false;
  protected readonly waiters: Waiters<Received<T>> = new Waiters<Received<T>>("recv");
  private readonly messages = new Ring<T>();
  private reserved = 0;
  private readonly blocked: Waiters<Slot<T> | undefined, Outgoing<T>> = new Waiters<
    Slot<T> | undefined,
    Outgoing<T>
  >("send", () => {
    this.finish();
  });

  constructor(capacity: number) {
    super();
    this.capacity = capacity;
  }

  get size(): number {
    return this.messages.length + (this.capacity === 0 ? this.blocked.size : 0);
  }

  tryRecv(): Received<T> | undefined {
    if (this.messages.length !== 0) {
      const value = this.messages.take();
      if (this.blocked.size !== 0) this.admit(this.capacity);
      return { done: false, value };
    }
    if (this.blocked.size !== 0) {
      // Without any place for messages, one is taken from the hand of a sender.
      this.admit(this.capacity + 1);
      if (this.messages.length !== 0) return { done: false, value: this.messages.take() };
    }
    return this.ended() ? end : undefined;
  }

  close(): void {
    this.refused = true;
    this.blocked.rejectAll(new ClosedError("The receiver is closed."));
    this.finish();
  }

  [dispose](): void {
    this.messages.clear();
    this.close();
  }

  offer(message: T): boolean {
    if (this.waiters.size !== 0 && this.waiters.wake({ done: false, value: message })) return true;
    if (this.blocked.size !== 0 || this.capacity <= this.messages.length + this.reserved) {
      return false;
    }
    this.messages.push(message);
    return true;
  }

  send(message: T, signal: AbortSignal | undefined): Promise<void> {
    if (this.offer(message)) return mustTurn() ? turn() : sent;
    // Sound: a waiting `send` is ended with undefined.
    return this.blocked.wait(signal, { message }) as Promise<undefined>;
  }

  reserve(signal: AbortSignal | undefined): Promise<Slot<T>> {
    if (this.blocked.size === 0 && this.messages.length + this.reserved < this.capacity) {
      return Promise.resolve(this.slot());
    }
    // Sound: a waiting `reserve` is ended with a slot.
    return this.blocked.wait(signal) as Promise<Slot<T>>;
  }

  /** A message for which there is a place already. */
  deliver(message: T): void {
    if (this.waiters.size !== 0 && this.waiters.wake({ done: false, value: message })) return;
    this.messages.push(message);
  }

  /** A reserved place has been used, or given back. */
  unreserve(): void {
    this.reserved--;
    this.admit(this.capacity);
    this.finish();
  }

  /** Ends the wait of those who wait to receive what will never come. */
  finish(): void {
    if (this.ended()) this.waiters.wakeAll(end);
  }

  private ended(): boolean {
    return (
      (this.refused || this.senders === 0) &&
      this.messages.length + this.reserved + this.blocked.size === 0
    );
  }

  /** Lets those in who wait to send, up to so many places. */
  private admit(places: number): void {
    while (this.blocked.size !== 0 && this.messages.length + this.reserved < places) {
      const entry = this.blocked.first();
      if (entry === undefined) return;
      const outgoing = typeof entry === "function" ? undefined : entry.detail;
      if (outgoing === undefined) {
        this.blocked.grant(entry, this.slot());
      } else {
        this.deliver(outgoing.message);
        this.blocked.grant(entry, undefined);
      }
    }
  }

  private slot(): Slot<T> {
    this.reserved++;
    return new ReservedSlot(this);
  }
}

class ReservedSlot<T> implements Slot<T> {
  private pipe: Pipe<T> | undefined;

  constructor(pipe: Pipe<T>) {
    this.pipe = pipe;
  }

  send(message: T): void {
    const { pipe } = this;
    if (pipe === undefined) throw new TypeError("The reserved place has been used already.");
    this.pipe = undefined;
    pipe.deliver(message);
    pipe.unreserve();
  }

  [dispose](): void {
    const { pipe } = this;
    this.pipe = undefined;
    pipe?.unreserve();
  }
}

class PipeSender<T> implements Sender<T> {
  private readonly pipe: Pipe<T>;
  private over = false;

  constructor(pipe: Pipe<T>) {
    this.pipe = pipe;
    pipe.senders++;
  }

  get closed(): boolean {
    return this.over || this.pipe.refused;
  }

  get capacity(): number {
    return this.pipe.capacity;
  }

  send(message: T, options?: Cancellable): Promise<void> {
    // Most messages go through here: nothing to look at but the two ends and a place.
    if (options === undefined && !this.closed && this.pipe.offer(message)) {
      return mustTurn() ? turn() : sent;
    }
    return this.refusal(options) ?? this.pipe.send(message, options?.signal);
  }

  trySend(message: T): boolean {
    return !this.closed && this.pipe.offer(message);
  }

  reserve(options?: Cancellable): Promise<Slot<T>> {
    if (this.capacity === 0) {
      throw new RangeError("A channel of capacity 0 has no place to reserve; send instead.");
    }
    const refusal = this.refusal(options);
    return refusal ?? this.pipe.reserve(options?.signal);
  }

  clone(): Sender<T> {
    if (this.over) throw new ClosedError("A closed sender cannot be cloned.");
    return new PipeSender(this.pipe);
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    this.pipe.senders--;
    this.pipe.finish();
  }

  [dispose](): void {
    this.close();
  }

  private refusal(options: Cancellable | undefined): Promise<never> | undefined {
    const signal = options?.signal;
    if (signal !== undefined && signal.aborted) return Promise.reject(reasonOf(signal));
    if (!this.closed) return undefined;
    return Promise.reject(new ClosedError(`The ${this.over ? "sender" : "receiver"} is closed.`));
  }
}

/**
 * A queue between tasks that holds up to `capacity` messages: who sends more than is received has to wait.
 *
 * With capacity 0 each `send` waits until its message is received. Everything about order, cancellation and closing is
 * said at `Sender` and `Receiver`. Every operation O(1), cancelled waits too.
 *
 * Counterpart of `tokio::sync::mpsc::channel`, Go's buffered (and, with 0, unbuffered) channels and `asyncio.Queue`.
 *
 * @example
 * const { tx, rx } = channel<string>(8);
 * const producer = (async () => {
 *   for (const line of ["one", "two"]) await tx.send(line);
 *   tx.close();
 * })();
 * const lines: string[] = [];
 * for await (const line of rx) lines.push(line);
 * await producer;
 * assert.deepEqual(lines, ["one", "two"]);
 */
export function channel<T>(capacity: number): { tx: Sender<T>; rx: Receiver<T> } {
  const rx = new Pipe<T>(capacity === Infinity ? capacity : checkedCount("capacity", capacity, 0));
  return { tx: new PipeSender(rx), rx };
}

/**
 * A queue between tasks without limit: `send` never waits, so a slow receiver costs memory. Prefer `channel`.
 *
 * Counterpart of `tokio::sync::mpsc::unbounded_channel`.
 * O(1).
 *
 * @example
 * const { tx, rx } = unbounded<number>();
 * tx.trySend(1);
 * tx.close();
 * assert.deepEqual(await rx.recv(), { done: false, value: 1 });
 * assert.equal((await rx.recv()).done, true);
 */
export function unbounded<T>(): { tx: Sender<T>; rx: Receiver<T> } {
  return channel<T>(Infinity);
}
