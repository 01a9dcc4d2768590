import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

// Worker pools of one thread, and shared memory. CPU time is that of all threads of the process.
//
// To wake a thread costs three times as much when its core has gone to sleep, which depends on what else the machine does
// in that second. So the cases whose threads wake each other are measured together, taking turns.

const at = (name) => new URL(`../workers/${name}.mjs`, import.meta.url);
const path = (name) => fileURLToPath(at(name));

/** Each gives a function that has the thread add one to a number. */
const callers = {
  ours: async () => {
    const { WorkerPool } = await import("mooring-runtime");
    const pool = new WorkerPool(at("tasks"), { size: 1 });
    return (value) => pool.run("increment", [value]);
  },
  comlink: async () => {
    const { wrap } = await import("comlink");
    const endpoint = (await import("comlink/dist/esm/node-adapter.mjs")).default;
    const remote = wrap(endpoint(new Worker(at("comlink"))));
    return (value) => remote.increment(value);
  },
  piscina: async () => {
    const { Piscina } = await import("piscina");
    const pool = new Piscina({
      ...{ filename: at("tasks").href, minThreads: 1, maxThreads: 1, idleTimeout: 1e6 },
      ...{ atomics: "disabled", concurrentTasksPerWorker: 64 },
    });
    return (value) => pool.run(value);
  },
  tinypool: async () => {
    const { default: Tinypool } = await import("tinypool");
    const pool = new Tinypool({
      ...{ filename: at("tasks").href, minThreads: 1, maxThreads: 1, idleTimeout: 1e6 },
    });
    return (value) => pool.run(value);
  },
  workerpool: async () => {
    const { default: workerpool } = await import("workerpool");
    const pool = workerpool.pool(path("workerpool"), { maxWorkers: 1, workerType: "thread" });
    return (value) => pool.exec("increment", [value]);
  },
};

const raw = async () => {
  const worker = new Worker(at("raw"));
  let settle;
  worker.on("message", (value) => settle(value));
  return (value) =>
    new Promise((resolve) => {
      settle = resolve;
      worker.postMessage(value);
    });
};

const oneByOne = (make, count) => async () => {
  const call = await make();
  await call(0);
  return async () => {
    for (let index = 0; index < count; index++) await call(index);
    return count;
  };
};

const inFlight = (make, count) => async () => {
  const call = await make();
  await call(0);
  return async () => {
    await Promise.all(Array.from({ length: count }, (_, index) => call(index)));
    return count;
  };
};

/** It asks a browser's question, which Node answers from version 21 on. */
const multithreading = () => {
  globalThis.navigator ??= { hardwareConcurrency: 2, userAgent: "" };
  return import("multithreading");
};

const each = (how, makers, count) =>
  Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, how(make, count)]));

const { comlink, ...pools } = callers;

export const rows = [
  {
    id: "worker-round-trip",
    title: "worker, one call after the other",
    together: true,
    goals: [
      { against: "postMessage", must: 1.2, stretch: 1.1 },
      { against: "comlink", must: 1 },
    ],
    cases: each(oneByOne, { postMessage: raw, ...callers }, 1000),
  },
  {
    id: "worker-throughput",
    title: "worker, 20,000 calls in flight",
    together: true,
    goals: [
      { against: "comlink", must: 1 / 8, stretch: 1 / 14 },
      { against: "piscina", must: 1 },
    ],
    cases: each(inFlight, { ...pools, comlink }, 20_000),
  },
  {
    id: "worker-map",
    title: "map over 20,000 items in a worker",
    goals: [{ against: "piscina", must: 1 }],
    cases: {
      ours: async () => {
        const { WorkerPool } = await import("mooring-runtime");
        const pool = new WorkerPool(at("tasks"), { size: 1 });
        const items = Array.from({ length: 20_000 }, (_, index) => index);
        return async () => {
          await pool.map("increment", items);
          return items.length;
        };
      },
      piscina: inFlight(callers.piscina, 20_000),
    },
  },
  {
    id: "shared-lock",
    title: "lock between threads, uncontended",
    goals: [{ against: "multithreading", must: 1 }],
    cases: {
      ours: async () => {
        const { SharedMutex } = await import("mooring-runtime");
        const mutex = new SharedMutex();
        return async () => {
          for (let index = 0; index < 50_000; index++) (await mutex.lock()).release();
          return 50_000;
        };
      },
      "ours, blocking": async () => {
        const { SharedMutex } = await import("mooring-runtime");
        const mutex = new SharedMutex();
        return async () => {
          for (let index = 0; index < 50_000; index++) mutex.lockSync().release();
          return 50_000;
        };
      },
      multithreading: async () => {
        const { Mutex } = await multithreading();
        const mutex = new Mutex(new Int32Array(new SharedArrayBuffer(4)));
        return async () => {
          for (let index = 0; index < 50_000; index++) (await mutex.lock()).dispose();
          return 50_000;
        };
      },
    },
  },
  {
    id: "shared-channel",
    title: "message of 64 bytes through shared memory",
    goals: [{ against: "multithreading", must: 1 }],
    cases: {
      ours: async () => {
        const { sharedChannel } = await import("mooring-runtime");
        const { tx, rx } = sharedChannel({ capacityBytes: 4096 });
        const message = new Uint8Array(64);
        return async () => {
          for (let index = 0; index < 20_000; index++) {
            await tx.send(message);
            await rx.recv();
          }
          return 20_000;
        };
      },
      multithreading: async () => {
        const { channel } = await multithreading();
        const [tx, rx] = channel(64);
        const message = "m".repeat(64);
        return async () => {
          for (let index = 0; index < 20_000; index++) {
            await tx.send(message);
            await rx.recv();
          }
          return 20_000;
        };
      },
    },
  },
];
