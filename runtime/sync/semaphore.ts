import { checkedCount, closedError, type Guard, Permits } from "../core/permits.ts";
import type { Cancellable } from "../core/types.ts";

/**
 * Lets at most so many permits be out at a time.
 *
 * - **Fair.** Waiters get their permits in the order in which they came. Nobody overtakes, so a request for many
 *   permits is not starved by small ones behind it.
 * - **Cancellation.** Before the grant, an aborted signal rejects the wait with `signal.reason`, takes nothing, and
 *   lets those behind move up. After the grant the signal has no effect: the permits are held.
 * - **Errors.** `acquire` rejects with what `close` was given. A count that is negative or no integer throws a
 *   RangeError at the call, and so does a request for more permits than there can ever be.
 * - **Cost.** Every operation O(1), a cancelled wait too.
 *
 * Counterpart of tokio's `Semaphore` (its guards are always "owned" ones), asyncio's `BoundedSemaphore` and Go's
 * `semaphore.Weighted`.
 *
 * @example
 * const connections = new Semaphore(2);
 * const first = await connections.acquire();
 * const second = await connections.acquire();
 * assert.equal(connections.tryAcquire(), undefined);
 * first.release();
 * second.release();
 * assert.equal(connections.available, 2);
 */
export class Semaphore {
  private readonly permits: Permits;
  private total: number;

  constructor(permits: number) {
    this.permits = new Permits(checkedCount("permits", permits, 0));
    this.total = permits;
  }

  /** How many permits could be taken now. */
  get available(): number {
    return this.permits.available;
  }

  /** How many calls of `acquire` are waiting. */
  get waiting(): number {
    return this.permits.waiters.size;
  }

  /** Waits for `count` permits, one unless told, and takes them all at once. */
  acquire(count = 1, options?: Cancellable): Promise<Guard> {
    if (count !== 1) this.check(count);
    return this.permits.acquire(count, options?.signal);
  }

  /** Takes the permits if they are there and nobody waits. */
  tryAcquire(count = 1): Guard | undefined {
    if (count !== 1) this.check(count);
    return this.permits.tryAcquire(count);
  }

  /** Runs the function with one permit, which is given back when it returns, throws or rejects. */
  async runExclusive<T>(work: () => T | PromiseLike<T>, options?: Cancellable): Promise<T> {
    const guard = await this.acquire(1, options);
    try {
      return await work();
    } finally {
      guard.release();
    }
  }

  /** Raises the number of permits. */
  addPermits(count: number): void {
    this.total += checkedCount("count", count, 0);
    this.permits.put(count);
  }

  /** Lowers the number of permits by up to `count` of those not out at the moment, and tells by how many. */
  forget(count: number): number {
    const taken = Math.min(checkedCount("count", count, 0), this.permits.available);
    this.total -= taken;
    this.permits.available -= taken;
    return taken;
  }

  /** Rejects everybody who waits or comes later; permits that are out stay valid. */
  close(reason: unknown = closedError("semaphore")): void {
    this.permits.close(reason);
  }

  private check(count: number): void {
    checkedCount("count", count, 0);
    if (this.total < count) {
      throw new RangeError(`${count} permits can never be acquired: there are ${this.total}.`);
    }
  }
}
