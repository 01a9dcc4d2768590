import { checkedCount, checkedDelay, checkedLimit } from "../core/checked.ts";
import { Permits } from "../core/permits.ts";
import { throwIfAborted } from "../core/signals.ts";
import { startTimer } from "../core/timer.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";

export interface RateLimiterOptions {
  /** How many in `per` milliseconds. */
  readonly rate: number;
  readonly per: number;

  /** How many at once after a time without any; `rate` unless told, at least 1. */
  readonly burst?: number | undefined;

  /** How many that were started by `run` may run at a time. */
  readonly concurrency?: number | undefined;
}

/**
 * Lets so many through in a span of time: a bucket that fills steadily and holds `burst` tokens.
 *
 * - **The rate is a ceiling.** From any moment on, at most `burst` plus the rate times the time elapsed get through.
 * - **Fair.** First come, first served; nobody overtakes a request for several tokens.
 * - **Cancellation.** Before its turn a cancelled wait takes no token; afterwards the token is spent.
 * - **Clocks.** Time is taken from a clock that does not jump.
 * - **Liveness.** One timer for the first in the queue, none when nobody waits. It keeps the process alive.
 * - **Errors.** A request beyond `burst`, which could never be met, is a RangeError.
 * - **Cost.** O(1) per request in time and memory.
 *
 * Counterpart of Go's `x/time/rate`.
 *
 * @example
 * const requests = new RateLimiter({ rate: 100, per: 1000, burst: 2 });
 * assert.equal(requests.tryAcquire(2), true);
 * assert.equal(requests.tryAcquire(), false);
 * await requests.acquire(); // 10 ms later
 */
export class RateLimiter {
  private readonly perMs: number;
  private readonly burst: number;
  private readonly places: Permits;
  private tokens: number;
  private filled: number = performance.now();
  private cancelTimer: (() => void) | undefined = undefined;
  private readonly waiters: Waiters<void, number> = new Waiters<void, number>("token");

  constructor({
    rate,
    per,
    burst = Math.max(1, rate),
    concurrency = Infinity,
  }: RateLimiterOptions) {
    if (!(0 < rate / per && rate / per < Infinity)) {
      throw new RangeError(`\`rate\` and \`per\` must be above 0, not ${rate} and ${per}.`);
    }
    this.perMs = rate / per;
    this.waiters.left = () => {
      this.pass();
    };
    this.burst = checkedDelay("burst", burst);
    if (this.burst < 1) throw new RangeError(`\`burst\` must be at least 1, not ${burst}.`);
    this.tokens = this.burst;
    this.places = new Permits(checkedLimit("concurrency", concurrency), undefined);
  }

  /** How many wait. */
  get waiting(): number {
    return this.waiters.size;
  }

  /** Waits until `count` may go through, one unless told. */
  async acquire(count = 1, options?: Cancellable): Promise<void> {
    throwIfAborted(options);
    if (this.tryAcquire(count)) return;
    const wait = this.waiters.wait(options?.signal, count);
    this.pass();
    await wait;
  }

  /** Goes through if that is possible now. */
  tryAcquire(count = 1): boolean {
    this.check(count);
    this.fill();
    if (this.waiters.size !== 0 || this.tokens < count) return false;
    this.tokens -= count;
    return true;
  }

  /** Calls the function when rate and `concurrency` allow it. A place is free again when the function has ended. */
  run<T>(work: () => T | PromiseLike<T>, options?: Cancellable): Promise<T> {
    return this.places.run(async () => {
      await this.acquire(1, options);
      return work();
    }, options);
  }

  private check(count: number): void {
    checkedCount("count", count, 1);
    if (this.burst < count) {
      throw new RangeError(`${count} can never go through at once: \`burst\` is ${this.burst}.`);
    }
  }

  private fill(): void {
    const now = performance.now();
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, now - this.filled) * this.perMs);
    this.filled = now;
  }

  /** Lets through whom the tokens allow, and sets the timer for the next. */
  private pass(): void {
    this.cancelTimer?.();
    this.fill();
    for (let waiter = this.waiters.first(); waiter !== undefined; waiter = this.waiters.first()) {
      const count = waiter.detail;
      const missing = count - this.tokens;
      // The clock of timers is coarser than ours: a token that is nearly there counts, and its rest is owed.
      if (1e-6 < missing) {
        this.cancelTimer = startTimer(Math.ceil(missing / this.perMs), () => {
          this.pass();
        });
        return;
      }
      this.tokens -= count;
      this.waiters.grant(waiter);
    }
  }
}
