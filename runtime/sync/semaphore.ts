import { checkedCount } from "../core/checked.ts";
import { ClosedError } from "../core/errors.ts";
import { type Guard, Permits } from "../core/permits.ts";
import type { Cancellable } from "../core/types.ts";

/**
 * Lets at most so many permits be out at a time.
 *
 * - **Fair.** Waiters get their permits in the order in which they came. Nobody overtakes, so a request for many
 *   permits is not starved by small ones behind it.
 * - **Cancellation.** Before the grant, an aborted signal rejects the wait with `signal.reason`, takes nothing, and
 *   lets those behind move up. After the grant the signal has no effect: the permits are held.
 * - **Errors.** `acquire` rejects with what `close` was given. A count that is negative or no integer is a RangeError,
 *   and so is a request for more permits than there can ever be.
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

  constructor(permits: number) {
    this.permits = new Permits(checkedCount("permits", permits, 0), undefined);
  }

  /** How many permits could be taken now. */
  get available(): number {
    return this.permits.available;
  }

  /** How many calls of `acquire` are waiting. */
  get waiting(): number {
    return this.permits.size;
  }

  /** Waits for `count` permits, one unless told, and takes them all at once. */
  acquire(count = 1, options?: Cancellable): Promise<Guard> {
    try {
      return this.permits.acquire(this.checked(count), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Takes the permits if they are there and nobody waits. */
  tryAcquire(count = 1): Guard | undefined {
    return this.permits.tryAcquire(this.checked(count));
  }

  /**
   * Runs the function with one permit, which is given back when it returns, throws or rejects. If one is there, the
   * function is called at once.
   */
  runExclusive<T>(work: () => T | PromiseLike<T>, options?: Cancellable): Promise<T> {
    return this.permits.run(work, options);
  }

  /** Raises the number of permits. */
  addPermits(count: number): void {
    this.permits.total += checkedCount("count", count, 0);
    this.permits.put(count);
  }

  /** Lowers the number of permits by up to `count` of those not out at the moment, and tells by how many. */
  forget(count: number): number {
    const { permits } = this;
    const taken = Math.min(checkedCount("count", count, 0), permits.available);
    permits.total -= taken;
    permits.available -= taken;
    return taken;
  }

  /** Rejects everybody who waits or comes later; permits that are out stay valid. */
  close(reason: unknown = new ClosedError("The semaphore is closed.")): void {
    this.permits.close(reason);
  }

  private checked(count: number): number {
    const { total } = this.permits;
    // One may be asked for while there is none yet.
    if (Math.max(1, total) < checkedCount("count", count, 0)) {
      throw new RangeError(`${count} permits can never be acquired: there are ${total}.`);
    }
    return count;
  }
}
