import { checkedCount } from "../core/checked.ts";
import { throwIfAborted } from "../core/signals.ts";
import type { Cancellable } from "../core/types.ts";
import { Shared } from "./place.ts";
import { Word } from "./word.ts";

// The word holds how many have come, and above that the number of the round, so that one step changes both.
const countMask = 0xfff;

/**
 * Makes threads wait until a number of them have come to the same point; then it starts over.
 *
 * - **One of them**, the last to come, is the `leader`. All threads have to give the same number of parties, from 1 to
 *   4,095; another throws a RangeError.
 * - **Memory.** What any of them wrote to shared memory before is seen by all of them after.
 * - **Cancellation.** Who is cancelled before the barrier opens rejects with `signal.reason` and counts as not having
 *   come. If it has opened, `wait` resolves.
 * - **A thread that dies** before it comes keeps the others waiting for ever; one that dies while it waits counts.
 * - **One word.** O(1), besides waking.
 *
 * Counterpart of `std::sync::Barrier` and Python's `threading.Barrier`.
 *
 * @example
 * const start = new SharedBarrier(2);
 * const first = start.wait();
 * assert.deepEqual(new SharedBarrier(2, start.buffer).waitSync(), { leader: true });
 * assert.deepEqual(await first, { leader: false });
 */
export class SharedBarrier extends Shared {
  private readonly parties: number;
  private readonly state: Word;

  constructor(parties: number, buffer?: SharedArrayBuffer, index = 0) {
    super(buffer, index, 1);
    this.parties = checkedCount("parties", parties, 1);
    if (countMask < parties) {
      throw new RangeError(`parties must be at most ${countMask}, not ${parties}.`);
    }
    this.state = new Word(this.words, this.index);
  }

  /** Ends when all have come. Rejects with `signal.reason`. */
  async wait(options?: Cancellable): Promise<{ leader: boolean }> {
    const signal = options?.signal;
    throwIfAborted(options);
    const round = this.arrive();
    if (round === undefined) return { leader: true };
    try {
      await this.state.until(() => this.closed(round), signal);
    } catch (error) {
      if (this.leave(round)) throw error;
    }
    return { leader: false };
  }

  /** The same. Blocks the thread meanwhile; main threads of browsers throw. */
  waitSync(): { leader: boolean } {
    const round = this.arrive();
    if (round === undefined) return { leader: true };
    this.state.untilSync(() => this.closed(round));
    return { leader: false };
  }

  /** The round that is waited in, or undefined for the last to come, who has opened the barrier. */
  private arrive(): number | undefined {
    for (;;) {
      const state = this.state.load();
      const round = state & ~countMask;
      const last = (state & countMask) + 1 === this.parties;
      if (!this.state.replace(state, last ? (round + countMask + 1) | 0 : state + 1)) continue;
      if (!last) return round;
      this.state.notify();
      return undefined;
    }
  }

  private closed(round: number): number | undefined {
    const state = this.state.load();
    return (state & ~countMask) === round ? state : undefined;
  }

  /** Takes the arrival back; false when the barrier has opened meanwhile. */
  private leave(round: number): boolean {
    for (;;) {
      const state = this.closed(round);
      if (state === undefined) return false;
      if (this.state.replace(state, state - 1)) return true;
    }
  }
}
