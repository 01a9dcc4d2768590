// Locks: taking one that is free, fighting for one, waiting in long queues.

const uncontended = 200_000;

const oneByOne = (count, step) => async () => {
  for (let index = 0; index < count; index++) await step();
  return count;
};

const tasks = 1000;
const turns = 50;

const contended = (acquire, release) => async () => {
  const task = async () => {
    for (let turn = 0; turn < turns; turn++) {
      const held = await acquire();
      await undefined;
      release(held);
    }
  };
  await Promise.all(Array.from({ length: tasks }, task));
  return tasks * turns;
};

const queued = (count, acquire, release) => async () => {
  const task = async () => release(await acquire());
  await Promise.all(Array.from({ length: count }, task));
  return count;
};

const open = {
  ours: async () => {
    const { Mutex } = await import("mooring-runtime");
    const mutex = new Mutex();
    return [() => mutex.lock(), (guard) => guard.release()];
  },
  "async-sema": async () => {
    const { Sema } = (await import("async-sema")).default;
    const sema = new Sema(1);
    return [() => sema.acquire(), () => sema.release()];
  },
  "async-mutex": async () => {
    const { Mutex } = await import("async-mutex");
    const mutex = new Mutex();
    return [() => mutex.acquire(), (release) => release()];
  },
  "@shopify/semaphore": async () => {
    const { Semaphore } = await import("@shopify/semaphore");
    const semaphore = new Semaphore(1);
    return [() => semaphore.acquire(), (permit) => permit.release()];
  },
};

export const rows = [
  {
    id: "lock-free",
    title: "lock and release, uncontended",
    goals: [
      { against: "async-sema", must: 1.05 },
      { against: "async-mutex", must: 1 / 15 },
      { against: "floor", stretch: 1.25 },
    ],
    cases: {
      floor: async () => oneByOne(uncontended, () => new Promise((resolve) => resolve())),
      ours: async () => {
        const { Mutex } = await import("mooring-runtime");
        return async () => {
          const mutex = new Mutex();
          for (let index = 0; index < uncontended; index++) {
            const guard = await mutex.lock();
            guard.release();
          }
          return uncontended;
        };
      },
      "ours, `using`": async () => {
        const { Mutex } = await import("mooring-runtime");
        return async () => {
          const mutex = new Mutex();
          for (let index = 0; index < uncontended; index++) {
            const guard = await mutex.lock();
            guard[Symbol.dispose]();
          }
          return uncontended;
        };
      },
      "async-sema": async () => {
        const { Sema } = (await import("async-sema")).default;
        return async () => {
          const sema = new Sema(1);
          for (let index = 0; index < uncontended; index++) {
            await sema.acquire();
            sema.release();
          }
          return uncontended;
        };
      },
      "async-mutex": async () => {
        const { Mutex } = await import("async-mutex");
        return async () => {
          const mutex = new Mutex();
          for (let index = 0; index < uncontended; index++) {
            const release = await mutex.acquire();
            release();
          }
          return uncontended;
        };
      },
    },
  },
  {
    id: "lock-free-signal",
    title: "the same with an idle AbortSignal",
    goals: [{ against: "without signal", must: 1.15, stretch: 1.05 }],
    cases: {
      ours: async () => {
        const { Mutex } = await import("mooring-runtime");
        return async () => {
          const mutex = new Mutex();
          const options = { signal: new AbortController().signal };
          for (let index = 0; index < uncontended; index++) {
            const guard = await mutex.lock(options);
            guard.release();
          }
          return uncontended;
        };
      },
      "without signal": async () => {
        const { Mutex } = await import("mooring-runtime");
        return async () => {
          const mutex = new Mutex();
          for (let index = 0; index < uncontended; index++) {
            const guard = await mutex.lock();
            guard.release();
          }
          return uncontended;
        };
      },
    },
  },
  {
    id: "lock-contended",
    title: `contended, ${tasks} tasks × ${turns}`,
    goals: [
      { against: "async-sema", must: 1.1, stretch: 0.85 },
      { against: "async-mutex", must: 1 / 6 },
    ],
    cases: Object.fromEntries(
      Object.entries(open).map(([name, make]) => [name, async () => contended(...(await make()))]),
    ),
  },
  {
    id: "lock-queue-100k",
    title: "100,000 waiters at once",
    goals: [{ against: "async-sema", must: 1.3, stretch: 1 }],
    cases: Object.fromEntries(
      ["ours", "async-sema"].map((name) => [
        name,
        async () => queued(100_000, ...(await open[name]())),
      ]),
    ),
  },
  {
    id: "lock-queue-growth",
    title: "100,000 waiters, per waiter, beside 10,000",
    goals: [{ against: "10,000 waiters", must: 2 }],
    cases: {
      ours: async () => queued(100_000, ...(await open.ours())),
      "10,000 waiters": async () => queued(10_000, ...(await open.ours())),
    },
  },
  {
    id: "rwlock",
    title: "read lock and release, uncontended",
    goals: [{ against: "mortice", must: 1 }],
    cases: {
      ours: async () => {
        const { RwLock } = await import("mooring-runtime");
        const lock = new RwLock();
        return oneByOne(50_000, async () => (await lock.read()).release());
      },
      // On Node 20 it needs what it does not bring along.
      mortice: async () => {
        Promise.withResolvers ??= () => {
          let settle;
          const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
          return { promise, ...settle };
        };
        const mortice = (await import("mortice")).default;
        const lock = mortice({ name: "bench" });
        return oneByOne(5_000, async () => (await lock.readLock())());
      },
    },
  },
];
