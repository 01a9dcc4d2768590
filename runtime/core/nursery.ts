import { RunningTask } from "./running-task.ts";
import type { ChildController } from "./child.ts";
import { CancelledError, ClosedError } from "./errors.ts";
import { reportLate } from "./late.ts";
import { Ring } from "./ring.ts";
import { TimeLimit } from "./time-limit.ts";
import { checkedDelay, Timer } from "./timer.ts";
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
  private readonly queue = new Ring<() => void>();
  private readonly limit: number;
  private readonly grace: number;
  private running = 0;
  private readonly settling = new Waiters<void>("tasks");
  private graceTimer: Timer | undefined = undefined;

  constructor(options: ScopeOptions & { readonly limit?: number | undefined }) {
    this.limit = options.limit ?? Infinity;
    this.grace = checkedDelay("graceMs", options.graceMs ?? Infinity);
    this.controller = new TimeLimit(checkedDelay("timeout", options.timeout ?? Infinity), options);
    this.controller.onAborted = (reason) => {
      for (const task of this.tasks) task.abort(reason);
      if (0 < this.tasks.size && this.grace !== Infinity) {
        this.graceTimer = new Timer(this.grace, () => {
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
    const start = (onLeave: () => void): void => {
      // mooring-allow floating-promise: a task holds its own rejection until somebody waits for it
      task.start(work, (outcome) => {
        this.tasks.delete(task);
        onEnd(outcome);
        onLeave();
      });
    };
    if (this.controller.aborted) task.abort(this.controller.reason);
    if (controller.aborted) start(this.end);
    else if (this.running < this.limit) {
      this.running++;
      start(this.leave);
    } else {
      // A task that is aborted before its turn ends at once, and leaves a place that it is given later.
      controller.onAborted = () => {
        start(this.end);
      };
      // By way of a promise, so that the work sees the async context of who spawned it, and not of who made room.
      void new Promise<void>((resolve) => {
        this.queue.push(resolve);
      }).then(() => {
        if (controller.aborted) this.leave();
        else {
          controller.onAborted = undefined;
          start(this.leave);
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
    this.graceTimer?.cancel();
    // Those that did not end in time have nobody to tell of their errors.
    for (const task of this.tasks) task.detach();
  }

  /** A task has ended and left its place, which goes to the next as it is. */
  private readonly leave = (): void => {
    const next = this.queue.shift();
    if (next === undefined) this.running--;
    else next();
    this.end();
  };

  private readonly end = (): void => {
    if (this.tasks.size === 0) this.settling.wakeAll();
  };
}

/** What to throw at the end of a group; undefined if nothing failed. */
export class Failures {
  private readonly errors: unknown[] = [];
  private readonly collect: boolean;

  constructor(options: ScopeOptions) {
    this.collect = options.onError === "collect";
  }

  get any(): boolean {
    return 0 < this.errors.length;
  }

  add(error: unknown): void {
    if (this.any && !this.collect) reportLate(error);
    else this.errors.push(error);
  }

  throwAny(): void {
    if (!this.any) return;
    const [first] = this.errors;
    if (!this.collect) throw first;
    throw new AggregateError(this.errors, "Tasks of the group failed.", { cause: first });
  }
}
