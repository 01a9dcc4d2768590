import { CancelledError } from "./errors.ts";

// Every wait takes an AbortSignal, and a program has few signals and many waits. One listener per wait is what makes
// the usual libraries quadratic (Node looks through all listeners of a signal to add or remove one), warn about
// leaks, and hold a megabyte per thousand waits. So each signal that is waited on has one listener, and the waits
// form a linked list behind it: joining and leaving are O(1), whatever the order.
//
// The listener is removed with its last wait and not later. Keeping it for the next wait would save a microsecond
// where every task has a signal of its own, but a listener pins a signal of `AbortSignal.timeout` or `.any` in memory.

/** Something that happens when a signal aborts. It can follow one signal at a time. */
export abstract class AbortListener {
  /** @internal */ hub: AbortHub | undefined = undefined;
  /** @internal */ before: AbortListener | undefined = undefined;
  /** @internal */ after: AbortListener | undefined = undefined;

  /** Must not throw: the other waits of the signal come after this one. */
  abstract onAbort(reason: unknown): void;
}

const hubs = new WeakMap<AbortSignal, AbortHub>();

class AbortHub {
  readonly signal: AbortSignal;
  first: AbortListener | undefined = undefined;
  last: AbortListener | undefined = undefined;
  readonly fire: () => void;
  private fired: { readonly reason: unknown } | undefined = undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.fire = () => {
      const { reason } = (this.fired = { reason: reasonOf(signal) });
      // A listener may take others off the list while it runs, so the head is read anew each time.
      for (let listener = this.first; listener !== undefined; listener = this.first) {
        unfollow(listener);
        listener.onAbort(reason);
      }
    };
    if (typeof signal.addEventListener !== "function") {
      throw new TypeError("`signal` must be an AbortSignal; pass `controller.signal`.");
    }
    // mooring-allow unchecked-aborted-signal: whoever makes a hub has looked at the signal, and looks again
    signal.addEventListener("abort", this.fire);
    hubs.set(signal, this);
  }

  /**
   * The reason in a box, as soon as the signal has aborted: maybe before its listeners are told. Looking at the signal
   * itself costs tens of nanoseconds, so that is done until it aborts and not for each of those it ends.
   */
  get aborted(): { readonly reason: unknown } | undefined {
    if (this.fired === undefined && this.signal.aborted) {
      this.fired = { reason: reasonOf(this.signal) };
    }
    return this.fired;
  }
}

/** Calls the listener when the signal aborts. The signal must not have aborted yet. O(1). */
export function follow(signal: AbortSignal, listener: AbortListener): void {
  const hub = hubs.get(signal) ?? new AbortHub(signal);
  const { last } = hub;
  listener.hub = hub;
  listener.before = last;
  if (last === undefined) hub.first = listener;
  else last.after = listener;
  hub.last = listener;
}

/** Leaves the signal alone again; without effect when nothing is followed. O(1). */
export function unfollow(listener: AbortListener): void {
  const { hub, before, after } = listener;
  if (hub === undefined) return;
  listener.hub = listener.before = listener.after = undefined;
  if (before === undefined) hub.first = after;
  else before.after = after;
  if (after === undefined) hub.last = before;
  else after.before = before;
  if (hub.first === undefined) {
    hubs.delete(hub.signal);
    hub.signal.removeEventListener("abort", hub.fire);
  }
}

/** Why the signal aborted. Older polyfills of AbortSignal know no reason. */
export function reasonOf(signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  return reason === undefined ? new CancelledError() : reason;
}
