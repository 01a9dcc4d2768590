import { checkedCount, checkedDelay, checkedLimit } from "../core/checked.ts";
import { ClosedError } from "../core/errors.ts";
import { Queue } from "../core/queue.ts";
import { follow, refusal } from "../core/signals.ts";
import { asyncDispose } from "../core/symbols.ts";
import type { Cancellable } from "../core/types.ts";
import { Waiters } from "../core/waiters.ts";
import { mapLimit } from "../limit/map-limit.ts";
import { type Call, Job, unsettled } from "./job.ts";
import { Lane, type LaneOwner } from "./lane.ts";
import { contextHere, cores, moduleUrl } from "./thread.ts";
import { workerError } from "./worker-error.ts";

export { WorkerError } from "./worker-error.ts";

export interface WorkerPoolOptions {
  /** How many threads there are at most; as many as the processor has cores, unless told. */
  readonly size?: number | undefined;

  /** How many tasks may wait for a thread; one more is rejected with a ClosedError. No limit unless told. */
  readonly maxQueue?: number | undefined;

  /** Milliseconds after which a thread without work is ended; never unless told. */
  readonly idleMs?: number | undefined;

  /** Of Node: how much memory a thread may take. */
  readonly resourceLimits?: object | undefined;

  /** `false` sends each task in a message of its own. */
  readonly batch?: boolean | undefined;
}

export interface RunOptions extends Cancellable {
  /** What of the arguments is moved to the thread and not copied. */
  readonly transfer?: readonly object[] | undefined;

  /** What an abort does to a task that runs: tell it, which is the default, or end its thread at once. */
  readonly onAbort?: "cooperative" | "terminate" | undefined;

  /** Milliseconds after which the thread of a task that was told, and goes on, is ended; never unless told. */
  readonly graceMs?: number | undefined;
}

export interface MapOptions extends Omit<RunOptions, "transfer"> {
  /** How many items are sent at once; unless told, so many that each thread is sent about eight times. */
  readonly chunk?: number | "auto" | undefined;
}

/** The names of a module's functions. */
export type FunctionsOf<M> = {
  [K in keyof M]: M[K] extends (...args: never[]) => unknown ? K : never;
}[keyof M] &
  string;

/** What a function takes. A signal at the end comes from the pool. */
export type ArgsOf<F> = F extends (...args: infer A) => unknown
  ? A extends [...infer Rest, signal: AbortSignal]
    ? A | Rest
    : A
  : never;

export type ResultOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;
type ItemOf<F> = F extends (item: infer T, ...more: never[]) => unknown ? T : never;

const signalBit = 1;
const itemsBit = 2;
const largestChunk = 1024;

/**
 * Threads that run the functions of a module. `M` is the type of the module: `WorkerPool<typeof import("./work.ts")>`.
 *
 * - **Order.** Tasks start in the order of `run`. A thread runs one at a time, an asynchronous one to its end. Short
 *   tasks are sent in batches of about a millisecond, so that each costs a microsecond or two; `batch: false` does not.
 * - **Cancellation.** Before its start, an aborted signal rejects the task with `signal.reason`, and it never runs. Later
 *   its function, which is given a signal after its arguments if `run` was, is told; the task rejects with the reason
 *   when the function has ended. `onAbort: "terminate"` and `graceMs` end the thread instead, and nothing else of the
 *   pool is affected. A function that never yields cannot hear of an abort.
 * - **A function that throws** rejects its task with an error of the same name, message, stack, causes and fields.
 * - **A thread that dies** rejects the tasks it has begun and not told the result of, with a WorkerError: the one it died
 *   of, and, when it was out of memory, short ones of the same batch. All others run in another thread.
 * - **Errors.** Arguments or results that cannot be copied reject their task with a TypeError whose `cause` says what is
 *   wrong, and a module that cannot be loaded rejects each task with why; the pool stays usable.
 * - **Liveness.** Threads start when needed and keep the process alive while they work, not while they are idle.
 * - **Cost.** O(1) for each task, besides copying.
 *
 * Counterpart of `rayon`, tokio's `spawn_blocking` and Python's `ProcessPoolExecutor`.
 *
 * @example
 * const module = "data:text/javascript,export const double = (x) => x * 2";
 * const pool = new WorkerPool<{ double(x: number): number }>(module, { size: 2 });
 * assert.equal(await pool.run("double", [21]), 42);
 * assert.deepEqual(await pool.map("double", [1, 2, 3]), [2, 4, 6]);
 * assert.equal(await pool.mapReduce("double", (a, b) => a + b, [1, 2, 3], 0), 12);
 * await pool.drain();
 */
export class WorkerPool<M extends object> implements AsyncDisposable {
  private readonly size: number;
  private readonly maxQueue: number;
  private readonly batch: boolean;
  private readonly owner: LaneOwner;
  private readonly lanes = new Set<Lane>();
  private queue = new Queue<Job>();
  private readonly drainers = new Waiters<void>("drain");
  private readonly onDrop: () => void = () => {
    this.queued--;
    // Those that were cancelled are dropped once they are more than half of the queue.
    if (32 + (this.queued << 1) < this.queue.length) this.queue = unsettled(this.queue);
    this.dispatch();
  };
  private queued = 0;
  private running = 0;
  private closed = false;
  private scheduled = false;

  constructor(module: URL | string, options: WorkerPoolOptions = {}) {
    const { size = cores(), maxQueue = Infinity, idleMs = Infinity, batch = true } = options;
    this.size = checkedCount("size", size, 1);
    this.maxQueue = checkedLimit("maxQueue", maxQueue, 0);
    this.batch = batch;
    this.owner = {
      module: moduleUrl(module),
      resourceLimits: options.resourceLimits,
      idleMs: checkedDelay("idleMs", idleMs),
      inContext: contextHere(),
      onIdle: (lane) => {
        this.running--;
        this.dispatch();
        // Who is told of the result may have more to do, and to say twice what keeps the process alive costs more.
        queueMicrotask(() => {
          if (!lane.busy && this.queued === 0) lane.rest();
        });
      },
      onGone: (lane, wasBusy, rest) => {
        if (wasBusy) this.running--;
        this.lanes.delete(lane);
        for (const job of rest) this.enqueue(job);
        this.dispatch();
      },
    };
  }

  /** How many tasks wait for a thread. */
  get waiting(): number {
    return this.queued;
  }

  /** How many threads there are. */
  get threads(): number {
    return this.lanes.size;
  }

  /** Calls a function of the module in a thread. */
  run<K extends FunctionsOf<M>>(
    name: K,
    args: ArgsOf<M[K]>,
    options?: RunOptions,
  ): Promise<ResultOf<M[K]>> {
    // Sound as far as the module is what the caller says that it is.
    return this.submit(name, args, signalMode(options), options) as Promise<ResultOf<M[K]>>;
  }

  /**
   * Calls a function for each item, in all threads. Results are in the order of the items. The first error rejects it
   * when the chunks that run have ended, and no other is started. Items are taken as threads become free.
   */
  async map<K extends FunctionsOf<M>>(
    name: K,
    items: Iterable<ItemOf<M[K]>>,
    options: MapOptions = {},
  ): Promise<ResultOf<M[K]>[]> {
    const values: ResultOf<M[K]>[][] = [];
    await this.eachChunk(name, items, options, (results, index) => {
      values[index] = results;
    });
    return values.flat();
  }

  /** Calls a function for each item, and combines the results on the calling thread, in the order of the items. */
  async mapReduce<K extends FunctionsOf<M>, R>(
    name: K,
    combine: (sum: R, value: ResultOf<M[K]>) => R,
    items: Iterable<ItemOf<M[K]>>,
    initial: R,
    options: MapOptions = {},
  ): Promise<R> {
    let sum = initial;
    let next = 0;
    const early = new Map<number, ResultOf<M[K]>[]>();
    await this.eachChunk(name, items, options, (results, index) => {
      early.set(index, results);
      for (let ready = early.get(next); ready !== undefined; ready = early.get(next)) {
        for (const value of ready) sum = combine(sum, value);
        early.delete(next++);
      }
    });
    return sum;
  }

  /** Refuses further tasks, waits for those there are, and ends the threads. */
  async drain(): Promise<void> {
    this.closed = true;
    // oxlint-disable-next-line no-await-in-loop -- there may be more by then
    while (this.queued !== 0 || this.running !== 0) await this.drainers.wait();
    await this[asyncDispose]();
  }

  /** Rejects all tasks with a ClosedError and ends the threads, whatever they do. */
  async [asyncDispose](): Promise<void> {
    this.closed = true;
    const error = new ClosedError("The worker pool is closed.");
    for (let job = this.next(); job !== undefined; job = this.next()) job.cut(error);
    await Promise.all([...this.lanes].map((lane) => lane.close(error)));
  }

  private submit(
    name: string,
    args: readonly unknown[],
    mode: number,
    { signal, transfer, onAbort, graceMs }: RunOptions = {},
  ): Promise<unknown> {
    const refused = refusal({ signal });
    if (refused !== undefined) return refused;
    if (this.closed) return Promise.reject(new ClosedError("The worker pool is closed."));
    const room = this.size - this.running + this.maxQueue;
    // The chunks of `map` bound themselves.
    if ((mode & itemsBit) === 0 && room <= this.queued) {
      const text = `Already ${this.queued} tasks wait, as many as \`maxQueue\` allows.`;
      return Promise.reject(new ClosedError(text));
    }
    return new Promise((resolve, reject) => {
      const grace = checkedDelay("graceMs", graceMs ?? (onAbort === "terminate" ? 0 : Infinity));
      const call: Call = { name, args, mode, transfer, graceMs: grace };
      const alone = !this.batch || signal !== undefined || mode !== 0 || transfer !== undefined;
      const job = new Job(call, alone, resolve, reject, this.onDrop);
      if (signal !== undefined) follow(signal, job);
      this.enqueue(job);
    });
  }

  private async eachChunk<K extends FunctionsOf<M>>(
    name: K,
    items: Iterable<unknown>,
    options: MapOptions,
    onChunk: (results: ResultOf<M[K]>[], index: number) => void,
  ): Promise<void> {
    const chunk = options.chunk ?? "auto";
    const length = Array.isArray(items) ? items.length : this.size * 512;
    const fair = Math.min(largestChunk, Math.max(1, Math.ceil(length / (this.size * 8))));
    const mode = itemsBit | signalMode(options);
    const size = chunk === "auto" ? fair : checkedCount("chunk", chunk, 1);
    // Two for each thread, so that it never waits for the next.
    await mapLimit(
      chunksOf(items, size),
      this.size * 2,
      async (part, index, signal) => {
        const results = await this.submit(name, part, mode, { ...options, signal });
        // Sound: for a call over items, the entry sends an array.
        onChunk(results as ResultOf<M[K]>[], index);
      },
      { signal: options.signal },
    );
  }

  private enqueue(job: Job): void {
    job.runner = undefined;
    this.queue.push(job);
    this.queued++;
    if (this.scheduled) return;
    this.scheduled = true;
    // Tasks of the same turn can go together.
    queueMicrotask(() => {
      this.scheduled = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    while (this.queued !== 0) {
      try {
        const lane = this.freeLane();
        if (lane === undefined) break;
        this.feed(lane);
      } catch (error) {
        // The platform starts no thread.
        this.next()?.fail(workerError(error, undefined));
      }
    }
    if (this.queued === 0 && this.running === 0) this.drainers.wakeAll();
  }

  private freeLane(): Lane | undefined {
    for (const lane of this.lanes) if (!lane.busy) return lane;
    if (this.size <= this.lanes.size) return undefined;
    const lane = this.owner.inContext(() => new Lane(this.owner));
    this.lanes.add(lane);
    return lane;
  }

  private feed(lane: Lane): void {
    const jobs: Job[] = [];
    const share = Math.ceil(this.queued / Math.max(1, this.size - this.running));
    const most = Math.min(lane.quota, share);
    while (jobs.length < most) {
      if (jobs.length !== 0 && this.queue.peek()?.alone !== false) break;
      const job = this.next();
      if (job === undefined) break;
      jobs.push(job);
      if (job.alone) break;
    }
    if (jobs.length === 0) return;
    if (!lane.start(jobs)) {
      for (const job of jobs) {
        job.alone = true;
        this.enqueue(job);
      }
    } else if (lane.busy) this.running++;
  }

  /** The first who was not cancelled meanwhile. */
  private next(): Job | undefined {
    for (let job = this.queue.shift(); job !== undefined; job = this.queue.shift()) {
      if (job.settled) continue;
      this.queued--;
      return job;
    }
    return undefined;
  }
}

function* chunksOf(items: Iterable<unknown>, size: number): Generator<unknown[]> {
  let part: unknown[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length !== 0) yield part;
}

/** The functions are given a signal exactly when the caller has given one: they may have optional parameters. */
function signalMode(options: RunOptions | undefined): number {
  return options?.signal === undefined ? 0 : signalBit;
}
