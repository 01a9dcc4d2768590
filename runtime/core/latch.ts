import { refusal } from "./signals.ts";
import type { Cancellable } from "./types.ts";
import { Waiters } from "./waiters.ts";

/**
 * A value that arrives once, and those who wait for it.
 *
 * Unlike a promise it can be left again: a reaction on a promise stays in memory until the promise settles, which is
 * how `Promise.race` with a long-lived promise leaks. And a latch is never unhandled: an outcome that nobody asks for
 * is a value like any other.
 */
export class Latch<T> extends Waiters<T> {
  /** What arrived, in a box, since it may be undefined. */
  opened: { readonly value: T } | undefined = undefined;

  constructor() {
    super("outcome");
  }

  /** The first value counts; false for the others. */
  open(value: T): boolean {
    if (this.opened !== undefined) return false;
    this.opened = { value };
    this.wakeAll(value);
    return true;
  }

  get(options?: Cancellable): Promise<T> {
    return (
      refusal(options) ??
      (this.opened === undefined ? this.wait(options?.signal) : Promise.resolve(this.opened.value))
    );
  }
}
