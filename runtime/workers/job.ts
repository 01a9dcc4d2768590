import { isReason } from "../core/is-reason.ts";
import { reportLate } from "../core/late.ts";
import { Queue } from "../core/queue.ts";
import { type AbortListener, unfollow } from "../core/signals.ts";

export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];

  /** The bits of `entry.ts`: 1 for a signal after the arguments, 2 for one call per argument. */
  readonly mode: number;
  readonly transfer: readonly object[] | undefined;

  /** How long an abort waits before it ends the thread. */
  readonly graceMs: number;
}

/** Where a job runs. */
export interface Runner {
  /** Tells the job to stop. */
  abort(job: Job, reason: unknown): void;
}

/** A task of a pool, from the call of `run` until its promise settles. */
export class Job implements AbortListener {
  hub: AbortListener["hub"] = undefined;
  readonly call: Call;

  /** Sent to a worker in a message of its own: what can be aborted or moved, and what could not be sent with others. */
  alone: boolean;
  runner: Runner | undefined = undefined;
  settled = false;
  private aborted: { readonly reason: unknown } | undefined = undefined;
  private readonly resolve: (value: unknown) => void;
  private readonly reject: (error: unknown) => void;
  private readonly onDrop: () => void;

  constructor(
    call: Call,
    alone: boolean,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
    onDrop: () => void,
  ) {
    this.call = call;
    this.alone = alone;
    this.resolve = resolve;
    this.reject = reject;
    this.onDrop = onDrop;
  }

  onAbort(reason: unknown): void {
    this.aborted = { reason };
    if (this.runner !== undefined) {
      this.runner.abort(this, reason);
      return;
    }
    this.settled = true;
    this.reject(reason);
    this.onDrop();
  }

  end(value: unknown): void {
    if (this.aborted === undefined) this.settle(this.resolve, value);
    else this.settle(this.reject, this.aborted.reason);
  }

  fail(error: unknown): void {
    if (this.aborted === undefined) {
      this.settle(this.reject, error);
      return;
    }
    if (!isReason(error, this.aborted.reason)) reportLate(error);
    this.settle(this.reject, this.aborted.reason);
  }

  /** Its thread is ended on purpose. */
  cut(error: unknown): void {
    this.settle(this.reject, this.aborted === undefined ? error : this.aborted.reason);
  }

  private settle(how: (value: unknown) => void, value: unknown): void {
    if (this.settled) return;
    this.settled = true;
    unfollow(this);
    how(value);
  }
}

/** A queue of those that were not cancelled; takes all off the given one. */
export function unsettled(jobs: Queue<Job>): Queue<Job> {
  const rest = new Queue<Job>();
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    if (!job.settled) rest.push(job);
  }
  return rest;
}
