import { startTimer } from "../core/timer.ts";
import { decoded } from "./decoded.ts";
import { workerEntry } from "./entry.generated.ts";
import type { Job, Runner } from "./job.ts";
import { startThread, type Thread } from "./thread.ts";
import { workerError } from "./worker-error.ts";

export interface LaneOwner {
  readonly module: URL;
  readonly resourceLimits: object | undefined;
  readonly idleMs: number;
  readonly inContext: <R>(run: () => R) => R;

  /** All jobs of the lane are settled. */
  onIdle(lane: Lane): void;

  /** The thread has ended, while it ran jobs or not; `rest` are those it had not begun. */
  onGone(lane: Lane, wasBusy: boolean, rest: readonly Job[]): void;
}

// A batch is as large as what a worker does in about a millisecond. Then no task waits noticeably behind another while
// a worker is idle, and small tasks share the cost of a message, which is ten times theirs.
const shortMs = 0.5;
const longMs = 2;
const largest = 1024;

const broken = 2;

/** One thread of a pool. It is given a batch of jobs at a time, and runs them one after the other. */
export class Lane implements Runner {
  /** How many jobs it is to be given at once. */
  quota = 1;
  private jobs: readonly Job[] = [];
  private left = 0;
  private ending: Promise<void> | undefined = undefined;
  private begun: Int32Array | undefined = undefined;
  private idle: (() => void) | undefined = undefined;
  private grace: (() => void) | undefined = undefined;
  private readonly owner: LaneOwner;
  private readonly thread: Thread;

  constructor(owner: LaneOwner) {
    this.owner = owner;
    this.thread = startThread(
      { script: workerEntry },
      { name: "mooring", resourceLimits: owner.resourceLimits },
      {
        onMessage: (message) => {
          // Sound: the entry sends nothing else.
          this.onResults(message as readonly unknown[]);
        },
        onExit: (error, exitCode) => {
          this.onExit(error, exitCode);
        },
      },
    );
    if (typeof SharedArrayBuffer !== "undefined") {
      this.begun = new Int32Array(new SharedArrayBuffer(4));
    }
    this.thread.post({ module: owner.module.href, begun: this.begun });
    this.thread.keepAlive(false);
  }

  get busy(): boolean {
    return this.left !== 0 || this.ending !== undefined;
  }

  /** Runs the jobs; false when they could not be sent together. */
  start(jobs: readonly Job[]): boolean {
    const message: unknown[] = [];
    for (const { call } of jobs) message.push(call.name, call.args, call.mode);
    if (this.begun !== undefined) Atomics.store(this.begun, 0, 0);
    try {
      const transfer = jobs[0]?.call.transfer;
      transfer?.forEach(checkThere);
      this.thread.post(message, transfer);
    } catch (cause) {
      const [only] = jobs;
      if (only === undefined || 1 < jobs.length) return false;
      const text = `The arguments of \`${only.call.name}\` cannot be sent to a worker.`;
      only.fail(new TypeError(text, { cause }));
      return true;
    }
    this.jobs = jobs;
    this.left = jobs.length;
    for (const job of jobs) job.runner = this;
    this.idle?.();
    this.thread.keepAlive(true);
    return true;
  }

  abort(job: Job, reason: unknown): void {
    this.thread.post({ abort: true });
    const { graceMs } = job.call;
    if (graceMs === Infinity) return;
    this.grace = startTimer(graceMs, () => {
      void this.close(reason);
    });
  }

  /** Ends the thread. What it was doing fails with the error. */
  close(error: unknown): Promise<void> {
    return (this.ending ??= this.end(error));
  }

  rest(): void {
    this.thread.keepAlive(false);
    const { idleMs } = this.owner;
    if (idleMs === Infinity) return;
    this.idle = startTimer(idleMs, () => void this.close(undefined), false);
  }

  private async end(error: unknown): Promise<void> {
    const wasBusy = this.left !== 0;
    this.quiet();
    await this.thread.terminate();
    for (const job of this.jobs) job.cut(error);
    this.owner.onGone(this, wasBusy, []);
  }

  private onResults(results: readonly unknown[]): void {
    let healthy = true;
    for (let at = 1; at < results.length; at += 3) {
      // Sound for the same reason.
      const job = this.jobs[results[at] as number];
      const status = results[at + 1];
      healthy &&= status !== broken;
      this.left--;
      if (status === 0) job?.end(results[at + 2]);
      else job?.fail(decoded(results[at + 2]));
    }
    if (this.busy) return;
    this.quiet();
    this.jobs = [];
    this.adapt(Number(results[0]));
    // A module that could not be loaded may be there the next time, but this thread would not look again.
    if (!healthy) void this.close(undefined);
    this.owner.onIdle(this);
  }

  private onExit(error: unknown, exitCode: number | undefined): void {
    this.quiet();
    const { jobs } = this;
    // A thread that dies before it has begun anything would do so again and again, so one job goes with it.
    const begun = this.begun === undefined ? 1 : Math.max(1, Atomics.load(this.begun, 0));
    for (const job of jobs.slice(0, begun)) job.fail(workerError(error, exitCode));
    this.owner.onGone(this, this.left !== 0, jobs.slice(begun));
  }

  private quiet(): void {
    this.grace?.();
    this.idle?.();
  }

  private adapt(elapsed: number): void {
    if (this.begun === undefined) return;
    if (elapsed < shortMs) this.quota = Math.min(largest, this.quota * 2);
    else if (longMs < elapsed) this.quota = Math.max(1, Math.floor(this.quota / elapsed));
  }
}

/** A buffer that was moved away before is no error to every Node: it arrives empty. A view on one is an error. */
function checkThere(moved: object): void {
  if (moved instanceof ArrayBuffer) void new Uint8Array(moved);
}
