import { errorKind } from "./errors.ts";
import type { Cancellable } from "./types.ts";

// Every wait takes an AbortSignal, and a program has few signals and many waits. One listener per wait is what makes
// the usual libraries quadratic (Node looks through all listeners of a signal to add or remove one), warn about
// leaks, and hold a megabyte per thousand waits. So each signal that is waited on has one listener, and behind it a
// set of the waits: joining and leaving are O(1), whatever the order.
//
// The listener is removed with its last wait and not later. Keeping it for the next wait would save a microsecond
// where every task has a signal of its own, but a listener pins a signal of `AbortSignal.timeout` or `.any` in memory.

/** Something that happens when a signal aborts. It can follow one signal at a time. */
export interface AbortListener {
  /** Where it is listed while it follows a signal. */
  hub: AbortHub | undefined;

  /** Must not throw: the other waits of the signal come after this one. */
  onAbort(reason: unknown): void;
}

const hubs = new WeakMap<AbortSignal, AbortHub>();

class AbortHub extends Set<AbortListener> {
  readonly signal: AbortSignal;
  // A function, and no object with a `handleEvent`: not every polyfill knows what to do with those.
  readonly fire: () => void;

  constructor(signal: AbortSignal) {
    super();
    this.signal = signal;
    this.fire = () => {
      const reason = reasonOf(signal);
      for (const listener of this) {
        // It stays in the set until the end: to take each out would cost more than to tell it.
        listener.hub = undefined;
        listener.onAbort(reason);
      }
      this.close();
    };
    // mooring-allow unchecked-aborted-signal: whoever makes a hub has looked at the signal, and looks again
    signal.addEventListener("abort", this.fire);
    hubs.set(signal, this);
  }

  close(): void {
    hubs.delete(this.signal);
    this.signal.removeEventListener("abort", this.fire);
  }
}

/** Calls the listener when the signal aborts. The signal must not have aborted yet. O(1). */
export function follow(signal: AbortSignal, listener: AbortListener): void {
  listener.hub = (hubs.get(signal) ?? new AbortHub(signal)).add(listener);
}

/** Calls back when the signal aborts, if there is one. */
export function followed(
  signal: AbortSignal | undefined,
  onAbort: (reason: unknown) => void,
): AbortListener {
  const listener = { hub: undefined, onAbort };
  if (signal !== undefined) follow(signal, listener);
  return listener;
}

/** Leaves the signal alone again; without effect when nothing is followed. O(1). */
export function unfollow(listener: Partial<AbortListener>): void {
  const { hub } = listener;
  if (hub === undefined) return;
  listener.hub = undefined;
  // Sound: only listeners that can be told are listed.
  hub.delete(listener as AbortListener);
  if (hub.size === 0) hub.close();
}

/** Why the signal aborted. Older polyfills of AbortSignal know no reason: then it is an error that passes for ours. */
export function reasonOf(signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  if (reason !== undefined) return reason;
  const kind = "AbortError";
  return Object.assign(new Error("The operation was aborted."), { name: kind, [errorKind]: kind });
}

/** Whether the signal has aborted. An AbortController in its place, a likely slip, would never abort. */
export function isAborted(signal: AbortSignal | null): boolean {
  const aborted = signal?.aborted;
  if (typeof aborted === "boolean") return aborted;
  throw new TypeError("`signal` must be an AbortSignal; pass `controller.signal`.");
}

/** Polyfills of AbortSignal have no method for it. */
export function throwIfAborted(options: Cancellable | undefined): void {
  const signal = options?.signal;
  if (signal !== undefined && isAborted(signal)) throw reasonOf(signal);
}

/** A rejection if the signal of a wait has aborted before it has begun. */
export function refusal(options: Cancellable | undefined): Promise<never> | undefined {
  try {
    throwIfAborted(options);
    return undefined;
  } catch (reason) {
    return Promise.reject(reason);
  }
}
