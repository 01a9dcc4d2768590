import type { ChildController } from "./child.ts";
import { CancelledError } from "./errors.ts";
import { isReason } from "./is-reason.ts";
import { reportLate } from "./late.ts";
import { mustTurn, turn } from "./pace.ts";
import { checkedCount } from "./permits.ts";
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
export async function runLimited<T, R>(plan: Plan<T, R>): Promise<void> {
  const { items, controller } = plan;
  if (plan.limit !== Infinity) checkedCount("limit", plan.limit, 1);
  if (controller.aborted) throw controller.reason;
  const run = Array.isArray(items) ? new ArrayRun(plan, items) : new SourceRun(plan, items);
  controller.onAborted = () => {
    run.stop();
  };
  run.grow();
  // While the first loops run, others may be added behind them.
  for (let index = 0; index < run.loops.length; index++) await run.loops[index];
  await run.close();
  controller.detach();
  if (run.failure !== undefined) throw run.failure.error;
  if (controller.aborted) throw controller.reason;
}

abstract class LimitedRun<T, R> {
  readonly loops: Promise<void>[] = [];
  failure: { readonly error: unknown } | undefined = undefined;
  protected over = false;
  protected started = 0;
  protected readonly plan: Plan<T, R>;

  constructor(plan: Plan<T, R>) {
    this.plan = plan;
  }

  /** Starts loops as far as there are places and items. */
  abstract grow(): void;

  stop(): void {
    this.over = true;
  }

  async close(): Promise<void> {}

  protected fail(error: unknown): void {
    const { controller } = this.plan;
    if (this.failure !== undefined) {
      if (!isReason(error, controller.reason)) (this.plan.onFurther ?? reportLate)(error);
      return;
    }
    // What only echoes an abort from outside is no failure of its own.
    if (controller.aborted && isReason(error, controller.reason)) return;
    this.failure = { error };
    this.over = true;
    controller.abort(new CancelledError("Other work of the group failed.", { cause: error }));
  }

  /** Told of an error of the work. */
  protected failed(error: unknown, index: number): void {
    if (this.plan.onError === undefined) this.fail(error);
    else this.plan.onError(error, index);
  }
}

class ArrayRun<T, R> extends LimitedRun<T, R> {
  private readonly items: readonly T[];

  constructor(plan: Plan<T, R>, items: readonly T[]) {
    super(plan);
    this.items = items;
  }

  grow(): void {
    const most = Math.min(this.plan.limit, this.items.length);
    while (this.loops.length < most && !this.over) this.loops.push(this.loop());
  }

  private async loop(): Promise<void> {
    const { items } = this;
    const { work, onValue } = this.plan;
    while (!this.over && this.started < items.length) {
      const index = this.started++;
      try {
        // Sound: the index is below the length.
        onValue(await work(items[index] as T, index), index);
      } catch (error) {
        this.failed(error, index);
      }
      if (mustTurn()) await turn();
    }
  }
}

class SourceRun<T, R> extends LimitedRun<T, R> {
  private readonly source: Puller<T>;
  private pulling = 0;

  constructor(plan: Plan<T, R>, items: Items<T>) {
    super(plan);
    this.source = new Puller(items);
  }

  /** While a loop waits for an item, a further loop would only wait behind it. */
  grow(): void {
    while (this.loops.length < this.plan.limit && this.pulling === 0 && !this.over) {
      this.loops.push(this.loop());
    }
  }

  override stop(): void {
    super.stop();
    this.source.stop();
  }

  override async close(): Promise<void> {
    try {
      await this.source.close();
    } catch (error) {
      this.fail(error);
    }
  }

  private async loop(): Promise<void> {
    const { source } = this;
    const { work, onValue } = this.plan;
    while (!this.over) {
      let item: T;
      let waited = false;
      this.pulling++;
      try {
        const pulled = source.next();
        waited = "then" in pulled;
        const step = "then" in pulled ? await pulled : pulled;
        if (step.done === true) {
          this.over = true;
          return;
        }
        item = step.value;
      } catch (error) {
        this.fail(error);
        return;
      } finally {
        this.pulling--;
      }
      const index = this.started++;
      if (waited) this.grow();
      try {
        onValue(await work(item, index), index);
      } catch (error) {
        this.failed(error, index);
      }
      if (mustTurn()) await turn();
    }
  }
}
