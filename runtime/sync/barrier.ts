import { checkedCount } from "../core/checked.ts";
import { CancelledError } from "../core/errors.ts";
import { refusal } from "../core/signals.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

/**
 * Makes tasks wait until a number of them have come to the same point; then it starts over.
 *
 * - **Order.** All resume in the order in which they came. One of them, the last to come, is the `leader`.
 * - **Cancellation.** Who is cancelled before the barrier opens rejects with `signal.reason` and counts as not having
 *   come, so the others need one more. Afterwards the signal has no effect.
 * - **Errors.** `abort` breaks the barrier for good: who waits or comes later is rejected with its reason. Use it when
 *   one of the group fails, or the others wait for ever.
 *
 * Counterpart of tokio's and std's `Barrier` (`is_leader`) and asyncio's (`abort`).
 * O(1) for each who comes; the last one wakes all.
 *
 * @example
 * const start = new Barrier(2);
 * const [first, second] = await Promise.all([start.wait(), start.wait()]);
 * assert.deepEqual([first.leader, second.leader], [false, true]);
 */
export class Barrier {
  private readonly parties: number;
  private readonly waiters = new Waiters<{ leader: boolean }>("barrier");
  private broken: { readonly reason: unknown } | undefined = undefined;

  constructor(parties: number) {
    this.parties = checkedCount("parties", parties, 1);
  }

  /** Ends when all have come. Rejects with `signal.reason`, or with the reason of `abort`. */
  wait(options?: Cancellable): Promise<{ leader: boolean }> {
    const refused = refusal(options);
    if (refused !== undefined) return refused;
    if (this.broken !== undefined) return Promise.reject(this.broken.reason);
    if (this.waiters.size + 1 < this.parties) return this.waiters.wait(options?.signal);
    this.waiters.wakeAll({ leader: false });
    return Promise.resolve({ leader: true });
  }

  /** Breaks the barrier for good; with a CancelledError unless told. */
  abort(reason: unknown = new CancelledError("The barrier was broken.")): void {
    this.broken ??= { reason };
    this.waiters.rejectAll(this.broken.reason);
  }
}
