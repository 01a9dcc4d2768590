import { ChildController } from "../core/child.ts";
import { isReason } from "../core/is-reason.ts";
import { reportLate } from "../core/late.ts";
import { checkedCount } from "../core/permits.ts";
import { type Items, Puller } from "../core/pull.ts";
import { Ring } from "../core/ring.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";
import { type Outcome, unwrap } from "../outcome.ts";

export interface BufferedOptions extends Cancellable {
  /** Whether results come in the order of the items, as they do unless told; otherwise as they are ready. */
  readonly ordered?: boolean | undefined;
}

interface Result<R> {
  outcome: Outcome<R> | undefined;
}

/** The work that runs ahead of the reader. */
class Ahead<T, R> {
  readonly controller: ChildController;
  private readonly puller: Puller<T>;
  private readonly limit: number;
  private readonly work: (item: T, signal: AbortSignal) => R | PromiseLike<R>;

  /** What is worked on or waits to be read, in the order of the items, and in that of being ready. */
  private readonly started = new Set<Result<R>>();
  private readonly finished = new Ring<Result<R>>();
  private readonly changes = new Waiters<void>("item");
  private running = 0;
  private pulling = false;
  private exhausted = false;

  constructor(
    source: Items<T>,
    limit: number,
    work: (item: T, signal: AbortSignal) => R | PromiseLike<R>,
    signal: AbortSignal | undefined,
  ) {
    this.limit = checkedCount("limit", limit, 1);
    this.work = work;
    this.controller = new ChildController(signal);
    if (this.controller.aborted) throw this.controller.reason;
    this.puller = new Puller(source);
    this.controller.onAborted = () => {
      this.puller.stop();
      this.changes.wakeAll();
    };
  }

  /** The outcome to read next; undefined at the end. */
  async next(ordered: boolean): Promise<Outcome<R> | undefined> {
    for (;;) {
      const result = ordered ? oldestOf(this.started) : this.finished.shift();
      if (this.controller.aborted) throw this.controller.reason;
      if (result?.outcome !== undefined) {
        this.started.delete(result);
        return result.outcome;
      }
      void this.pull();
      if (this.exhausted && this.started.size === 0) return undefined;
      if (!this.canRead(ordered)) await this.changes.wait();
    }
  }

  /** Stops everything, and ends when nothing runs any more. */
  async end(): Promise<void> {
    this.controller.abort();
    while (0 < this.running) await this.changes.wait();
    for (const { outcome } of this.started) {
      const late = outcome?.status === "error" ? outcome.error : this.controller.reason;
      if (!isReason(late, this.controller.reason)) reportLate(late);
    }
    await this.puller.close();
  }

  private canRead(ordered: boolean): boolean {
    return ordered ? oldestOf(this.started)?.outcome !== undefined : 0 < this.finished.length;
  }

  /** Starts work as far as there are places and items. */
  private async pull(): Promise<void> {
    if (this.pulling) return;
    this.pulling = true;
    try {
      while (!this.exhausted && !this.controller.aborted && this.started.size < this.limit) {
        const pulled = this.puller.next();
        const step = "then" in pulled ? await pulled : pulled;
        if (step.done === true) this.exhausted = true;
        else void this.start(step.value);
      }
    } catch (error) {
      this.exhausted = true;
      const result: Result<R> = { outcome: { status: "error", error } };
      this.started.add(result);
      this.finished.push(result);
    }
    this.pulling = false;
    this.changes.wakeAll();
  }

  private async start(item: T): Promise<void> {
    const result: Result<R> = { outcome: undefined };
    this.started.add(result);
    this.running++;
    try {
      // Sound: what declares one parameter does not read a second.
      const work = this.work as (item: T, signal?: AbortSignal) => R | PromiseLike<R>;
      const value = await (work.length < 2 ? work(item) : work(item, this.controller.signal));
      result.outcome = { status: "ok", value };
    } catch (error) {
      result.outcome = { status: "error", error };
    }
    this.running--;
    this.finished.push(result);
    this.changes.wakeAll();
  }
}

function oldestOf<R>(results: ReadonlySet<Result<R>>): Result<R> | undefined {
  for (const oldest of results) return oldest;
  return undefined;
}

/**
 * Maps a stream by work of which up to `limit` run ahead of the reader.
 *
 * - **Backpressure.** At most `limit` items are worked on or wait to be read; the source is read no faster.
 * - **Errors.** With order, the results before the failed item come first, then this throws its error. What runs is
 *   told by its signal and waited for, and the source is closed.
 * - **`break`** does the same and throws nothing. Errors that come then go to `onLateError`.
 * - **Cancellation.** An aborted signal makes the next read throw `signal.reason`, after the same clean-up.
 *
 * Counterpart of `StreamExt::buffered` and `buffer_unordered`.
 *
 * @example
 * const sizes: number[] = [];
 * for await (const size of buffered(["a", "bb", "ccc"], 2, async (word) => word.length)) sizes.push(size);
 * assert.deepEqual(sizes, [1, 2, 3]);
 */
export async function* buffered<T, R>(
  source: Items<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => R | PromiseLike<R>,
  { ordered = true, signal }: BufferedOptions = {},
): AsyncGenerator<R, void, void> {
  const ahead = new Ahead(source, limit, work, signal);
  try {
    for (;;) {
      const outcome = await ahead.next(ordered);
      if (outcome === undefined) return;
      yield unwrap(outcome);
    }
  } finally {
    await ahead.end();
  }
}
