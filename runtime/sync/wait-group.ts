import { Latch } from "../core/latch.ts";
import type { Cancellable, Work } from "../core/types.ts";
import { RunningTask } from "../core/running-task.ts";
import type { Task } from "../task/task.ts";

/**
 * Waits until a number of things are done: `add` before each, `done` after it, `wait` for all. After they are all
 * done it can be used again.
 *
 * - **Cancellation.** A signal ends a `wait`; the work goes on.
 * - **Errors.** `done` without `add` throws. What `go` runs counts as done also when it fails; the error is with its
 *   task.
 * - **Cost.** O(1), and O(waiters) when the last is done.
 *
 * `scope` does the same and also sees to errors and cancellation; prefer it. Counterpart of Go's `sync.WaitGroup`.
 *
 * @example
 * const uploads = new WaitGroup();
 * const sizes: number[] = [];
 * for (const size of [1, 2, 3]) uploads.go(async () => { sizes.push(size); });
 * await uploads.wait();
 * assert.equal(sizes.length, 3);
 */
export class WaitGroup {
  private pending = 0;
  private latch: Latch<void> = new Latch<void>();

  /** How many are not done. */
  get count(): number {
    return this.pending;
  }

  /** Says that so many more have to be done. A RangeError if that makes fewer than none. */
  add(count = 1): void {
    if (!Number.isInteger(count) || this.pending + count < 0) {
      throw new RangeError(`${this.pending} are pending: cannot add ${count}.`);
    }
    this.pending += count;
    if (this.pending !== 0) return;
    const { latch } = this;
    this.latch = new Latch<void>();
    latch.open();
  }

  /** Says that one is done. */
  done(): void {
    this.add(-1);
  }

  /** Ends when all are done, at once if none is pending. */
  wait(options?: Cancellable): Promise<void> {
    const { latch } = this;
    if (this.pending !== 0) return latch.get(options);
    const none = new Latch<void>();
    none.open();
    return none.get(options);
  }

  /** Starts work as one of those to be done. */
  go<T>(work: Work<T>): Task<T> {
    this.add();
    return new RunningTask<T>({}).start(work, () => {
      this.done();
    });
  }
}
