import { checkedDelay, checkedLimit } from "./checked.ts";
import { RunningTask } from "./running-task.ts";
import type { ChildController } from "./child.ts";
import { CancelledError, ClosedError } from "./errors.ts";
import { reportLate } from "./late.ts";
import { Queue } from "./queue.ts";
import { TimeLimit } from "./time-limit.ts";
import { startTimer } from "./timer.ts";
import type { Cancellable, Work } from "./types.ts";
import { Waiters } from "./waiters.ts";
import type { Outcome } from "../outcome.ts";

export interface ScopeOptions extends Cancellable {
  /**
   * `cancel-siblings`: the first error aborts the others, and is what comes out; further errors go to `onLateError`.
   * `collect`: the others go on, and what comes out at the end is an AggregateError, also of a single error.
   */
  readonly onError?: "cancel-siblings" | "collect" | undefined;

  /** Milliseconds after which everything is aborted with a TimeoutError. */
  readonly timeout?: number | undefined;

  /** How many milliseconds after an abort to wait for tasks that do not end; for ever unless told. */
  readonly graceMs?: number | undefined;
}

/** Tasks that belong together: what a scope and a task group have in common. */
export class Nursery {
  readonly controller: ChildController;
  closed = false;
  private readonly tasks = new Set<Pick<RunningTask<unknown>, "abort" | "detach">>();
  private readonly queue = new Queue<() => void>();
  private readonly limit: number;
  private running = 0;
  private readonly settling = new Waiters<void>("tasks");
  private cancelGrace: (() => void) | undefined = undefined;

  constructor(options: ScopeOptions & { readonly limit?: number | undefined }) {
    const { limit = Infinity, graceMs = Infinity, timeout = Infinity } = options;
    this.limit = checkedLimit("limit", limit);
    const grace = checkedDelay("graceMs", graceMs);
    this.controller = new TimeLimit("timeout", timeout, options);
    this.controller.onAborted = (reason) => {
      for (const task of this.tasks) task.abort(reason);
      if (0 < this.tasks.size && grace !== Infinity) {
        this.cancelGrace = startTimer(grace, () => {
          this.settling.wakeAll();
        });
      }
    };
  }

  spawn<T>(work: Work<T>, onEnd: (outcome: Outcome<T>) => void, name?: string): RunningTask<T> {
    this.mustBeOpen();
    const task = new RunningTask<T>({ name });
    const { controller } = task;
    this.tasks.add(task);
    const start = (hasPlace: boolean): void => {
      // mooring-allow floating-promise: a task holds its own rejection until somebody waits for it
      task.start(work, (outcome) => {
        this.tasks.delete(task);
        onEnd(outcome);
        if (hasPlace) this.passPlace();
        if (this.tasks.size === 0) this.settling.wakeAll();
      });
    };
    if (this.controller.aborted) task.abort(this.controller.reason);
    if (controller.aborted) start(false);
    else if (this.running < this.limit) {
      this.running++;
      start(true);
    } else {
      // A task that is aborted before its turn ends at once, and leaves a place that it is given later.
      controller.onAborted = () => {
        start(false);
      };
      // By way of a promise, so that the work sees the async context of who spawned it, and not of who made room.
      void new Promise<void>((resolve) => {
        this.queue.push(resolve);
      }).then(() => {
        if (controller.aborted) this.passPlace();
        else {
          controller.onAborted = undefined;
          start(true);
        }
      });
    }
    return task;
  }

  mustBeOpen(): void {
    if (this.closed) throw new ClosedError("The group has ended; no task can be started in it.");
  }

  /** Aborts the others because of an error. */
  fail(error: unknown): void {
    this.controller.abort(
      new CancelledError("Another task of the group failed.", { cause: error }),
    );
  }

  /** Ends when no task runs, or when the grace after an abort is over. */
  async settled(options?: Cancellable): Promise<void> {
    if (0 < this.tasks.size) await this.settling.wait(options?.signal);
  }

  /** Nothing can be started any more. */
  close(): void {
    this.closed = true;
    this.controller.detach();
    this.cancelGrace?.();
    // Those that did not end in time have nobody to tell of their errors.
    for (const task of this.tasks) task.detach();
  }

  /** The place of a task that has ended goes to the next as it is. */
  private passPlace(): void {
    const next = this.queue.shift();
    if (next === undefined) this.running--;
    else next();
  }
}

/**
 * Throws at the end of a group, if anything failed. The error of a task that another one awaits counts once; of texts and
 * the like nobody can tell whether they are the same one.
 */
export function throwAny(errors: readonly unknown[], options: ScopeOptions): void {
  if (errors.length === 0) return;
  const seen = new Set<unknown>();
  const [first, ...further] = errors.filter((error) => {
    const again = seen.has(error) && Object(error) === error;
    seen.add(error);
    return !again;
  });
  if (options.onError === "collect") {
    throw new AggregateError([first, ...further], "Tasks of the group failed.", { cause: first });
  }
  for (const error of further) reportLate(error);
  throw first;
}
