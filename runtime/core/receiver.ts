import { checkedCount } from "./checked.ts";
import { paced } from "./pace.ts";
import { type Selectable, type Source, selectable } from "./selectable.ts";
import { refusal } from "./signals.ts";
import type { dispose } from "./symbols.ts";
import type { Cancellable } from "./types.ts";
import { Waiters } from "./waiters.ts";

/**
 * A message, or the end. Boxed, so that `undefined` can be sent, and so that a promise that is sent arrives as the
 * promise it is and is not awaited on the way.
 */
export type Received<T> = IteratorResult<T, void>;

export const end: IteratorReturnResult<void> = { done: true, value: undefined };

/**
 * The receiving end of a channel.
 *
 * - **Order.** Messages arrive in the order of sending. Several waiting `recv` get theirs in the order of calling.
 * - **Cancellation.** A `recv` that is cancelled, or loses a `select`, has taken nothing: the message goes to the next.
 *   Once a message was given to a `recv` it is delivered there, whatever its signal does afterwards.
 * - **`break` leaves the receiver open.** `for await` reads from a receiver and does not own it: another loop can go
 *   on, and several can share it. Say `using` or `close()` when nobody will receive any more.
 * - **It does not starve others.** Of many messages that are ready, one in 1,024 comes by way of the event loop.
 */
export interface Receiver<T> extends AsyncIterable<T>, Disposable, Selectable<Received<T>> {
  /** The next message; `{ done: true }` once the channel is closed and empty. */
  recv(options?: Cancellable): Promise<Received<T>>;

  /** The next message if there is one, `{ done: true }` at the end, and undefined if one may still come. */
  tryRecv(): Received<T> | undefined;

  /** Waits for a message, then takes up to `max` that are there. Empty at the end. */
  recvMany(max: number, options?: Cancellable): Promise<T[]>;

  /** Refuses further messages; what has been sent can still be received. */
  close(): void;

  /** How many messages could be received without waiting. */
  readonly size: number;
}

/** What all receivers have in common, over `tryRecv` and a queue of those who wait. */
export abstract class BaseReceiver<T> implements Receiver<T> {
  abstract readonly size: number;
  protected readonly waiters: Waiters<Received<T>> = new Waiters<Received<T>>("recv");

  abstract tryRecv(): Received<T> | undefined;
  abstract close(): void;

  /** Closes, and drops what was not received. */
  abstract [dispose](): void;

  recv(options?: Cancellable): Promise<Received<T>> {
    const refused = refusal(options);
    if (refused !== undefined) return refused;
    try {
      const ready = this.tryRecv();
      if (ready !== undefined) return paced(ready);
      this.onWait();
      return this.waiters.wait(options?.signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async recvMany(max: number, options?: Cancellable): Promise<T[]> {
    checkedCount("max", max, 1);
    const messages: T[] = [];
    let next: Received<T> | undefined = await this.recv(options);
    while (next !== undefined && next.done !== true) {
      messages.push(next.value);
      next = messages.length < max ? this.tryRecv() : undefined;
    }
    return messages;
  }

  [Symbol.asyncIterator](): AsyncIterator<T, void, void> {
    return { next: () => this.recv() };
  }

  get [selectable](): Source<Received<T>> {
    return {
      poll: () => {
        const value = this.tryRecv();
        return value && { value };
      },
      subscribe: (take, fail) => {
        this.onWait();
        return this.waiters.listen(take, fail);
      },
    };
  }

  /** Told before somebody waits. */
  protected onWait(): void {}
}
