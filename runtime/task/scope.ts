import { Nursery, type ScopeOptions, throwAny } from "../core/nursery.ts";
import { asyncDispose, dispose } from "../core/symbols.ts";
import type { Work } from "../core/types.ts";
import type { Outcome } from "../outcome.ts";
import type { Task } from "./task.ts";

export type { ScopeOptions } from "../core/nursery.ts";

/** What the body of a scope is given. */
export interface Scope {
  /** Aborts when the scope ends early: by an error, `cancel`, the time limit or `options.signal`. */
  readonly signal: AbortSignal;

  /**
   * Starts a task that the scope waits for. While the scope is being cancelled the task does not start and counts as
   * cancelled; after its end this throws a ClosedError.
   */
  spawn<T>(work: Work<T>, options?: { readonly name?: string | undefined }): Task<T>;

  /** Aborts what runs. If the body returns all the same, its value is the result: so are helpers stopped. */
  cancel(reason?: unknown): void;

  /** Runs when all tasks have ended; what was registered last runs first. */
  defer(cleanup: () => void | PromiseLike<void>): void;

  /** Disposes of the resource in the same manner, and returns it. */
  use<R extends Disposable | AsyncDisposable>(resource: R): R;
}

class OpenScope implements Scope {
  readonly nursery: Nursery;
  readonly errors: unknown[] = [];
  cancelledInside = false;
  readonly cleanups: (() => void | PromiseLike<void>)[] = [];
  private readonly options: ScopeOptions;

  constructor(options: ScopeOptions) {
    this.options = options;
    this.nursery = new Nursery(options);
  }

  get signal(): AbortSignal {
    return this.nursery.controller.signal;
  }

  spawn<T>(work: Work<T>, options?: { readonly name?: string | undefined }): Task<T> {
    const task = this.nursery.spawn(work, (outcome) => this.ended(outcome), options?.name);
    task.observe();
    return task;
  }

  cancel(reason?: unknown): void {
    this.cancelledInside ||= !this.nursery.controller.aborted;
    this.nursery.controller.abort(reason);
  }

  defer(cleanup: () => void | PromiseLike<void>): void {
    this.cleanups.push(cleanup);
  }

  use<R extends Disposable | AsyncDisposable>(resource: R): R {
    this.defer(() => (asyncDispose in resource ? resource[asyncDispose]() : resource[dispose]()));
    return resource;
  }

  async cleanUp(): Promise<void> {
    for (let cleanup = this.cleanups.pop(); cleanup !== undefined; cleanup = this.cleanups.pop()) {
      try {
        await cleanup();
      } catch (error) {
        this.errors.push(error);
      }
    }
  }

  ended(outcome: Outcome<unknown>, isBody = false): void {
    if (outcome.status !== "error") return;
    const { error } = outcome;
    // What the body fails with is most often the error of a task that it awaits.
    if (!isBody || !this.errors.includes(error)) this.errors.push(error);
    if (this.options.onError !== "collect") this.nursery.fail(error);
  }
}

/**
 * A block that no task outlives: tasks started in it have ended when it ends, in whatever way.
 *
 * - **Errors.** The first error, of the body or of a task, aborts the rest; when all has ended the scope rejects with
 *   it. An error is never hidden by the cancellation that it causes, nor by one from outside that coincides. Awaiting
 *   a task in the body and catching its error does not undo the abort: for that, catch inside the task.
 *   `onError: "collect"` lets the others go on, and rejects with an AggregateError of all.
 * - **Cancellation.** By `signal`, `timeout` or `cancel`: all is told, and when it has ended the scope rejects with the
 *   reason. With `graceMs` it does not wait longer than that; what still runs then is detached.
 * - **Cleaning up.** `defer` and `use` run last in, first out, after the last task, and before the scope settles.
 * - **Cost.** O(1) per task.
 *
 * Counterpart of `std::thread::scope`, trio's nursery, asyncio's TaskGroup and Go's errgroup. It is a function and not
 * an `AsyncDisposable`, because `await using` is not told of errors and could only ever abort.
 *
 * @example
 * const lines: string[] = [];
 * await scope(async (s) => {
 *   s.defer(() => { lines.push("closed"); });
 *   s.spawn(async () => { await sleep(2); lines.push("saved"); });
 *   lines.push("body done");
 * });
 * assert.deepEqual(lines, ["body done", "saved", "closed"]);
 */
export async function scope<T>(
  body: (s: Scope) => T | PromiseLike<T>,
  options: ScopeOptions = {},
): Promise<T> {
  const open = new OpenScope(options);
  const { nursery } = open;
  // The body is a task as well: it is waited for, aborted and left behind under the same rules.
  const main = nursery.spawn(
    () => body(open),
    (outcome) => open.ended(outcome, true),
    "scope",
  );
  main.observe();
  await nursery.settled();
  nursery.close();
  await open.cleanUp();
  throwAny(open.errors, options);
  const { controller } = nursery;
  if (controller.aborted && (!open.cancelledInside || main.status !== "ok"))
    throw controller.reason;
  return main;
}
