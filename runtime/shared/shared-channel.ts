import { checkedCount } from "../core/checked.ts";
import { ClosedError } from "../core/errors.ts";
import type { Cancellable } from "../core/types.ts";
import { wordsAt } from "./place.ts";
import { SharedMutex } from "./shared-mutex.ts";
import { type Trial, Word } from "./word.ts";

/** The words before the bytes: two locks, where to read, where to write, whether it is closed, and what to sleep on. */
const header = 6;
const lengthBytes = 4;

export interface SharedSender {
  /** The channel itself; attach to it in another thread with `sharedChannel({ buffer })`. */
  readonly buffer: SharedArrayBuffer;
  readonly closed: boolean;

  /** Copies the bytes into the channel when there is room. */
  send(message: Uint8Array, options?: Cancellable): Promise<void>;

  /** The same, blocking the thread; main threads of browsers throw. */
  sendSync(message: Uint8Array): void;

  /** Refuses further messages, of all senders; what has been sent can still be received. */
  close(): void;
}

export interface SharedReceiver extends AsyncIterable<Uint8Array> {
  readonly buffer: SharedArrayBuffer;

  /** The next message; `{ done: true }` once the channel is closed and empty. */
  recv(options?: Cancellable): Promise<IteratorResult<Uint8Array, void>>;

  /** The next message, blocking the thread; undefined once the channel is closed and empty. */
  recvSync(): Uint8Array | undefined;
}

class SharedChannel implements SharedSender, SharedReceiver {
  readonly buffer: SharedArrayBuffer;
  private readonly sending: SharedMutex;
  private readonly receiving: SharedMutex;
  private readonly read: Word;
  private readonly written: Word;
  private readonly ended: Word;
  // Two handles of one word: who waits to send must not queue behind who waits to receive.
  private readonly room: Word;
  private readonly arrival: Word;
  private readonly bytes: Uint8Array;

  constructor(buffer: SharedArrayBuffer) {
    const words = wordsAt(buffer, 0, header + 1);
    this.buffer = buffer;
    this.sending = new SharedMutex(buffer, 0);
    this.receiving = new SharedMutex(buffer, 1);
    this.read = new Word(words, 2);
    this.written = new Word(words, 3);
    this.ended = new Word(words, 4);
    this.room = new Word(words, 5);
    this.arrival = new Word(words, 5);
    this.bytes = new Uint8Array(buffer, 4 * header);
  }

  get closed(): boolean {
    return this.ended.load() !== 0;
  }

  async send(message: Uint8Array, options?: Cancellable): Promise<void> {
    this.check(message);
    const guard = await this.sending.lock(options);
    try {
      await this.room.until(() => this.write(message), options?.signal);
    } finally {
      guard.release();
    }
  }

  sendSync(message: Uint8Array): void {
    this.check(message);
    const guard = this.sending.lockSync();
    try {
      this.room.untilSync(() => this.write(message));
    } finally {
      guard.release();
    }
  }

  async recv(options?: Cancellable): Promise<IteratorResult<Uint8Array, void>> {
    let message: Uint8Array | undefined;
    const guard = await this.receiving.lock(options);
    try {
      await this.arrival.until(
        this.take((it) => (message = it)),
        options?.signal,
      );
    } finally {
      guard.release();
    }
    return message === undefined ? { done: true, value: undefined } : { value: message };
  }

  recvSync(): Uint8Array | undefined {
    let message: Uint8Array | undefined;
    const guard = this.receiving.lockSync();
    try {
      this.arrival.untilSync(this.take((it) => (message = it)));
    } finally {
      guard.release();
    }
    return message;
  }

  close(): void {
    if (this.ended.swap(1) === 0) this.happen();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, void, void> {
    return { next: () => this.recv() };
  }

  private check(message: Uint8Array): void {
    const room = this.bytes.length - lengthBytes;
    if (message.length <= room) return;
    throw new RangeError(`A message of ${message.length} bytes never fits; the limit is ${room}.`);
  }

  /** Sound without lock against the other side: the two positions are each written by one side only. */
  private write(message: Uint8Array): number | undefined {
    const event = this.room.load();
    if (this.closed) throw new ClosedError("The channel is closed.");
    const start = this.written.load();
    const free = this.bytes.length - ((start - this.read.load()) | 0);
    if (free < lengthBytes + message.length) return event;
    const { length } = message;
    this.copyIn(start, Uint8Array.of(length, length >>> 8, length >>> 16, length >>> 24));
    this.copyIn(start + lengthBytes, message);
    this.written.add(lengthBytes + length);
    this.happen();
    return undefined;
  }

  private take(onMessage: (message: Uint8Array) => void): Trial {
    return () => {
      const event = this.room.load();
      // Asked for first: what was sent before the channel was closed has then been written.
      const { closed } = this;
      const start = this.read.load();
      if (start === this.written.load()) return closed ? undefined : event;
      const [a = 0, b = 0, c = 0, d = 0] = this.copyOut(start, lengthBytes);
      const length = a | (b << 8) | (c << 16) | (d << 24);
      onMessage(this.copyOut(start + lengthBytes, length));
      this.read.add(lengthBytes + length);
      this.happen();
      return undefined;
    };
  }

  private happen(): void {
    this.room.add(1);
    this.room.notify();
  }

  // Positions run on and wrap around at 2^32; the capacity is a power of two, so that their low bits stay right.

  private copyIn(position: number, from: Uint8Array): void {
    const at = position & (this.bytes.length - 1);
    const first = Math.min(from.length, this.bytes.length - at);
    this.bytes.set(from.subarray(0, first), at);
    this.bytes.set(from.subarray(first), 0);
  }

  private copyOut(position: number, length: number): Uint8Array {
    const message = new Uint8Array(length);
    const at = position & (this.bytes.length - 1);
    const first = Math.min(length, this.bytes.length - at);
    message.set(this.bytes.subarray(at, at + first));
    message.set(this.bytes.subarray(0, length - first), first);
    return message;
  }
}

/**
 * Messages of bytes between threads, through shared memory instead of the event loops: `recvSync` gets them in a
 * thread that never returns to its own.
 *
 * - **Several senders and receivers** in any threads. Each message arrives once, whole, as a copy, and those of one
 *   sender in their order. Between senders, and between receivers, the order is that of `SharedMutex`.
 * - **Bounded.** The capacity is raised to a power of two. A message takes four bytes more than its length; `send` waits
 *   for room, and one that never fits rejects with a RangeError.
 * - **Cancellation.** A `send` that is cancelled has sent nothing; a `recv` that is cancelled has taken nothing.
 * - **Closing** rejects senders that wait or come later with a ClosedError; receivers get what was sent, then the end.
 *   A message whose `send` overlaps with `close` may still be sent.
 * - **A thread that dies** while it sends keeps other senders waiting for ever, and likewise for receiving; one that
 *   dies without `close` leaves receivers waiting. Pass a signal that aborts when the worker has exited.
 * - **Cost.** O(bytes); no allocation in shared memory.
 *
 * Counterpart of a bounded `std::sync::mpsc::sync_channel` and of Python's `multiprocessing.Pipe`.
 *
 * @example
 * const { tx, rx } = sharedChannel({ capacityBytes: 1024 });
 * const other = sharedChannel({ buffer: tx.buffer }); // in another thread
 * await other.tx.send(new TextEncoder().encode("hello"));
 * assert.equal(new TextDecoder().decode(rx.recvSync()), "hello");
 * other.tx.close();
 * assert.equal((await rx.recv()).done, true);
 */
export function sharedChannel(
  options: { readonly capacityBytes: number } | { readonly buffer: SharedArrayBuffer },
): { tx: SharedSender; rx: SharedReceiver } {
  const channel = new SharedChannel(
    "buffer" in options ? options.buffer : newBuffer(options.capacityBytes),
  );
  return { tx: channel, rx: channel };
}

function newBuffer(capacityBytes: number): SharedArrayBuffer {
  checkedCount("capacityBytes", capacityBytes, 1);
  const most = 2 ** 30;
  if (most < capacityBytes) {
    throw new RangeError(`capacityBytes must be at most ${most}, not ${capacityBytes}.`);
  }
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(8, capacityBytes)));
  // Sound: what `wordsAt` makes is shared.
  return wordsAt(undefined, 0, header + capacity / 4).buffer as SharedArrayBuffer;
}
