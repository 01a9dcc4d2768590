import { refusal } from "../core/signals.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

/**
 * Tells a waiting task that something has happened, without saying what.
 *
 * - **No lost wake-up.** `notifyOne` with nobody waiting is remembered, and ends the next `notified` at once. At most
 *   one is remembered, so a consumer must look at all its work after each wake-up.
 * - **Fair.** The task that has waited longest is woken.
 * - **Cancellation.** Before the wake-up an aborted signal rejects with `signal.reason` and uses up nothing. After it,
 *   the wait ends normally.
 * - **Cost.** O(1); `notifyWaiters` O(waiters).
 *
 * Counterpart of tokio's `Notify`; like asyncio's `Event`, but nobody has to clear it.
 *
 * @example
 * const wakeUp = new Notify();
 * wakeUp.notifyOne();
 * await wakeUp.notified(); // was remembered
 */
export class Notify {
  private readonly waiters = new Waiters<void>("notification");
  private remembered = false;

  /** Ends with the next notification, at once if one is remembered. Rejects with `signal.reason`. */
  notified(options?: Cancellable): Promise<void> {
    const refused = refusal(options);
    if (refused !== undefined) return refused;
    if (!this.remembered) return this.waiters.wait(options?.signal);
    this.remembered = false;
    return Promise.resolve();
  }

  /** Wakes one, or the next one to come. */
  notifyOne(): void {
    if (!this.waiters.wake()) this.remembered = true;
  }

  /** Wakes all who wait now; nothing is remembered. */
  notifyWaiters(): void {
    this.waiters.wakeAll();
  }
}
