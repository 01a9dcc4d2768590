import { checkedCount, checkedDelay, checkedLimit } from "../core/checked.ts";
import { ChildController } from "../core/child.ts";
import { ClosedError } from "../core/errors.ts";
import { reportLate } from "../core/late.ts";
import { isReason } from "../core/is-reason.ts";
import { type Permit, Permits } from "../core/permits.ts";
import { asyncDispose, dispose } from "../core/symbols.ts";
import { startTimer } from "../core/timer.ts";
import type { Cancellable, Work } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

export interface ResourcePoolOptions<R> {
  readonly create: Work<R>;
  readonly destroy?: ((resource: R) => void | PromiseLike<void>) | undefined;

  /** Asked before a resource is given out again; one that is not valid is destroyed and replaced. */
  readonly validate?: ((resource: R) => boolean | PromiseLike<boolean>) | undefined;

  /** How many are kept although nobody uses them; 0 unless told. */
  readonly min?: number | undefined;

  /** How many there are at most. */
  readonly max: number;

  /** Milliseconds after which an unused one is destroyed; never unless told. The process does not stay alive for it. */
  readonly idleMs?: number | undefined;

  /** How many may wait; one more is rejected with a ClosedError. No limit unless told. */
  readonly maxQueue?: number | undefined;
}

/** A resource in use. Disposing gives it back, once. */
export interface Lease<R> extends AsyncDisposable {
  readonly value: R;

  /** Ends the use and destroys the resource, because it is broken. */
  discard(): Promise<void>;
}

interface Idle<R> {
  readonly resource: R;
  cancelTimer: (() => void) | undefined;
}

/**
 * Resources that are costly to make, shared by many: connections, above all.
 *
 * - **Fair.** Who waits longest is served next. Of the unused resources the one used last is taken, so that the others
 *   can grow old and be destroyed.
 * - **Cancellation.** Before the grant, an aborted signal rejects with `signal.reason`. `create` is told; what it makes
 *   all the same is kept for the next. After the grant the signal only reaches the function given to `use`.
 * - **Errors.** When `create` fails, the caller it was made for is rejected and the others go on. An error of
 *   `validate` counts as not valid; errors of `destroy` go to `onLateError`.
 * - **A user that throws** gives its resource back, with `use` or `await using`.
 * - **`drain`** refuses new users, waits for the present ones and destroys everything. So does disposing.
 * - **Cost.** O(1) besides making, checking and destroying.
 *
 * Counterpart of `deadpool` and `bb8`, and of the connection pool in Go's `database/sql`.
 *
 * @example
 * let opened = 0;
 * const pool = new ResourcePool({ create: () => ({ id: ++opened }), max: 2 });
 * await pool.use((connection) => assert.equal(connection.id, 1));
 * await pool.use((connection) => assert.equal(connection.id, 1));
 * await pool.drain();
 */
export class ResourcePool<R> implements AsyncDisposable {
  private readonly options: ResourcePoolOptions<R>;
  private readonly permits: Permits;
  private readonly idleMs: number;
  private readonly unused: Idle<R>[] = [];
  private readonly drainers = new Waiters<void>("drain");
  private closed = false;
  private count = 0;

  constructor(options: ResourcePoolOptions<R>) {
    this.options = options;
    this.permits = new Permits(checkedCount("max", options.max, 1), undefined);
    checkedCount("min", options.min ?? 0, 0);
    checkedLimit("maxQueue", options.maxQueue ?? Infinity, 0);
    this.idleMs = checkedDelay("idleMs", options.idleMs ?? Infinity);
  }

  /** How many resources there are, used, unused or being made. */
  get size(): number {
    return this.count;
  }

  get idle(): number {
    return this.unused.length;
  }

  /** How many calls of `acquire` wait for a resource. */
  get waiting(): number {
    return this.permits.size;
  }

  /**
   * Waits for a resource: one that is unused and valid, or a new one. Rejects as said above, and with a ClosedError after
   * `drain`.
   */
  async acquire(options?: Cancellable): Promise<Lease<R>> {
    const { maxQueue = Infinity } = this.options;
    if (this.permits.available === 0 && maxQueue <= this.waiting) {
      throw new ClosedError(
        `Already ${this.waiting} wait for the pool, as many as \`maxQueue\` allows.`,
      );
    }
    const permit = await this.permits.acquire(1, options);
    try {
      return new Loan(await this.valid(options?.signal), this, permit);
    } catch (error) {
      this.free(permit);
      throw error;
    }
  }

  /** Calls the function with a resource, which is given back when it returns, throws or rejects. */
  async use<T>(
    work: (resource: R, signal: AbortSignal) => T | PromiseLike<T>,
    options?: Cancellable,
  ): Promise<T> {
    const lease = await this.acquire(options);
    const signal = new ChildController(options?.signal);
    try {
      return await signal.call(work, lease.value);
    } finally {
      signal.detach();
      await lease[asyncDispose]();
    }
  }

  /** Rejects who waits, waits for who uses, and destroys everything. */
  async drain(): Promise<void> {
    this.closed = true;
    this.permits.close(new ClosedError("The pool is closed."));
    while (this.permits.available < this.options.max) await this.drainers.wait();
    await Promise.all(this.unused.splice(0).map((idle) => this.retire(idle)));
  }

  [asyncDispose](): Promise<void> {
    return this.drain();
  }

  /** @internal The end of a loan. */
  async giveBack(resource: R, permit: Permit, broken: boolean): Promise<void> {
    try {
      if (broken || this.closed) await this.destroy(resource);
      else this.keep(resource);
    } finally {
      this.free(permit);
    }
  }

  private free(permit: Permit): void {
    permit[dispose]();
    this.drainers.wakeAll();
  }

  /** An unused resource that is still good, or a new one. */
  private async valid(signal: AbortSignal | undefined): Promise<R> {
    for (let idle = this.unused.pop(); idle !== undefined; idle = this.unused.pop()) {
      idle.cancelTimer?.();
      // mooring-allow uncancellable-loop: there are at most `max` of them, and none may be left half looked at
      if (await this.isValid(idle.resource)) return idle.resource;
      await this.destroy(idle.resource);
    }
    this.count++;
    const child = new ChildController(signal);
    try {
      const resource = await child.call(this.options.create);
      if (!child.aborted) return resource;
      this.keep(resource);
    } catch (error) {
      this.count--;
      throw child.aborted && isReason(error, child.reason) ? child.reason : error;
    } finally {
      child.detach();
    }
    throw child.reason;
  }

  private async isValid(resource: R): Promise<boolean> {
    try {
      return (await this.options.validate?.(resource)) ?? true;
    } catch {
      // A check that fails says the same as one that says no.
      return false;
    }
  }

  private keep(resource: R): void {
    const idle: Idle<R> = { resource, cancelTimer: undefined };
    this.unused.push(idle);
    if (this.idleMs === Infinity) return;
    const grownOld = (): void => {
      if (this.count <= (this.options.min ?? 0)) return;
      this.unused.splice(this.unused.indexOf(idle), 1);
      void this.retire(idle);
    };
    idle.cancelTimer = startTimer(this.idleMs, grownOld, false);
  }

  private retire({ resource, cancelTimer }: Idle<R>): Promise<void> {
    cancelTimer?.();
    return this.destroy(resource);
  }

  private async destroy(resource: R): Promise<void> {
    this.count--;
    try {
      await this.options.destroy?.(resource);
    } catch (error) {
      reportLate(error);
    }
  }
}

class Loan<R> implements Lease<R> {
  readonly value: R;
  private readonly pool: ResourcePool<R>;
  private readonly permit: Permit;
  private end: Promise<void> | undefined = undefined;

  constructor(value: R, pool: ResourcePool<R>, permit: Permit) {
    this.value = value;
    this.pool = pool;
    this.permit = permit;
  }

  discard(): Promise<void> {
    return (this.end ??= this.pool.giveBack(this.value, this.permit, true));
  }

  [asyncDispose](): Promise<void> {
    return (this.end ??= this.pool.giveBack(this.value, this.permit, false));
  }
}
