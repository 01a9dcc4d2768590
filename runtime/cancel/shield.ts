import { ChildController } from "../core/child.ts";
import { race } from "../core/race.ts";
import { isAborted, reasonOf } from "../core/signals.ts";
import type { Cancellable } from "../core/types.ts";

/**
 * Waits for work that must not be cut off half-way: the signal ends the wait, and the work goes on.
 *
 * Rejects with `signal.reason` at once when the signal aborts. A failure of the work after that goes to
 * `onLateError`. While it waits, one reaction hangs on the promise, as with any `await`; for something that many wait
 * for and leave again, use a `Task`, whose `join` can be left without a trace.
 *
 * Counterpart of `asyncio.shield`.
 * O(1).
 *
 * @example
 * const controller = new AbortController();
 * let saved = false;
 * const save = Promise.resolve().then(() => { saved = true; });
 * const wait = shield(save, { signal: controller.signal });
 * controller.abort(new Error("left"));
 * await assert.rejects(wait, /left/);
 * await save;
 * assert.equal(saved, true);
 */
export async function shield<T>(work: PromiseLike<T>, options?: Cancellable): Promise<T> {
  const signal = options?.signal;
  const aborted = signal !== undefined && isAborted(signal);
  // The work runs already, so even with a signal that has aborted somebody must hear of its failure.
  const wait = new ChildController(aborted ? undefined : signal);
  const result = race(wait, () => work);
  if (aborted) wait.abort(reasonOf(signal));
  return result;
}
