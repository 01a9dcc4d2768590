import type { Cancellable } from "../core/types.ts";
import { Shared } from "./place.ts";
import { type Trial, Word } from "./word.ts";

const fresh = 0;
const running = 1;
const done = 2;

/**
 * Does something once over all threads; who comes meanwhile waits until it is done.
 *
 * - **Exactly one call runs its function** and returns true. All others return false, and see what it wrote to shared
 *   memory.
 * - **A function that throws** counts as not run: its caller gets the error, and one of those who wait tries next.
 * - **Cancellation** of `run` while another runs it rejects with `signal.reason`; one's own function is not told.
 * - **A thread that dies** while it runs the function keeps the others waiting for ever.
 * - **Reentrant calls** wait for themselves.
 * - **One word.** O(1) besides the function.
 *
 * Counterpart of `std::sync::Once` and Go's `sync.Once`.
 *
 * @example
 * const setUp = new SharedOnce();
 * assert.equal(setUp.runSync(() => {}), true);
 * assert.equal(await new SharedOnce(setUp.buffer).run(() => {}), false);
 */
export class SharedOnce extends Shared {
  private readonly state: Word;

  constructor(buffer?: SharedArrayBuffer, index = 0) {
    super(buffer, index, 1);
    this.state = new Word(this.words, this.index);
  }

  /** Whether it is done. */
  get done(): boolean {
    return this.state.load() === done;
  }

  /** Runs the work if it is not done; true if it was this call that did it. Rejects with its error, or with `signal.reason`. */
  async run(work: () => void | PromiseLike<void>, options?: Cancellable): Promise<boolean> {
    await this.state.until(this.attempt, options?.signal);
    if (this.done) return false;
    let state = fresh;
    try {
      await work();
      state = done;
    } finally {
      this.end(state);
    }
    return true;
  }

  /** Blocks the thread while another runs it; main threads of browsers throw then. */
  runSync(work: () => void): boolean {
    this.state.untilSync(this.attempt);
    if (this.done) return false;
    let state = fresh;
    try {
      work();
      state = done;
    } finally {
      this.end(state);
    }
    return true;
  }

  /** Succeeds when it is done, or when it is this caller's to do. */
  private readonly attempt: Trial = () =>
    this.state.replace(fresh, running) || this.done ? undefined : running;

  private end(state: number): void {
    this.state.swap(state);
    this.state.notify();
  }
}
