import { ClosedError } from "../core/errors.ts";
import { paced } from "../core/pace.ts";
import { type Selectable, type Source, selectable } from "../core/selectable.ts";
import { throwIfAborted } from "../core/signals.ts";
import { dispose } from "../core/symbols.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

export interface WatchSender<T> extends Disposable {
  /** Replaces the value. Without effect on anybody if it equals the former one, or after `close`. */
  send(value: T): void;

  /** Replaces the value by what the function makes of it. */
  update(change: (value: T) => T): void;

  /** Ends it for all watchers; the last value can still be read. */
  close(): void;
}

/** One view of a watched value, which remembers which version it has seen. The first one counts as seen. */
export interface Watcher<T> extends AsyncIterable<T>, Selectable<T> {
  /** The latest value; looking does not mark it as seen. */
  readonly value: T;

  /** The latest value, from now on seen. */
  take(): T;

  /** Ends with true once there is a version not seen, which is then seen; with false once the sender is closed. */
  changed(options?: Cancellable): Promise<boolean>;

  /** The first value that fits, from the current one on. Rejects with a ClosedError when none will come. */
  waitFor(fits: (value: T) => boolean, options?: Cancellable): Promise<T>;

  /** Yields the current value and then the latest after each change; values in between are left out. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, void>;
}

class Watched<T> implements WatchSender<T> {
  value: T;
  version = 0;
  closed = false;
  readonly waiters: Waiters<boolean> = new Waiters<boolean>("change");
  private readonly equals: (a: T, b: T) => boolean;

  constructor(value: T, equals: (a: T, b: T) => boolean) {
    this.value = value;
    this.equals = equals;
  }

  send(value: T): void {
    if (this.closed || this.equals(this.value, value)) return;
    this.value = value;
    this.version++;
    this.waiters.wakeAll(true);
  }

  update(change: (value: T) => T): void {
    this.send(change(this.value));
  }

  close(): void {
    this.closed = true;
    this.waiters.wakeAll(false);
  }

  [dispose](): void {
    this.close();
  }
}

class View<T> implements Watcher<T> {
  private readonly watched: Watched<T>;
  private seen: number;

  constructor(watched: Watched<T>) {
    this.watched = watched;
    this.seen = watched.version;
  }

  get value(): T {
    return this.watched.value;
  }

  take(): T {
    this.seen = this.watched.version;
    return this.watched.value;
  }

  async changed(options?: Cancellable): Promise<boolean> {
    const { watched } = this;
    throwIfAborted(options);
    if (this.seen === watched.version) {
      if (watched.closed || !(await watched.waiters.wait(options?.signal))) return false;
    } else await paced(undefined);
    this.take();
    return true;
  }

  async waitFor(fits: (value: T) => boolean, options?: Cancellable): Promise<T> {
    throwIfAborted(options);
    while (!fits(this.take())) {
      if (!(await this.changed(options))) throw new ClosedError("The sender was closed first.");
    }
    return this.watched.value;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    do yield this.take();
    while (await this.changed());
  }

  get [selectable](): Source<T> {
    const { watched } = this;
    const closed = (): ClosedError => new ClosedError("The sender was closed.");
    return {
      poll: () => {
        if (this.seen !== watched.version) return { value: this.take() };
        if (watched.closed) throw closed();
        return undefined;
      },
      subscribe: (take, fail) =>
        watched.waiters.listen((changed) => {
          if (changed) take(this.take());
          else fail(closed());
        }, fail),
    };
  }
}

/**
 * A value that many look at and follow: who is slow sees the latest, and never one that is out of date.
 *
 * - **No last value is missed.** Whatever a watcher does meanwhile, the version it sees last is the last one sent.
 * - **Cancellation.** A `changed` that is cancelled, or loses a `select`, has seen nothing.
 * - **`equals`** says when a new value is no news; `Object.is` unless told.
 * - **Cost.** `send` O(watchers that wait), the rest O(1).
 *
 * Counterpart of `tokio::sync::watch` with its versions (`take` is `borrow_and_update`).
 *
 * @example
 * const { tx, subscribe } = watch({ theme: "light" });
 * const settings = subscribe();
 * tx.send({ theme: "dark" });
 * assert.equal(await settings.changed(), true);
 * assert.equal(settings.value.theme, "dark");
 */
export function watch<T>(
  initial: T,
  options: { readonly equals?: ((a: T, b: T) => boolean) | undefined } = {},
): { tx: WatchSender<T>; subscribe: () => Watcher<T> } {
  const tx = new Watched(initial, options.equals ?? Object.is);
  return { tx, subscribe: () => new View(tx) };
}
