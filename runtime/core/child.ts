import { checkedWork } from "./checked.ts";
import { CancelledError } from "./errors.ts";
import { type AbortListener, follow, isAborted, reasonOf, unfollow } from "./signals.ts";
import type { Work } from "./types.ts";

/**
 * A cancellation of one's own below a parent's: it aborts with the parent, and alone when told to.
 *
 * Its AbortSignal is made when somebody looks at it, because that is what costs: 2.2 of the 2.9 microseconds that a
 * small call with a time limit takes. Most work ends well and never looks.
 */
export class ChildController implements AbortListener {
  hub: AbortListener["hub"] = undefined;
  aborted = false;
  reason: unknown = undefined;

  /** Called once, after the signal has aborted. */
  onAborted: ((reason: unknown) => void) | undefined = undefined;
  private controller: AbortController | undefined = undefined;

  constructor(parent?: AbortSignal) {
    if (parent === undefined) return;
    if (isAborted(parent)) this.abort(reasonOf(parent));
    else follow(parent, this);
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.aborted) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  /** Whether anybody has seen the signal: what has not cannot be told to stop. */
  get told(): boolean {
    return this.controller !== undefined;
  }

  /** The first reason counts. */
  abort(reason: unknown = new CancelledError()): void {
    if (this.aborted) return;
    this.detach();
    this.aborted = true;
    this.reason = reason;
    this.controller?.abort(reason);
    this.onAborted?.(reason);
  }

  onAbort(reason: unknown): void {
    this.abort(reason);
  }

  /** Leaves the parent; what is below lives on. */
  detach(): void {
    unfollow(this);
  }

  /** Calls the work and then exactly one of the two, later; a synchronous throw counts as a rejection. */
  start<T>(work: Work<T>, onValue: (value: T) => void, onError: (error: unknown) => void): void {
    let result: Promise<T>;
    try {
      result = Promise.resolve(this.call(work));
    } catch (error) {
      result = Promise.reject(error);
    }
    // No `await`: under the testing kit that would be a point where others come between the end and the news of it.
    void result.then(onValue, onError);
  }

  /** Calls the work with the arguments and, if it declares a parameter more, the signal. */
  call<A extends readonly unknown[], R>(work: (...args: [...A, AbortSignal]) => R, ...args: A): R {
    return checkedWork(work).length <= args.length
      ? // Sound: a function that declares no further parameter does not read it.
        (work as unknown as (...args: A) => R)(...args)
      : work(...args, this.signal);
  }
}
