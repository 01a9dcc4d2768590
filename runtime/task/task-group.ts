import { reportLate } from "../core/late.ts";
import { Nursery, type ScopeOptions, throwAny } from "../core/nursery.ts";
import { Queue } from "../core/queue.ts";
import { throwIfAborted } from "../core/signals.ts";
import { asyncDispose } from "../core/symbols.ts";
import type { Cancellable, Work } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";
import { type Outcome, unwrap } from "../outcome.ts";
import type { Task } from "./task.ts";

export interface TaskGroupOptions extends ScopeOptions {
  /** How many tasks run at a time; the others wait for their turn. */
  readonly limit?: number | undefined;
}

interface Member<T> {
  outcome: Outcome<T> | undefined;
}

/**
 * Tasks of one kind, whose results come as they finish.
 *
 * - **Two ways to read.** `joinNext` and `for await` give each outcome when it is there, and one failure leaves the
 *   others alone. `join` waits for all and gives the values in the order of `spawn`; once it has been called, an error
 *   aborts the rest, and it rejects with that error when all have ended. `onError` fixes one behaviour for both.
 * - **Each outcome is given once**, and kept until then.
 * - **Cancellation.** A signal given to `joinNext` or `join` ends that wait alone. `options.signal`, `timeout` and
 *   `abortAll` abort the tasks, also those that wait for their turn.
 * - **`await using`** aborts what still runs and waits for it. For a normal end, call `join` first. Errors that nobody
 *   has read by then go to `onLateError`.
 * - **Cost.** O(1) per task.
 *
 * Counterpart of tokio's `JoinSet`.
 *
 * @example
 * const group = new TaskGroup<string>({ limit: 2 });
 * for (const city of ["Rome", "Oslo"]) group.spawn(async () => city.toUpperCase());
 * const found: string[] = [];
 * for await (const outcome of group) {
 *   if (outcome.status === "ok") found.push(outcome.value);
 * }
 * assert.deepEqual(found, ["ROME", "OSLO"]);
 */
export class TaskGroup<T = void> implements AsyncDisposable, AsyncIterable<Outcome<T>> {
  private readonly nursery: Nursery;
  private readonly options: TaskGroupOptions;
  private readonly members = new Set<Member<T>>();
  private readonly finished = new Queue<Member<T>>();
  private readonly readers = new Waiters<void>("outcome");
  private failFast: boolean;

  constructor(options: TaskGroupOptions = {}) {
    this.options = options;
    this.nursery = new Nursery(options);
    this.failFast = options.onError === "cancel-siblings";
  }

  /** How many tasks run, or have an outcome that nobody has read. */
  get size(): number {
    return this.members.size;
  }

  get signal(): AbortSignal {
    return this.nursery.controller.signal;
  }

  /** Throws a ClosedError after `join`, `shutdown` or the disposal. */
  spawn(work: Work<T>, options?: { readonly name?: string | undefined }): Task<T> {
    this.nursery.mustBeOpen();
    const member: Member<T> = { outcome: undefined };
    this.members.add(member);
    const ended = (outcome: Outcome<T>): void => {
      member.outcome = outcome;
      this.finished.push(member);
      if (this.failFast && outcome.status === "error") this.nursery.fail(outcome.error);
      // The first takes it, and the others wait again, in their order.
      this.readers.wakeAll();
    };
    const task = this.nursery.spawn(work, ended, options?.name);
    task.observe();
    return task;
  }

  /** The next outcome; undefined when every task has been read. */
  async joinNext(options?: Cancellable): Promise<Outcome<T> | undefined> {
    throwIfAborted(options);
    let member = this.finished.shift();
    while (member === undefined) {
      if (this.members.size === 0) return undefined;
      await this.readers.wait(options?.signal);
      member = this.finished.shift();
    }
    this.members.delete(member);
    if (this.members.size === 0) this.readers.wakeAll();
    return member.outcome;
  }

  /**
   * Waits for all, and ends the group. The values of those not read, in the order of `spawn`. Rejects with the first
   * error, or if there is none with the reason of a task that was cancelled.
   */
  async join(options?: Cancellable): Promise<T[]> {
    this.failFast ||= this.options.onError !== "collect";
    for (const { outcome } of this.members) {
      if (this.failFast && outcome?.status === "error") this.nursery.fail(outcome.error);
    }
    await this.nursery.settled(options);
    const members = [...this.members];
    throwAny(this.end(), this.options);
    const { controller } = this.nursery;
    if (controller.aborted) throw controller.reason;
    return members.flatMap(({ outcome }) => (outcome === undefined ? [] : [unwrap(outcome)]));
  }

  /** Aborts the tasks that run or wait for their turn. New ones can be spawned, and are cancelled at once. */
  abortAll(reason?: unknown): void {
    this.nursery.controller.abort(reason);
  }

  /** Aborts, waits until nothing runs any more, and ends the group. Never rejects. */
  async shutdown(): Promise<void> {
    this.abortAll();
    await this.nursery.settled();
    for (const error of this.end()) reportLate(error);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Outcome<T>, void, void> {
    for (let next = await this.joinNext(); next !== undefined; next = await this.joinNext()) {
      yield next;
    }
  }

  [asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /** The errors that nobody has read, in the order in which they came. */
  private end(): readonly unknown[] {
    this.nursery.close();
    const errors: unknown[] = [];
    for (let it = this.finished.shift(); it !== undefined; it = this.finished.shift()) {
      if (it.outcome?.status === "error") errors.push(it.outcome.error);
    }
    this.members.clear();
    this.readers.wakeAll();
    return errors;
  }
}
