import { ClosedError } from "../core/errors.ts";
import { Latch } from "../core/latch.ts";
import { outcomeSource } from "../core/outcome-source.ts";
import { type Selectable, type Source, selectable } from "../core/selectable.ts";
import { dispose } from "../core/symbols.ts";
import type { Cancellable } from "../core/types.ts";
import { type Outcome, unwrap } from "../outcome.ts";

export interface OneshotSender<T> extends Disposable {
  /** Sends; false if nobody will receive, or something was sent before. */
  send(value: T): boolean;

  /** Gives up: the receiver is rejected with the error, a ClosedError unless told. No effect after `send`. */
  close(error?: unknown): void;

  /** Whether the receiver was closed, so that the work can be spared. */
  readonly receiverGone: boolean;
}

export interface OneshotReceiver<T> extends PromiseLike<T>, Selectable<T>, Disposable {
  /** The value, each time it is asked for. A wait that is cancelled leaves the value there. */
  recv(options?: Cancellable): Promise<T>;

  /** Tells the sender that nobody will receive. Who waits is rejected with a ClosedError. */
  close(): void;
}

class Oneshot<T> implements OneshotReceiver<T> {
  gone = false;
  readonly latch: Latch<Outcome<T>> = new Latch<Outcome<T>>();

  async recv(options?: Cancellable): Promise<T> {
    return unwrap(await this.latch.get(options));
  }

  // biome-ignore lint/suspicious/noThenProperty: a receiver can be awaited, as its documentation says.
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.recv().then(onValue, onError);
  }

  close(): void {
    this.gone = this.latch.opened === undefined;
    this.fail(new ClosedError("The receiver is closed."));
  }

  fail(error: unknown): void {
    this.latch.open({ status: "error", error });
  }

  [dispose](): void {
    this.close();
  }

  get [selectable](): Source<T> {
    return outcomeSource(this.latch);
  }
}

class OneshotEntry<T> implements OneshotSender<T> {
  private readonly shared: Oneshot<T>;

  constructor(shared: Oneshot<T>) {
    this.shared = shared;
  }

  get receiverGone(): boolean {
    return this.shared.gone;
  }

  send(value: T): boolean {
    return this.shared.latch.open({ status: "ok", value });
  }

  close(error: unknown = new ClosedError("The sender was closed without sending.")): void {
    this.shared.fail(error);
  }

  [dispose](): void {
    this.close();
  }
}

/**
 * One value from one task to another.
 *
 * Nothing is ever unhandled: an error sent by `close` with nobody receiving is seen by who receives later. Every
 * operation O(1).
 *
 * Counterpart of `tokio::sync::oneshot`, and of a promise with its `resolve` outside.
 *
 * @example
 * const { tx, rx } = oneshot<number>();
 * tx.send(42);
 * assert.equal(await rx, 42);
 */
export function oneshot<T>(): { tx: OneshotSender<T>; rx: OneshotReceiver<T> } {
  const rx = new Oneshot<T>();
  return { tx: new OneshotEntry(rx), rx };
}
