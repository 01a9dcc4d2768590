// Timers of the platform hold 31 bits of milliseconds; Node fires at once when told to wait longer.
export const longestDelay = 2 ** 31 - 1;

/** Calls back once after so many milliseconds, however many; not after `cancel`. */
export class Timer {
  private handle: ReturnType<typeof setTimeout> | undefined = undefined;
  private readonly fire: () => void;
  private readonly ref: boolean;

  /** With `ref: false` the process may end without waiting for the timer, where the platform knows that. */
  constructor(delay: number, fire: () => void, ref = true) {
    this.fire = fire;
    this.ref = ref;
    this.arm(delay);
  }

  cancel(): void {
    clearTimeout(this.handle);
  }

  private arm(delay: number): void {
    this.handle =
      delay <= longestDelay
        ? setTimeout(this.fire, delay)
        : setTimeout(() => {
            this.arm(delay - longestDelay);
          }, longestDelay);
    if (!this.ref) unref(this.handle);
  }
}

function unref(handle: unknown): void {
  if (typeof handle === "object" && handle !== null && "unref" in handle) {
    const { unref: release } = handle;
    if (typeof release === "function") release.call(handle);
  }
}

/** A time in milliseconds: what is negative counts as nothing, Infinity as never, and NaN is a mistake. */
export function checkedDelay(what: string, ms: number): number {
  if (typeof ms === "number" && ms === ms) return Math.max(0, ms);
  throw new RangeError(`${what} must be a number of milliseconds, not ${ms}.`);
}
