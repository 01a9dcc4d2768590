import { probe } from "../core/probe.ts";
import { AbortListener, follow, reasonOf, unfollow } from "../core/signals.ts";
import { checkedDelay, Timer } from "../core/timer.ts";
import type { Cancellable } from "../core/types.ts";

export interface SleepOptions extends Cancellable {
  /** Whether the process stays alive for it; true unless told. Without effect in browsers. */
  readonly ref?: boolean | undefined;
}

class Sleep extends AbortListener {
  private readonly timer: Timer;
  private readonly reject: (reason: unknown) => void;

  constructor(
    ms: number,
    resolve: () => void,
    reject: (reason: unknown) => void,
    { signal, ref }: SleepOptions,
  ) {
    super();
    this.reject = reject;
    this.timer = new Timer(
      ms,
      () => {
        unfollow(this);
        resolve();
      },
      ref,
    );
    if (signal !== undefined) follow(signal, this);
  }

  onAbort(reason: unknown): void {
    this.timer.cancel();
    this.reject(reason);
  }
}

/**
 * Waits so many milliseconds, and not less.
 *
 * - **Any length.** Negative times count as 0, times beyond the 24.8 days of a timer work, Infinity waits for the
 *   signal alone, and NaN throws a RangeError.
 * - **Cancellation.** An aborted signal rejects with `signal.reason` and clears the timer. Nothing is left behind.
 *
 * Counterpart of `tokio::time::sleep`, `asyncio.sleep` and Node's `timers/promises`.
 * O(1).
 *
 * @example
 * const controller = new AbortController();
 * const nap = sleep(60_000, { signal: controller.signal });
 * controller.abort(new Error("woken"));
 * await assert.rejects(nap, /woken/);
 */
export function sleep(ms: number, options: SleepOptions = {}): Promise<void> {
  const delay = checkedDelay("ms", ms);
  const { signal } = options;
  if (signal?.aborted === true) return Promise.reject(reasonOf(signal));
  const wait = new Promise<void>((resolve, reject) => {
    new Sleep(delay, resolve, reject, options);
  });
  probe.current?.waits("sleep", wait);
  return wait;
}
