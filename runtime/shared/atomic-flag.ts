import { checkedDelay } from "../core/checked.ts";
import type { Cancellable } from "../core/types.ts";
import { Shared } from "./place.ts";
import { type Trial, Word } from "./word.ts";

/**
 * A flag that threads share and can wait for.
 *
 * - **`set` wakes everybody** who waits, in all threads. What a thread wrote to shared memory before it set the flag is
 *   seen by who finds it set (release and acquire).
 * - **A flag that is set and cleared at once may be missed** by who waits: they wait for the state, not for the event.
 * - **Cancellation.** An aborted signal rejects `wait` with `signal.reason`, unless the flag was seen set before.
 * - **Threads that die** leave the flag as it is. `wait` keeps the process alive.
 * - **One word**, unset at first. Every operation O(1), besides waking.
 *
 * Counterpart of Rust's `AtomicBool` with `atomic-wait`, and of `threading.Event`.
 *
 * @example
 * const ready = new AtomicFlag();
 * const waiting = ready.wait();
 * assert.equal(new AtomicFlag(ready.buffer).set(), true);
 * await waiting;
 * assert.equal(ready.set(), false);
 */
export class AtomicFlag extends Shared {
  private readonly flag: Word;
  private readonly isSet: Trial = () => (this.get() ? undefined : 0);

  constructor(buffer?: SharedArrayBuffer, index = 0) {
    super(buffer, index, 1);
    this.flag = new Word(this.words, this.index);
  }

  /** Whether it is set. */
  get(): boolean {
    return this.flag.load() !== 0;
  }

  /** Sets the flag; true if it was not set before. Of several threads that try, one is told true. */
  set(): boolean {
    if (this.flag.swap(1) !== 0) return false;
    this.flag.notify();
    return true;
  }

  /** Clears it; who waits for it goes on waiting. */
  clear(): void {
    this.flag.swap(0);
  }

  /** Waits until the flag is set. */
  wait(options?: Cancellable): Promise<void> {
    return this.flag.until(this.isSet, options?.signal);
  }

  /** Blocks the thread until the flag is set; false when the time has passed first. Main threads of browsers throw. */
  waitSync(timeoutMs = Infinity): boolean {
    return this.flag.untilSync(this.isSet, checkedDelay("timeoutMs", timeoutMs));
  }
}
