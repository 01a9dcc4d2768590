import { reportLate } from "./late.ts";
import { Waiter, Waiters } from "./waiters.ts";

export type Items<T> = Iterable<T> | AsyncIterable<T>;

type Step<T> = IteratorResult<T, unknown>;

const nothing: Step<never> = { done: true, value: undefined };

/** Where items come from, one by one; `stop` ends it also while an item is being waited for. */
export class Puller<T> {
  private readonly iterator: Iterator<T, unknown> | AsyncIterator<T, unknown>;
  private readonly pulls = new Waiters<Step<T>>("item");
  private stopped = false;
  private exhausted = false;

  constructor(items: Items<T>) {
    this.iterator =
      Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  }

  /** The next item: at once from what is there, later from what is asynchronous. */
  next(): Step<T> | Promise<Step<T>> {
    if (this.stopped) return nothing;
    const step = this.iterator.next();
    return "then" in step ? this.pull(step) : this.seen(step);
  }

  /** Ends all `next` that wait, and closes the source. */
  stop(): void {
    this.stopped = true;
    this.pulls.wakeAll(nothing);
  }

  /** Closes a source that was not read to its end; ends when it has cleaned up. */
  async close(): Promise<void> {
    this.stopped = true;
    if (this.exhausted) return;
    this.exhausted = true;
    await this.iterator.return?.();
  }

  private pull(step: Promise<Step<T>>): Promise<Step<T>> {
    return new Promise((resolve, reject) => {
      const waiter = new Waiter<Step<T>>(this.pulls, resolve);
      this.pulls.add(waiter);
      step.then(
        (result) => {
          waiter.leave();
          resolve(this.seen(result));
        },
        (error: unknown) => {
          if (waiter.queue === undefined) reportLate(error);
          waiter.leave();
          this.exhausted = true;
          reject(error);
        },
      );
    });
  }

  private seen(step: Step<T>): Step<T> {
    if (step.done === true) this.exhausted = true;
    return step;
  }
}
