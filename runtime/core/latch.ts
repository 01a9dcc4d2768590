import { refusal } from "./signals.ts";
import type { Cancellable } from "./types.ts";
import { WaitSet } from "./wait-set.ts";

/**
 * A value that arrives once, and those who wait for it.
 *
 * Unlike a promise it can be left again: a reaction on a promise stays in memory until the promise settles, which is
 * how `Promise.race` with a long-lived promise leaks. And a latch is never unhandled: an outcome that nobody asks for
 * is a value like any other.
 */
export class Latch<T> {
  /** What arrived, in a box, since it may be undefined. */
  opened: { readonly value: T } | undefined = undefined;
  readonly waiters: WaitSet<T>;

  constructor(onLeave?: () => void) {
    this.waiters = new WaitSet<T>("outcome", onLeave);
  }

  /** The first value counts; false for the others. */
  open(value: T): boolean {
    if (this.opened !== undefined) return false;
    this.opened = { value };
    this.waiters.wakeAll(value);
    return true;
  }

  wait(options?: Cancellable): Promise<T> {
    const refused = refusal(options);
    if (refused !== undefined) return refused;
    return this.opened === undefined
      ? this.waiters.wait(options?.signal)
      : Promise.resolve(this.opened.value);
  }
}
