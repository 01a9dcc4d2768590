// Cancelling those who wait: enqueue, abort, settle.

const waiters = 10_000;

const oneSignal = (count, wait, before) => async () => {
  const cleanUp = await before?.();
  const controller = new AbortController();
  let rejected = 0;
  const waits = Array.from({ length: count }, () =>
    wait(controller.signal).catch(() => rejected++),
  );
  controller.abort();
  await Promise.all(waits);
  if (rejected !== count) throw new Error(`${rejected} of ${count} rejected`);
  cleanUp?.();
  return count;
};

const ownSignals = (count, wait, before) => async () => {
  const cleanUp = await before?.();
  const controllers = Array.from({ length: count }, () => new AbortController());
  let rejected = 0;
  const waits = controllers.map((it) => wait(it.signal).catch(() => rejected++));
  for (let index = 0; index < count; index++) controllers[(index * 7919) % count].abort();
  await Promise.all(waits);
  if (rejected !== count) throw new Error(`${rejected} of ${count} rejected`);
  cleanUp?.();
  return count;
};

async function heldMutex() {
  const { Mutex } = await import("mooring-runtime");
  const mutex = new Mutex();
  await mutex.lock();
  return (signal) => mutex.lock({ signal });
}

async function busyQueue() {
  const PQueue = (await import("p-queue")).default;
  let queue;
  let go;
  const before = async () => {
    queue = new PQueue({ concurrency: 1 });
    const first = queue.add(() => new Promise((resolve) => (go = resolve)));
    return () => {
      go();
      return first;
    };
  };
  return [(signal) => queue.add(async () => 1, { signal }), before];
}

export const rows = [
  {
    id: "cancel-one-signal",
    title: "cancel 10,000 waiters by one signal",
    goals: [
      { against: "p-queue", must: 1 / 40 },
      { against: "p-limit clearQueue", stretch: 1 },
    ],
    cases: {
      ours: async () => oneSignal(waiters, await heldMutex()),
      "p-queue": async () => oneSignal(waiters, ...(await busyQueue())),
      "p-limit clearQueue": async () => {
        const pLimit = (await import("p-limit")).default;
        return async () => {
          const limit = pLimit({ concurrency: 1, rejectOnClear: true });
          let go;
          const first = limit(() => new Promise((resolve) => (go = resolve)));
          await undefined;
          let rejected = 0;
          const waits = Array.from({ length: waiters }, () =>
            limit(async () => 1).catch(() => rejected++),
          );
          limit.clearQueue();
          await Promise.all(waits);
          go();
          await first;
          return waiters;
        };
      },
    },
  },
  {
    id: "cancel-growth",
    title: "cancel 100,000, per waiter, beside 10,000",
    goals: [{ against: "10,000 waiters", must: 1.5 }],
    cases: {
      ours: async () => oneSignal(100_000, await heldMutex()),
      "10,000 waiters": async () => oneSignal(waiters, await heldMutex()),
    },
  },
  {
    id: "cancel-own-signals",
    title: "cancel 10,000 by signals of their own, any order",
    goals: [{ against: "floor", must: 2.5, stretch: 1.8 }],
    cases: {
      floor: async () => async () => {
        for (let index = 0; index < waiters; index++) {
          const controller = new AbortController();
          controller.signal.addEventListener("abort", () => {}, { once: true });
          controller.abort();
        }
        return waiters;
      },
      ours: async () => ownSignals(waiters, await heldMutex()),
      "p-queue": async () => ownSignals(waiters, ...(await busyQueue())),
    },
  },
  {
    id: "link-signals",
    title: "link two signals and let go",
    goals: [{ against: "AbortSignal.any", must: 1 }],
    cases: {
      ours: async () => {
        const { linkSignals } = await import("mooring-runtime");
        const a = new AbortController().signal;
        const b = new AbortController().signal;
        return async () => {
          for (let index = 0; index < 20_000; index++) {
            const linked = linkSignals(a, b);
            if (linked.signal.aborted) throw new Error("aborted");
            linked[Symbol.dispose]();
          }
          return 20_000;
        };
      },
      "AbortSignal.any": async () => {
        const a = new AbortController().signal;
        const b = new AbortController().signal;
        return async () => {
          for (let index = 0; index < 2_000; index++) {
            if (AbortSignal.any([a, b]).aborted) throw new Error("aborted");
          }
          return 2_000;
        };
      },
    },
  },
];
