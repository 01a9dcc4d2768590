import type { Selectable } from "../core/selectable.ts";
import type { Cancellable } from "../core/types.ts";
import type { Outcome } from "../outcome.ts";

/**
 * Work that runs, and the handle to it.
 *
 * - **A failure is held** until somebody asks: a task may fail before it is awaited, and the process goes on. If nobody
 *   ever asks, the error goes to `onLateError` when the handle is collected as garbage, or at once after `detach`.
 * - **Waiting** with `join` or `outcome` can be cancelled; that leaves the task alone, and costs it nothing.
 * - **Aborting** the task aborts the signal it was given. It has ended when its work has, not before.
 */
export interface Task<T> extends PromiseLike<T>, AsyncDisposable, Selectable<T> {
  readonly id: number;
  readonly name: string | undefined;
  readonly signal: AbortSignal;
  readonly status: "running" | Outcome<T>["status"];

  /** The value; rejects with the error, or with the reason of a task that was cancelled. */
  join(options?: Cancellable): Promise<T>;

  /** How the task ended. Rejects only if `options.signal` aborts first. */
  outcome(options?: Cancellable): Promise<Outcome<T>>;

  /** Aborts its signal; with a CancelledError unless told. Without effect once it has ended. */
  abort(reason?: unknown): void;

  /** Lets the task run on its own: disposing does nothing any more, and an error goes to `onLateError`. */
  detach(): void;

  /** Aborts and waits until the work has ended, whatever its outcome. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SpawnOptions extends Cancellable {
  /** For traces. */
  readonly name?: string | undefined;
}
