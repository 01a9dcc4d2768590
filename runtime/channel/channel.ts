import { checkedLimit } from "../core/checked.ts";
import { ClosedError } from "../core/errors.ts";
import { mustTurn, turn } from "../core/pace.ts";
import { BaseReceiver, end, type Received, type Receiver } from "../core/receiver.ts";
import { Queue } from "../core/queue.ts";
import { refusal } from "../core/signals.ts";
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

  /** Another sender of the same channel, which has to be closed as well. Throws a ClosedError once this one is closed. */
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
  readonly blocked: Waiters<Slot<T> | undefined, Outgoing<T> | undefined> = new Waiters("send");
  private messages = new Queue<T>();
  private reserved = 0;

  constructor(capacity: number) {
    super();
    this.capacity = capacity;
    this.blocked.left = () => {
      this.finish();
    };
  }

  get size(): number {
    return this.messages.length + (this.capacity === 0 ? this.blocked.size : 0);
  }

  tryRecv(): Received<T> | undefined {
    const { messages } = this;
    // Without any place for messages, one is taken from the hand of a sender.
    if (messages.length === 0) this.admit(this.capacity + 1);
    if (messages.length === 0) return this.ended() ? end : undefined;
    // Sound: there is one.
    const value = messages.shift() as T;
    this.admit(this.capacity);
    return { done: false, value };
  }

  close(): void {
    this.refused = true;
    this.blocked.rejectAll(new ClosedError("The receiver is closed."));
    this.finish();
  }

  [dispose](): void {
    this.messages = new Queue();
    this.close();
  }

  /** Hands the message to who waits for one, or puts it in a place; false if all are taken. */
  offer(message: T, places = this.capacity): boolean {
    const receiver = this.waiters.first();
    if (receiver !== undefined) this.waiters.grant(receiver, { done: false, value: message });
    else if (this.isFull(places)) return false;
    else this.messages.push(message);
    return true;
  }

  isFull(places: number): boolean {
    return places <= this.messages.length + this.reserved;
  }

  slot(): Slot<T> {
    this.reserved++;
    let kept = true;
    /** Lets go of the place, once; false if that has been done before. */
    const leave = (): boolean => {
      const was = kept;
      kept = false;
      if (was) this.reserved--;
      return was;
    };
    return {
      send: (message) => {
        if (!leave()) throw new TypeError("The reserved place has been used already.");
        this.offer(message, Infinity);
        this.vacate();
      },
      [dispose]: () => {
        if (leave()) this.vacate();
      },
    };
  }

  private vacate(): void {
    this.admit(this.capacity);
    this.finish();
  }

  /** Ends the wait of those who wait to receive what will never come. */
  finish(): void {
    if (this.ended()) this.waiters.wakeAll(end);
  }

  private ended(): boolean {
    return (this.refused || this.senders === 0) && this.blocked.size === 0 && !this.isFull(1);
  }

  /** Lets those in who wait to send, up to so many places. */
  private admit(places: number): void {
    while (this.blocked.size !== 0 && !this.isFull(places)) {
      const waiter = this.blocked.first();
      if (waiter === undefined) return;
      const { detail } = waiter;
      this.blocked.grant(waiter, detail === undefined ? this.slot() : undefined);
      if (detail !== undefined) this.offer(detail.message, Infinity);
    }
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
    const refused = this.refusal(options);
    if (refused !== undefined) return refused;
    if (this.pipe.offer(message)) return mustTurn() ? turn() : sent;
    // Sound: a waiting `send` is ended with undefined.
    return this.pipe.blocked.wait(options?.signal, { message }) as Promise<undefined>;
  }

  trySend(message: T): boolean {
    return !this.closed && this.pipe.offer(message);
  }

  reserve(options?: Cancellable): Promise<Slot<T>> {
    if (this.capacity === 0) {
      const text = "A channel of capacity 0 has no place to reserve; send instead.";
      return Promise.reject(new RangeError(text));
    }
    const refused = this.refusal(options);
    if (refused !== undefined) return refused;
    if (!this.pipe.isFull(this.capacity)) return Promise.resolve(this.pipe.slot());
    // Sound: a waiting `reserve` is ended with a slot.
    return this.pipe.blocked.wait(options?.signal) as Promise<Slot<T>>;
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
    if (!this.closed) return refusal(options);
    return (
      refusal(options) ??
      Promise.reject(new ClosedError(`The ${this.over ? "sender" : "receiver"} is closed.`))
    );
  }
}

/**
 * A queue between tasks that holds up to `capacity` messages: who sends more than is received has to wait.
 *
 * With capacity 0 each `send` waits until its message is received.
 *
 * - **Fair.** Who waits longest to send sends first, and who waits longest to receive is served first.
 * - **Cancellation.** Before there is a place, an aborted signal rejects the `send` and its message is not sent;
 *   afterwards it is. A `recv` that is cancelled has taken nothing.
 * - **Closing.** It ends for the receiver when every sender is closed and what was sent is received. A receiver that is
 *   closed rejects those who send with a ClosedError; more is said at `Sender` and `Receiver`.
 * - **Errors.** A capacity that is no integer from 0 on, nor Infinity, throws a RangeError.
 * - **Cost.** Every operation O(1), cancelled waits too.
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
  const rx = new Pipe<T>(checkedLimit("capacity", capacity, 0));
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
