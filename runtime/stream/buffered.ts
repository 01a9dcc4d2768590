import { ChildController } from "../core/child.ts";
import { isReason } from "../core/is-reason.ts";
import { reportLate } from "../core/late.ts";
import { mustTurn, turn } from "../core/pace.ts";
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
  private readonly ordered: boolean;

  /** In the order in which they are read: with order they are here from the start of the work on, else from its end. */
  private readonly results = new Ring<Result<R>>();
  private readonly changes = new Waiters<void>("item");
  private running = 0;
  private unread = 0;
  private pulling = false;
  private exhausted = false;

  constructor(
    source: Items<T>,
    limit: number,
    work: (item: T, signal: AbortSignal) => R | PromiseLike<R>,
    { ordered = true, signal }: BufferedOptions,
  ) {
    this.limit = checkedCount("limit", limit, 1);
    this.work = work;
    this.ordered = ordered;
    this.controller = new ChildController(signal);
    if (this.controller.aborted) throw this.controller.reason;
    this.puller = new Puller(source);
    this.controller.onAborted = () => {
      this.puller.stop();
      this.changes.wakeAll();
    };
  }

  /** The outcome to read next, if it is there. */
  take(): Outcome<R> | undefined {
    const outcome = this.results.first()?.outcome;
    if (this.controller.aborted) throw this.controller.reason;
    if (outcome === undefined) return undefined;
    this.results.take();
    this.unread--;
    return outcome;
  }

  /** Starts work as far as there are places and items. */
  fill(): void {
    while (!this.pulling && !this.exhausted && this.running + this.unread < this.limit) {
      try {
        const pulled = this.puller.next();
        if ("then" in pulled) void this.startLater(pulled);
        else this.begin(pulled);
      } catch (error) {
        this.break(error);
      }
    }
  }

  /** Ends when there may be an outcome; false when there will be none any more. */
  async wait(): Promise<boolean> {
    if (this.exhausted && this.running + this.unread === 0 && !this.pulling) return false;
    if (this.results.first()?.outcome === undefined) await this.changes.wait();
    return true;
  }

  /** Stops everything, and ends when nothing runs any more. */
  async end(): Promise<void> {
    this.exhausted = true;
    this.controller.abort();
    while (0 < this.running) await this.changes.wait();
    for (let it = this.results.shift(); it !== undefined; it = this.results.shift()) {
      const late = it.outcome?.status === "error" ? it.outcome.error : this.controller.reason;
      if (!isReason(late, this.controller.reason)) reportLate(late);
    }
    await this.puller.close();
  }

  private async startLater(pulled: Promise<IteratorResult<T, unknown>>): Promise<void> {
    this.pulling = true;
    try {
      this.begin(await pulled);
    } catch (error) {
      this.break(error);
    }
    this.pulling = false;
    // Asked for before that: whether it is the end is known only now.
    this.changes.wakeAll();
    if (!this.controller.aborted) this.fill();
  }

  private begin(step: IteratorResult<T, unknown>): void {
    if (step.done === true) this.exhausted = true;
    else void this.start(step.value);
  }

  /** The source has failed: in its place there is an error to read. */
  private break(error: unknown): void {
    this.exhausted = true;
    this.results.push({ outcome: { status: "error", error } });
    this.unread++;
  }

  private async start(item: T): Promise<void> {
    const result: Result<R> = { outcome: undefined };
    if (this.ordered) this.results.push(result);
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
    this.unread++;
    if (!this.ordered) this.results.push(result);
    this.changes.wakeAll();
  }
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
 * O(1) for each item, O(limit) memory.
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
  options: BufferedOptions = {},
): AsyncGenerator<R, void, void> {
  const ahead = new Ahead(source, limit, work, options);
  try {
    do {
      ahead.fill();
      for (let it = ahead.take(); it !== undefined; it = ahead.take()) {
        ahead.fill();
        yield unwrap(it);
        if (mustTurn()) await turn();
      }
    } while (await ahead.wait());
  } finally {
    await ahead.end();
  }
}
