import { checkedLimit } from "./checked.ts";
import type { ChildController } from "./child.ts";
import { CancelledError } from "./errors.ts";
import { isReason } from "./is-reason.ts";
import { reportLate } from "./late.ts";
import { mustTurn, turn } from "./pace.ts";
import { type Items, Puller } from "./pull.ts";

export interface Plan<T, R> {
  readonly items: Items<T>;
  readonly limit: number;

  /** Aborts when the run is to end early; not to be used for anything else. */
  readonly controller: ChildController;
  readonly work: (item: T, index: number) => R | PromiseLike<R>;
  readonly onValue: (value: R, index: number) => void;

  /** Told of each error. Without it the first error ends the run. */
  readonly onError?: ((error: unknown, index: number) => void) | undefined;

  /** Told of the errors after the one that ended the run; without it they are reported as late. */
  readonly onFurther?: ((error: unknown) => void) | undefined;
}

/**
 * Does work for each item, at most so many at a time, in the order of the items.
 *
 * Whatever happens, it ends after all work that it has started. After an abort or the first error nothing new starts,
 * what runs is told, and the source is closed; then it rejects with the error or, without one, with the reason.
 *
 * There is one loop per place, and not one promise per item that waits for a place: what has not started costs nothing.
 */
export async function runLimited<T, R>({
  items,
  limit,
  controller,
  work,
  onValue,
  onError,
  onFurther = reportLate,
}: Plan<T, R>): Promise<void> {
  checkedLimit("limit", limit);
  if (controller.aborted) throw controller.reason;
  const source = new Puller(items);
  // An array needs nobody to be asked.
  const array: readonly T[] | undefined = Array.isArray(items) ? items : undefined;
  const loops: Promise<void>[] = [];
  let failure: { readonly error: unknown } | undefined;
  let started = 0;
  let pulling = 0;
  let over = false;

  const fail = (error: unknown): void => {
    // What only echoes an abort is no failure of its own.
    if (controller.aborted && isReason(error, controller.reason)) return;
    if (failure !== undefined) {
      onFurther(error);
      return;
    }
    failure = { error };
    over = true;
    controller.abort(new CancelledError("Other work of the group failed.", { cause: error }));
  };

  const loop = async (): Promise<void> => {
    while (!over) {
      let item: T;
      if (array !== undefined) {
        over = array.length <= started;
        if (over) return;
        // Sound: the index is below the length.
        item = array[started] as T;
      } else {
        try {
          let step = source.next();
          if ("then" in step) {
            pulling++;
            step = await step.finally(() => pulling--);
            if (step.done !== true) grow();
          }
          over ||= step.done === true;
          if (step.done === true) return;
          item = step.value;
        } catch (error) {
          fail(error);
          return;
        }
      }
      const index = started++;
      try {
        onValue(await work(item, index), index);
      } catch (error) {
        (onError ?? fail)(error, index);
      }
      if (mustTurn()) await turn();
    }
  };

  /** Starts loops as far as there are places. While one waits for an item, a further one would only wait behind it. */
  const grow = (): void => {
    while (loops.length < limit && pulling === 0 && !over) loops.push(loop());
  };

  controller.onAborted = () => {
    over = true;
    source.stop();
  };
  grow();
  // While the first loops run, others may be added behind them.
  for (let index = 0; index < loops.length; index++) await loops[index];
  try {
    await source.close();
  } catch (error) {
    fail(error);
  }
  controller.detach();
  if (failure !== undefined) throw failure.error;
  if (controller.aborted) throw controller.reason;
}
