import type { Guard } from "../core/permits.ts";
import type { Cancellable } from "../core/types.ts";
import { Shared } from "./place.ts";
import { SharedGuard } from "./shared-guard.ts";
import { type Trial, Word } from "./word.ts";

// The states of the word. "Contended" means that somebody may sleep, so that a release without waiters costs nothing.
const free = 0;
const locked = 1;
const contended = 2;

/**
 * A lock between threads.
 *
 * - **Not fair between threads.** A release wakes the threads that sleep, and the fastest takes the lock, which may also
 *   be one that has just come. No thread sleeps on while the lock is free. Calls of `lock` at one handle are served in
 *   their order. Rust's lock makes no promise either.
 * - **Cancellation.** Before the grant, an aborted signal rejects with `signal.reason` and takes nothing. After the
 *   grant the signal has no effect: the lock is held.
 * - **Who throws** while holding it releases it with `using` or `finally`; there is no poisoning.
 * - **A thread that dies** while holding it never releases it, and everybody else waits for ever: JavaScript cannot
 *   tell. Pass a signal (`AbortSignal.timeout`), and give all threads a new mutex when a worker has died.
 * - **Not reentrant.** `lockSync` while this handle holds the lock throws a TypeError, since it could never return;
 *   `lock` then waits until the guard is released. `lockSync` blocks the thread; main threads of browsers throw.
 * - **The guard belongs to its thread**, releases once, and `release` works detached. `lock` keeps the process alive.
 * - **One word.** A free lock costs one atomic operation; a release wakes up to one sleeper per handle.
 *
 * Counterpart of `std::sync::Mutex` and Go's `sync.Mutex`, for memory that you share yourself.
 * O(1), besides waking.
 *
 * @example
 * const mutex = new SharedMutex();
 * const guard = await mutex.lock();
 * assert.equal(new SharedMutex(mutex.buffer).tryLock(), undefined);
 * guard.release();
 * assert.equal(mutex.lockSync().held, true);
 */
export class SharedMutex extends Shared {
  private readonly state: Word;
  private mine = false;

  constructor(buffer?: SharedArrayBuffer, index = 0) {
    super(buffer, index, 1);
    this.state = new Word(this.words, this.index);
  }

  /** Waits for the lock. Rejects with `signal.reason`, and then holds nothing. */
  async lock(options?: Cancellable): Promise<Guard> {
    await this.relock(options?.signal);
    return new SharedGuard(this);
  }

  /** The same. Blocks the thread meanwhile; main threads of browsers throw. */
  lockSync(): Guard {
    this.relockSync();
    return new SharedGuard(this);
  }

  /** Takes the lock if it is free. */
  tryLock(): Guard | undefined {
    if (!this.state.replace(free, locked)) return undefined;
    this.mine = true;
    return new SharedGuard(this);
  }

  /** Runs the function with the lock held, which is released when it returns, throws or rejects. */
  async runExclusive<T>(work: () => T | PromiseLike<T>, options?: Cancellable): Promise<T> {
    const guard = await this.lock(options);
    try {
      return await work();
    } finally {
      guard.release();
    }
  }

  /** @internal */
  async relock(signal?: AbortSignal): Promise<void> {
    await this.state.until(this.attempt(), signal);
  }

  /** @internal */
  relockSync(): void {
    if (this.mine)
      throw new TypeError("This thread holds the lock already and would wait for itself.");
    this.state.untilSync(this.attempt());
  }

  /** @internal */
  unlock(): void {
    this.mine = false;
    if (this.state.swap(free) === contended) this.state.notify();
  }

  /** Whoever has slept cannot know whether others still do, and takes the lock as contended. */
  private attempt(): Trial {
    let slept = false;
    return () => {
      const taken =
        (!slept && this.state.replace(free, locked)) || this.state.swap(contended) === free;
      slept = true;
      if (!taken) return contended;
      this.mine = true;
      return undefined;
    };
  }
}
