import { reportLate } from "./late.ts";

export type Items<T> = Iterable<T> | AsyncIterable<T>;

type Step<T> = IteratorResult<T, unknown>;

const nothing: Step<never> = { done: true, value: undefined };

/** Where items come from, one by one; `stop` ends it also while an item is being waited for. */
export class Puller<T> {
  private readonly iterator: Iterator<T, unknown> | AsyncIterator<T, unknown>;

  /** What ends the `next` that wait. */
  private readonly pulls = new Set<() => void>();
  private stopped = false;
  private exhausted = false;

  constructor(items: Items<T>) {
    // Sound: it is looked at first. Not with `in`, which does not take a text.
    const source = items as Partial<Iterable<T> & AsyncIterable<T>> | undefined;
    const iterator = source?.[Symbol.asyncIterator]?.() ?? source?.[Symbol.iterator]?.();
    if (iterator === undefined)
      throw new TypeError("Pass something iterable; await a promise first.");
    this.iterator = iterator;
  }

  /** The next item: at once from what is there, later from what is asynchronous. */
  next(): Step<T> | Promise<Step<T>> {
    if (this.stopped) return nothing;
    const step = this.iterator.next();
    return "then" in step ? this.pull(step) : this.seen(step);
  }

  /** Ends all `next` that wait. */
  stop(): void {
    this.stopped = true;
    for (const end of this.pulls) end();
    this.pulls.clear();
  }

  /** Closes a source that was not read to its end; ends when it has cleaned up. */
  async close(): Promise<void> {
    this.stop();
    if (this.exhausted) return;
    this.exhausted = true;
    await this.iterator.return?.();
  }

  private pull(step: Promise<Step<T>>): Promise<Step<T>> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        resolve(nothing);
      };
      this.pulls.add(end);
      step.then(
        (result) => {
          this.pulls.delete(end);
          resolve(this.seen(result));
        },
        (error: unknown) => {
          if (!this.pulls.delete(end)) reportLate(error);
          this.exhausted = true;
          reject(error);
        },
      );
    });
  }

  private seen(step: Step<T>): Step<T> {
    this.exhausted ||= step.done === true;
    return step;
  }
}
