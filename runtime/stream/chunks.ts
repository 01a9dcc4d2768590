import { type Items, Puller } from "../core/pull.ts";
import { checkedCount } from "../core/permits.ts";
import { checkedDelay, Timer } from "../core/timer.ts";
import { Waiters } from "../core/waiters.ts";

/**
 * Gathers the items of a stream into arrays of `size`; the last may be shorter. With `maxWait`, an array is also given
 * out so many milliseconds after its first item came, however short it is.
 *
 * - **Errors.** Items gathered before an error come first, then it throws. `break` closes the source.
 * - **Cost.** O(1) per item. The timer runs only while a begun array waits.
 *
 * Counterpart of `ready_chunks` and tokio-stream's `chunks_timeout`.
 *
 * @example
 * const rows: number[][] = [];
 * for await (const row of chunks([1, 2, 3], 2)) rows.push(row);
 * assert.deepEqual(rows, [[1, 2], [3]]);
 */
export async function* chunks<T>(
  source: Items<T>,
  size: number,
  options: { readonly maxWait?: number | undefined } = {},
): AsyncGenerator<T[], void, void> {
  checkedCount("size", size, 1);
  const gathering = new Gathering(
    source,
    size,
    checkedDelay("maxWait", options.maxWait ?? Infinity),
  );
  try {
    for (;;) {
      const chunk = await gathering.next();
      if (chunk.length === 0) return;
      yield chunk;
    }
  } finally {
    await gathering.close();
  }
}

class Gathering<T> {
  private readonly puller: Puller<T>;
  private readonly size: number;
  private readonly maxWait: number;
  private chunk: T[] = [];
  private timer: Timer | undefined = undefined;
  private due = false;
  private over = false;
  private pulling = false;
  private failure: { readonly error: unknown } | undefined = undefined;
  private readonly changes = new Waiters<void>("item");

  constructor(source: Items<T>, size: number, maxWait: number) {
    this.puller = new Puller(source);
    this.size = size;
    this.maxWait = maxWait;
  }

  /** The next items; none at the end. */
  async next(): Promise<T[]> {
    this.due = false;
    while (!this.over && !this.due && this.chunk.length < this.size) {
      void this.pull();
      await this.changes.wait();
    }
    this.timer?.cancel();
    this.timer = undefined;
    const { chunk, failure } = this;
    this.chunk = [];
    if (chunk.length === 0 && failure !== undefined) throw failure.error;
    return chunk;
  }

  async close(): Promise<void> {
    this.timer?.cancel();
    this.puller.stop();
    await this.puller.close();
  }

  /** Asks for one item. A reader that goes away with a short chunk leaves the question open for the next. */
  private async pull(): Promise<void> {
    if (this.pulling) return;
    this.pulling = true;
    try {
      const step = await this.puller.next();
      if (step.done === true) this.over = true;
      else this.add(step.value);
    } catch (error) {
      this.failure = { error };
      this.over = true;
    }
    this.pulling = false;
    this.changes.wakeAll();
  }

  private add(item: T): void {
    this.chunk.push(item);
    if (this.maxWait === Infinity || this.timer !== undefined) return;
    this.timer = new Timer(this.maxWait, () => {
      this.due = true;
      this.changes.wakeAll();
    });
  }
}
