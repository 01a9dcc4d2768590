import { ChildController } from "../core/child.ts";
import { race } from "../core/race.ts";
import { followed, throwIfAborted, unfollow } from "../core/signals.ts";
import { dispose } from "../core/symbols.ts";
import type { Cancellable, Work } from "../core/types.ts";

/**
 * Something that can be cancelled, and below it more that is cancelled with it: an AbortController with children.
 *
 * - **Downwards only.** Cancelling a token cancels its children; cancelling a child leaves its parent alone.
 * - **The first reason counts.** Cancelling again does nothing.
 * - **Disposing detaches** from the parent, and never cancels. A token that lives shorter than its parent must be
 *   disposed or cancelled, or it stays on the parent's list until that aborts.
 * - **Cost.** O(1) to make, detach and look at. The AbortSignal is made when `signal` is first read.
 *
 * Counterpart of tokio's `CancellationToken` and Go's `context.WithCancel`.
 *
 * @example
 * const server = new CancellationToken();
 * const request = server.child();
 * server.cancel("shutting down");
 * assert.equal(request.cancelled, true);
 * assert.equal(request.signal.reason, "shutting down");
 */
export class CancellationToken implements Disposable {
  private readonly controller: ChildController;

  constructor(parent?: AbortSignal | CancellationToken) {
    // By shape and not by class: the parent may come from another copy of this package.
    const signal = parent !== undefined && "signal" in parent ? parent.signal : parent;
    this.controller = new ChildController(signal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get cancelled(): boolean {
    return this.controller.aborted;
  }

  /** Why it was cancelled; undefined before. */
  get reason(): unknown {
    return this.controller.reason;
  }

  /** Without a reason, a CancelledError. */
  cancel(reason?: unknown): void {
    this.controller.abort(reason);
  }

  /** A token that is cancelled with this one, or before it. */
  child(): CancellationToken {
    return new CancellationToken(this);
  }

  /** Ends when the token is cancelled; `options.signal` ends the wait alone. */
  async whenCancelled(options?: Cancellable): Promise<void> {
    throwIfAborted(options);
    if (this.cancelled) return;
    await new Promise<void>((resolve, reject) => {
      const cancelled = followed(this.signal, () => {
        unfollow(left);
        resolve();
      });
      const left = followed(options?.signal, (reason) => {
        unfollow(cancelled);
        reject(reason);
      });
    });
  }

  /** Throws the reason if the token has been cancelled. */
  throwIfCancelled(): void {
    if (this.cancelled) throw this.reason;
  }

  /**
   * Runs work with this token's signal. When the token is cancelled, rejects with the reason: once the work has
   * settled, or at once if it takes no signal. What it fails with after that goes to `onLateError`, unless it is the
   * cancellation.
   */
  async run<T>(work: Work<T>): Promise<T> {
    return race(new ChildController(this.signal), work);
  }

  /** Detaches from the parent. */
  [dispose](): void {
    this.controller.detach();
  }
}
