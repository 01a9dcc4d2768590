import { describe, expect, test, vi } from "vitest";
import * as runtime from "../../runtime/index.ts";
import { rejection, settled, stateOf } from "./steps.ts";

// These are many lines because every export has its row, and one list shows that none is missing.
//
// What is wrong at the call is an error at the call that says what to do, and nobody is left waiting for it. Every export
// that can be called is in one of the tables, or says why there is nothing wrong that one could pass to it.

const {
  aborted,
  after,
  Barrier,
  batcher,
  broadcast,
  CancellationToken,
  channel,
  ClosedError,
  Condvar,
  detectDeadlocks,
  forEachLimit,
  interval,
  joinAll,
  KeyedMutex,
  limiter,
  mapLimit,
  Mutex,
  Notify,
  onAbort,
  once,
  OnceCell,
  oneshot,
  RateLimiter,
  ResourcePool,
  retry,
  runWorker,
  RwLock,
  scope,
  select,
  Semaphore,
  SharedBarrier,
  sharedChannel,
  SharedMutex,
  SharedRwLock,
  SharedSemaphore,
  shield,
  shutdown,
  sleep,
  spawn,
  stream,
  TaskGroup,
  timeout,
  tryJoin,
  WaitGroup,
  watch,
  WorkerPool,
} = runtime;

const module =
  "data:text/javascript,export const same = (it) => it; export const exit = () => process.exit(3);";
const never = (): Promise<never> => new Promise<never>(() => {});
const work = (): number => 1;
const bucket = { rate: 10, per: 1000 };
const pool = { create: () => ({}), max: 1 };

/** Each with a number in a place where only some make sense. */
const counts: Readonly<Record<string, (count: number) => unknown>> = {
  Semaphore: (count) => new Semaphore(count),
  "Semaphore.acquire": (count) => new Semaphore(1).acquire(count),
  "Semaphore.tryAcquire": (count) => new Semaphore(1).tryAcquire(count),
  "Semaphore.addPermits": (count) => new Semaphore(1).addPermits(count),
  "Semaphore.forget": (count) => new Semaphore(1).forget(count),
  Barrier: (count) => new Barrier(count),
  channel: (count) => channel(count),
  "channel.recvMany": (count) => channel(1).rx.recvMany(count),
  broadcast: (count) => broadcast(count),
  limiter: (count) => limiter(count),
  mapLimit: (count) => mapLimit([1], count, work),
  forEachLimit: (count) => forEachLimit([1], count, work),
  joinAll: (count) => joinAll([work], { limit: count }),
  tryJoin: (count) => tryJoin([work], { limit: count }),
  TaskGroup: (count) => new TaskGroup({ limit: count }),
  "stream.buffered": (count) => stream.buffered([1], count, async (it) => it).next(),
  "stream.chunks": (count) => stream.chunks([1], count).next(),
  "RateLimiter, rate": (count) => new RateLimiter({ ...bucket, rate: count }),
  "RateLimiter, per": (count) => new RateLimiter({ ...bucket, per: count }),
  "RateLimiter, burst": (count) => new RateLimiter({ ...bucket, burst: count }),
  "RateLimiter, concurrency": (count) => new RateLimiter({ ...bucket, concurrency: count }),
  "RateLimiter.acquire": (count) => new RateLimiter(bucket).acquire(count),
  "RateLimiter.tryAcquire": (count) => new RateLimiter(bucket).tryAcquire(count),
  "batcher, maxSize": (count) =>
    batcher(async (keys: readonly number[]) => keys, { maxSize: count }),
  "ResourcePool, max": (count) => new ResourcePool({ ...pool, max: count }),
  "ResourcePool, min": (count) => new ResourcePool({ ...pool, min: count }),
  "ResourcePool, maxQueue": (count) => new ResourcePool({ ...pool, maxQueue: count }),
  "WaitGroup.add": (count) => new WaitGroup().add(count),
  "WorkerPool, size": (count) => new WorkerPool(module, { size: count }),
  "WorkerPool, maxQueue": (count) => new WorkerPool(module, { maxQueue: count }),
  SharedSemaphore: (count) => new SharedSemaphore(count),
  SharedBarrier: (count) => new SharedBarrier(count),
  "sharedChannel, capacityBytes": (count) => sharedChannel({ capacityBytes: count }),
};

describe.each(Object.entries(counts))("%s", (_, call) => {
  test.each([-1, Number.NaN])("refuses %d", async (count) => {
    const error = await errorOf(() => call(count));
    expect(error).toBeInstanceOf(RangeError);
    // What is wrong, what it is, and what would do.
    expect(error.message).toMatch(/at least|above|must|never|cannot/);
    expect(error.message).toContain(String(count));
  });
});

/** Each with a time in milliseconds. */
const times: Readonly<Record<string, (ms: number) => unknown>> = {
  sleep: (ms) => sleep(ms),
  timeout: (ms) => timeout(ms, never),
  interval: (ms) => interval(ms).next(),
  after: (ms) => select({ after: after(ms) }),
  "retry, base": (ms) => retry(failing, { base: ms, jitter: "none" }),
  "retry, attemptTimeout": (ms) => retry(never, { attemptTimeout: ms, retries: 0 }),
  "scope, timeout": (ms) => scope((s) => sleep(Infinity, s), { timeout: ms }),
  "scope, graceMs": (ms) => scope(work, { graceMs: ms }),
  "TaskGroup, timeout": (ms) => new TaskGroup({ timeout: ms }),
  "stream.chunks, maxWait": (ms) => stream.chunks([1], 1, { maxWait: ms }).next(),
  "stream.throttle": (ms) => stream.throttle([1, 2], ms).next(),
  "batcher, windowMs": (ms) =>
    batcher(async (keys: readonly number[]) => keys, { windowMs: ms })(1),
  "ResourcePool, idleMs": (ms) => new ResourcePool({ ...pool, idleMs: ms }),
  "shutdown, timeoutMs": (ms) => shutdown({ signals: [], exit: false, timeoutMs: ms }),
  "detectDeadlocks, afterMs": (ms) => detectDeadlocks({ afterMs: ms })[Symbol.dispose](),
  "WorkerPool, idleMs": (ms) => new WorkerPool(module, { idleMs: ms }),
};

function failing(): never {
  throw new Error("down");
}

test.each(Object.entries(times))("%s refuses what is no time", async (_, call) => {
  const error = await errorOf(() => call(Number.NaN));
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toMatch(/must be a number, not NaN/);
});

test.each([
  "sleep",
  "timeout",
  "interval",
  "after",
  "retry, base",
  "retry, attemptTimeout",
  "scope, timeout",
  "batcher, windowMs",
])("%s waits longer than a timer of the platform can", async (name) => {
  vi.useFakeTimers();
  const call = times[name];
  const wait = Promise.resolve(call?.(2 ** 31 + 1000));
  wait.catch(() => {});
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await stateOf(wait)).toBe("pending");
  await vi.advanceTimersByTimeAsync(2 ** 31);
  expect(await stateOf(wait)).not.toBe("pending");
  vi.useRealTimers();
});

type Options = Readonly<{ signal: AbortSignal }>;

/** Everything that waits, once it has to, and with what would let it go on at once where that is another way. */
const waits: Readonly<Record<string, (options: Options) => unknown>> = {
  "Mutex.lock": (options) => new Mutex().lock(options),
  "Mutex.runExclusive": (options) => new Mutex().runExclusive(work, options),
  "RwLock.read": (options) => new RwLock().read(options),
  "RwLock.write": (options) => new RwLock().write(options),
  "KeyedMutex.lock": (options) => new KeyedMutex().lock("key", options),
  "KeyedMutex.runExclusive": (options) => new KeyedMutex().runExclusive("key", work, options),
  "Semaphore.acquire": (options) => new Semaphore(0).acquire(1, options),
  "Semaphore.runExclusive": (options) => new Semaphore(1).runExclusive(work, options),
  "Barrier.wait": (options) => new Barrier(1).wait(options),
  "Condvar.wait": async (options) => new Condvar().wait(await new Mutex().lock(), options),
  "Notify.notified": (options) => new Notify().notified(options),
  "OnceCell.getOrInit": (options) => new OnceCell().getOrInit(work, options),
  once: (options) => once(work)(options),
  "WaitGroup.wait": (options) => new WaitGroup().wait(options),
  "channel.send": (options) => channel(1).tx.send(1, options),
  "channel.reserve": (options) => channel(1).tx.reserve(options),
  "channel.recv": (options) => filled().recv(options),
  "channel.recvMany": (options) => filled().recvMany(1, options),
  "broadcast.recv": (options) => broadcast(1).tx.subscribe().recv(options),
  "oneshot.recv": (options) => oneshot().rx.recv(options),
  "watch.changed": (options) => watch(1).subscribe().changed(options),
  "watch.waitFor": (options) =>
    watch(1)
      .subscribe()
      .waitFor(() => true, options),
  select: (options) => select({ rx: filled() }, options),
  sleep: (options) => sleep(0, options),
  timeout: (options) => timeout(1000, work, options),
  interval: (options) => interval(1, options).next(),
  retry: (options) => retry(work, options),
  mapLimit: (options) => mapLimit([1], 1, work, options),
  forEachLimit: (options) => forEachLimit([1], 1, work, options),
  joinAll: (options) => joinAll([work], options),
  tryJoin: (options) => tryJoin([work], options),
  scope: (options) => scope(work, options),
  spawn: (options) => spawn(work, options).join(),
  "spawn, join": (options) => spawn(never).join(options),
  "TaskGroup.join": (options) => grouped(options).join(),
  "TaskGroup.joinNext": (options) => new TaskGroup().joinNext(options),
  "limiter.run": (options) => limiter(1).run(work, options),
  "limiter.idle": (options) => limiter(1).idle(options),
  "RateLimiter.acquire": (options) => new RateLimiter(bucket).acquire(1, options),
  "RateLimiter.run": (options) => new RateLimiter(bucket).run(work, options),
  "ResourcePool.acquire": (options) => new ResourcePool(pool).acquire(options),
  "ResourcePool.use": (options) => new ResourcePool(pool).use(work, options),
  batcher: (options) => batcher(async (keys: readonly number[]) => keys)(1, options),
  shield: (options) => shield(Promise.resolve(1), options),
  "CancellationToken.whenCancelled": (options) => new CancellationToken().whenCancelled(options),
  "stream.buffered": (options) => stream.buffered([1], 1, async (it) => it, options).next(),
  "SharedMutex.lock": (options) => heldShared().lock(options),
  "SharedSemaphore.acquire": (options) => emptyShared().acquire(options),
  "SharedRwLock.read": (options) => writing().read(options),
  "SharedBarrier.wait": (options) => new SharedBarrier(2).wait(options),
  "sharedChannel.recv": (options) => sharedChannel({ capacityBytes: 64 }).rx.recv(options),
  "WorkerPool.run": (options) => new WorkerPool<Tasks>(module).run("same", [1], options),
  runWorker: (options) => runWorker(module, options),
};

interface Tasks {
  same<T>(it: T): T;
  exit(): never;
}

function filled(): runtime.Receiver<number> {
  const { tx, rx } = channel<number>(1);
  tx.trySend(1);
  return rx;
}

function grouped(options: Options): runtime.TaskGroup<number> {
  const group = new TaskGroup<number>(options);
  group.spawn(work);
  return group;
}

function emptyShared(): runtime.SharedSemaphore {
  const semaphore = new SharedSemaphore(1);
  semaphore.acquireSync();
  return semaphore;
}

function heldShared(): runtime.SharedMutex {
  const mutex = new SharedMutex();
  mutex.lockSync();
  return mutex;
}

function writing(): runtime.SharedRwLock {
  const lock = new SharedRwLock();
  lock.writeSync();
  return lock;
}

/** Of the other tables, what returns a promise. */
const promises = [
  ...["Semaphore.acquire", "channel.recvMany", "mapLimit", "forEachLimit", "joinAll", "tryJoin"],
  ...["stream.buffered", "stream.chunks", "RateLimiter.acquire"],
].map((name) => [name, () => counts[name]?.(Number.NaN)] as const);
const delays = [
  ...["sleep", "timeout", "interval", "retry, base", "retry, attemptTimeout"],
  ...["scope, timeout", "stream.chunks, maxWait", "stream.throttle"],
].map((name) => [name, () => times[name]?.(Number.NaN)] as const);
const others = [
  ["retry, retries", () => retry(work, { retries: Number.NaN })],
  ["channel.reserve", () => channel(0).tx.reserve()],
  ["WorkerPool.run", () => new WorkerPool<Tasks>(module).run("same", [1], { graceMs: Number.NaN })],
] as const;

test.each([...promises, ...delays, ...others])(
  "%s rejects and does not throw, so that `.catch` hears of it",
  async (_, call) => {
    const promise = call();
    expect(promise).toHaveProperty("then");
    await expect(promise).rejects.toBeInstanceOf(RangeError);
  },
);

describe.each(Object.entries(waits))("%s", (name, wait) => {
  test("says so of null, which is no signal", async () => {
    // Sound for a test of what is wrong.
    const signal = null as unknown as AbortSignal;
    const error = await errorOf(() => wait({ signal }));
    expect([name, error.message]).toEqual([name, expect.stringContaining("an AbortSignal")]);
  });

  test("rejects with the reason of a signal that has aborted before", async () => {
    const reason = new Error("the user left");
    expect(await errorOf(() => wait({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  test("says what to pass in place of a controller", async () => {
    // Sound for a test of what is wrong.
    const signal = new AbortController() as unknown as AbortSignal;
    const error = await errorOf(() => wait({ signal }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("pass `controller.signal`");
  });

  test("takes a signal of an older polyfill, which knows neither reasons nor methods of ours", async () => {
    const signal = polyfilled(true);
    const error = await errorOf(() => wait({ signal }));
    expect([name, error.name]).toEqual([name, "AbortError"]);
  });
});

/** As of 2019: no `reason`, no `throwIfAborted`. */
function polyfilled(isAborted: boolean): AbortSignal {
  const target = new EventTarget();
  const signal = {
    aborted: isAborted,
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
  };
  // Sound for what those polyfills were.
  return signal as unknown as AbortSignal;
}

test("signals in other places are looked at as well", async () => {
  const signal = new AbortController() as unknown as AbortSignal;
  for (const call of [
    () => onAbort(signal, () => {}),
    () => runtime.linkSignals(signal),
    () => new CancellationToken({} as unknown as AbortSignal),
    () => stream.takeUntil([1], signal).next(),
    () => select({ stop: aborted(signal) }),
  ]) {
    expect(await errorOf(call)).toBeInstanceOf(TypeError);
  }
});

test.each(
  Object.entries({
    timeout: (promise: never) => timeout(1000, promise),
    select: (promise: never) => select({ answer: promise }),
    tryJoin: (promise: never) => tryJoin([promise]),
    scope: (promise: never) => scope((s) => s.spawn(promise).join()),
    "spawn, join": (promise: never) => spawn(promise).join(),
    "OnceCell.getOrInit": (promise: never) => new OnceCell().getOrInit(promise),
    "CancellationToken.run": (promise: never) => new CancellationToken().run(promise),
    mapLimit: (promise: never) => mapLimit([1], 1, promise),
    forEachLimit: (promise: never) => forEachLimit([1], 1, promise),
    limiter: (promise: never) => limiter(1)(promise),
    "stream.buffered": (promise: never) => stream.buffered([1], 1, promise).next(),
    retry: (promise: never) => retry(promise, { base: 1e9 }),
  }),
)("%s says what to pass in place of a promise", async (_, call) => {
  // Sound for a test of what is wrong.
  const error = await errorOf(() => call(Promise.resolve(1) as never));
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain("Pass a function, as in `() => promise`");
});

test.each(
  Object.entries({
    mapLimit: (items: never) => mapLimit(items, 1, work),
    forEachLimit: (items: never) => forEachLimit(items, 1, work),
    "stream.buffered": (items: never) => stream.buffered(items, 1, work).next(),
    "stream.merge": (items: never) => stream.merge(items).next(),
    "stream.chunks": (items: never) => stream.chunks(items, 1).next(),
  }),
)("%s says what to do with a promise of items, and takes a text", async (_, call) => {
  // Sound for a test of what is wrong.
  for (const items of [Promise.resolve([1]), undefined, {}] as never[]) {
    const error = await errorOf(() => call(items));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("await a promise first");
  }
  await call("ab" as never);
});

test("a token is made below a controller as well, since that has a signal", async () => {
  const controller = new AbortController();
  const token = new CancellationToken(controller as unknown as AbortSignal);
  controller.abort("closed");
  expect(await rejection(token.run(work))).toBe("closed");
});

/** What has been used up, closed or given back. */
const spent: Readonly<
  Record<string, readonly [() => unknown, new (...args: never) => Error, RegExp]>
> = {
  "channel.send after the receiver closed": [
    () => {
      const { tx, rx } = channel<number>(1);
      rx.close();
      return tx.send(1);
    },
    ClosedError,
    /receiver is closed/,
  ],
  "channel.send after close": [
    () => {
      const { tx } = channel<number>(1);
      tx.close();
      return tx.send(1);
    },
    ClosedError,
    /sender is closed/,
  ],
  "a sender that is closed, cloned": [
    () => {
      const { tx } = channel<number>(1);
      tx.close();
      return tx.clone();
    },
    ClosedError,
    /cannot be cloned/,
  ],
  "a place that was used": [
    async () => {
      const slot = await channel<number>(2).tx.reserve();
      slot.send(1);
      slot.send(2);
    },
    TypeError,
    /has been used already/,
  ],
  "Mutex: the value after the release": [
    async () => {
      const guard = await new Mutex(1).lock();
      guard.release();
      return guard.value;
    },
    TypeError,
    /has been released already/,
  ],
  "RwLock: writing as a reader": [
    async () => Object.assign(await new RwLock(1).read(), { value: 2 }),
    TypeError,
    /cannot write/,
  ],
  "Condvar: a guard that was released": [
    async () => {
      const guard = await new Mutex().lock();
      guard.release();
      await new Condvar().wait(guard);
    },
    TypeError,
    /has been released already/,
  ],
  "Semaphore.acquire after close": [
    () => {
      const semaphore = new Semaphore(1);
      semaphore.close();
      return semaphore.acquire();
    },
    ClosedError,
    /semaphore is closed/,
  ],
  "Semaphore: more than there can be": [
    () => new Semaphore(2).acquire(3),
    RangeError,
    /can never be acquired/,
  ],
  "RateLimiter: more than the burst": [
    () => new RateLimiter(bucket).acquire(11),
    RangeError,
    /can never go through/,
  ],
  "oneshot: nothing sent": [
    () => {
      const { tx, rx } = oneshot();
      tx.close();
      return rx;
    },
    ClosedError,
    /closed without sending/,
  ],
  "watch: nothing that fits will come": [
    () => {
      const { tx, subscribe } = watch(1);
      const wait = subscribe().waitFor((it) => it === 2);
      tx.close();
      return wait;
    },
    ClosedError,
    /closed/,
  ],
  "TaskGroup.spawn after its end": [
    async () => {
      const group = new TaskGroup();
      await group.shutdown();
      return group.spawn(() => {});
    },
    ClosedError,
    /has ended/,
  ],
  "WaitGroup.done without add": [() => new WaitGroup().done(), RangeError, /cannot add -1/],
  "select without a branch": [() => select({}), RangeError, /needs a branch/],
  "ResourcePool.acquire after drain": [
    async () => {
      const own = new ResourcePool(pool);
      await own.drain();
      return own.acquire();
    },
    ClosedError,
    /pool is closed/,
  ],
  "ResourcePool: too many wait": [
    async () => {
      const own = new ResourcePool({ ...pool, maxQueue: 0 });
      await own.acquire();
      return own.acquire();
    },
    ClosedError,
    /maxQueue/,
  ],
  "batcher: fewer values than keys": [
    () => batcher(async () => [])(1),
    TypeError,
    /each key needs one/,
  ],
  "interval of nothing": [() => interval(0).next(), RangeError, /above 0/],
  "WorkerPool.run after drain": [
    async () => {
      const own = new WorkerPool<Tasks>(module);
      await own.drain();
      return own.run("same", [1]);
    },
    ClosedError,
    /worker pool is closed/,
  ],
  "WorkerPool: what cannot be copied": [
    () => inPool((own) => own.run("same", [() => 1])),
    TypeError,
    /cannot|could not/,
  ],
  "WorkerPool: a thread that exits": [
    () => inPool((own) => own.run("exit", [])),
    runtime.WorkerError,
    /exit/,
  ],
  "WorkerPool: a thread out of memory": [
    () => {
      const greedy = `data:text/javascript,${encodeURIComponent(
        "export const same = () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)); };",
      )}`;
      return inPool((own) => own.run("same", [1]), greedy);
    },
    runtime.WorkerError,
    /resourceLimits/,
  ],
  "runWorker: a thread that exits": [
    () => runWorker("data:text/javascript,process.exit(3)"),
    runtime.WorkerError,
    /exit/,
  ],
};

async function inPool(
  use: (own: runtime.WorkerPool<Tasks>) => Promise<unknown>,
  from = module,
): Promise<unknown> {
  const resourceLimits = { maxOldGenerationSizeMb: 24 };
  const own = new WorkerPool<Tasks>(from, { size: 1, resourceLimits });
  const others = from === module ? [own.run("same", [2])] : [];
  try {
    return await use(own);
  } finally {
    // Nobody else is left waiting, nor has lost anything.
    expect(await Promise.all(others)).toEqual(others.map(() => 2));
    await own.drain();
  }
}

test.each(Object.entries(spent))("%s", { timeout: 60_000 }, async (_, [call, kind, text]) => {
  const error = await errorOf(call);
  expect(error).toBeInstanceOf(kind);
  expect(error.message).toMatch(text);
});

test("giving back twice gives back once", async () => {
  const semaphore = new Semaphore(1);
  const guard = await semaphore.acquire();
  guard.release();
  guard.release();
  expect(semaphore.available).toBe(1);
  const { tx } = channel<number>(1);
  const slot = await tx.reserve();
  slot[Symbol.dispose]();
  slot[Symbol.dispose]();
  expect([tx.trySend(1), tx.trySend(2)]).toEqual([true, false]);
  const own = new ResourcePool(pool);
  const lease = await own.acquire();
  await lease[Symbol.asyncDispose]();
  await lease[Symbol.asyncDispose]();
  await own.acquire();
  expect(await stateOf(own.acquire())).toBe("pending");
});

test("what says whether it has sent does not throw", () => {
  const { tx, rx } = channel<number>(1);
  rx.close();
  expect(tx.trySend(1)).toBe(false);
  const station = broadcast<number>(1).tx;
  station.close();
  expect(station.send(1)).toBe(0);
  const once = oneshot<number>().tx;
  expect([once.send(1), once.send(2)]).toEqual([true, false]);
});

/** No number, time or signal is passed to them, and nothing of theirs can be closed or given back. */
const nothingWrong =
  /^(isBug|isCancelled|partition|unwrap|defer|deferAsync|singleFlight|onLateError|trace|AtomicInt|AtomicFlag|SharedCondvar|SharedOnce|merge|unbounded|.*Error)$/;

test("every export that can be called is in one of the tables", () => {
  const text = [counts, times, waits, spent].flatMap((it) => Object.keys(it)).join("\n");
  const others = new Set(["aborted", "onAbort", "linkSignals", "takeUntil"]);
  const missing = Object.entries({ ...runtime, ...runtime.stream })
    .filter(([name, value]) => typeof value === "function" && !nothingWrong.test(name))
    .map(([name]) => name)
    .filter((name) => !new RegExp(`\\b${name}\\b`).test(text) && !others.has(name));
  expect(missing).toEqual([]);
});

/** The error of a call, thrown or rejected, within a few turns of the event loop or what a thread takes. */
async function errorOf(call: () => unknown): Promise<Error> {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    return error as Error;
  }
  if (typeof result !== "object" || result === null || !("then" in result)) {
    throw new Error("nothing was thrown");
  }
  const error = await rejection(result as PromiseLike<unknown>);
  await settled(1);
  return error as Error;
}
