// Concurrency limits and rates.

const items = Array.from({ length: 100_000 }, (_, index) => index);
const places = 16;
const increment = async (value) => value + 1;

export const rows = [
  {
    id: "map-limit",
    title: "mapLimit over 100,000 trivial tasks, 16 at a time",
    goals: [
      { against: "async.mapLimit", must: 0.8 },
      { against: "p-map", must: 1 / 4 },
      { against: "p-limit", must: 1 / 20 },
      { against: "floor", stretch: 1.5 },
    ],
    cases: {
      floor: async () => async () => {
        const results = [];
        for (const item of items) results.push(await increment(item));
        return items.length;
      },
      ours: async () => {
        const { mapLimit } = await import("mooring-runtime");
        return async () => {
          await mapLimit(items, places, increment);
          return items.length;
        };
      },
      "async.mapLimit": async () => {
        const { mapLimit } = (await import("async")).default;
        return async () => {
          await mapLimit(items, places, increment);
          return items.length;
        };
      },
      "p-map": async () => {
        const pMap = (await import("p-map")).default;
        return async () => {
          await pMap(items, increment, { concurrency: places });
          return items.length;
        };
      },
      "p-limit": async () => {
        const pLimit = (await import("p-limit")).default;
        return async () => {
          const limit = pLimit(places);
          await Promise.all(items.map((item) => limit(increment, item)));
          return items.length;
        };
      },
    },
  },
  {
    id: "limiter",
    title: "function limiter, context kept",
    goals: [{ against: "p-limit", must: 0.85, stretch: 0.6 }],
    cases: {
      ours: async () => {
        const { limiter } = await import("mooring-runtime");
        return async () => {
          const limit = limiter(places);
          await Promise.all(items.map((item) => limit(increment, item)));
          return items.length;
        };
      },
      "p-limit": async () => {
        const pLimit = (await import("p-limit")).default;
        return async () => {
          const limit = pLimit(places);
          await Promise.all(items.map((item) => limit(increment, item)));
          return items.length;
        };
      },
    },
  },
  {
    id: "rate",
    title: "rate limiter, tokens there",
    goals: [{ against: "p-throttle", must: 1 }],
    cases: {
      ours: async () => {
        const { RateLimiter } = await import("mooring-runtime");
        return async () => {
          const limiter = new RateLimiter({ rate: 1e6, per: 1 });
          for (let index = 0; index < 100_000; index++) await limiter.acquire();
          return 100_000;
        };
      },
      "p-throttle": async () => {
        const pThrottle = (await import("p-throttle")).default;
        return async () => {
          const throttled = pThrottle({ limit: 1e6, interval: 1 })(() => 1);
          for (let index = 0; index < 2_000; index++) await throttled();
          return 2_000;
        };
      },
    },
  },
  {
    id: "batcher",
    title: "batch 1,000 loads of one key each",
    goals: [{ against: "dataloader", must: 1 }],
    cases: {
      ours: async () => {
        const { batcher } = await import("mooring-runtime");
        return async () => {
          for (let round = 0; round < 20; round++) {
            const load = batcher(async (keys) => keys);
            await Promise.all(Array.from({ length: 1000 }, (_, key) => load(key)));
          }
          return 20_000;
        };
      },
      dataloader: async () => {
        const DataLoader = (await import("dataloader")).default;
        return async () => {
          for (let round = 0; round < 20; round++) {
            const loader = new DataLoader(async (keys) => keys);
            await Promise.all(Array.from({ length: 1000 }, (_, key) => loader.load(key)));
          }
          return 20_000;
        };
      },
    },
  },
  {
    id: "pool",
    title: "resource pool, take and give back",
    goals: [{ against: "generic-pool", must: 1 }],
    cases: {
      ours: async () => {
        const { ResourcePool } = await import("mooring-runtime");
        return async () => {
          const pool = new ResourcePool({ create: () => ({}), max: 4 });
          for (let index = 0; index < 10_000; index++) await pool.use(increment);
          await pool.drain();
          return 10_000;
        };
      },
      "generic-pool": async () => {
        const { createPool } = (await import("generic-pool")).default;
        return async () => {
          const factory = { create: async () => ({}), destroy: async () => {} };
          const pool = createPool(factory, { max: 4 });
          for (let index = 0; index < 10_000; index++) await pool.use(increment);
          await pool.drain();
          await pool.clear();
          return 10_000;
        };
      },
    },
  },
  {
    id: "keyed-lock",
    title: "lock by key, uncontended",
    goals: [{ against: "async-lock", must: 1 }],
    cases: {
      ours: async () => {
        const { KeyedMutex } = await import("mooring-runtime");
        const locks = new KeyedMutex();
        return async () => {
          for (let index = 0; index < 50_000; index++) {
            await locks.runExclusive(index & 63, async () => index);
          }
          return 50_000;
        };
      },
      "async-lock": async () => {
        const { default: AsyncLock } = await import("async-lock");
        const locks = new AsyncLock();
        return async () => {
          for (let index = 0; index < 50_000; index++) {
            await locks.acquire(String(index & 63), async () => index);
          }
          return 50_000;
        };
      },
    },
  },
  {
    id: "stream-buffered",
    title: "map a stream, 16 at a time, in order",
    goals: [{ against: "it-parallel", must: 1 }],
    cases: {
      ours: async () => {
        const { stream } = await import("mooring-runtime");
        return async () => {
          let count = 0;
          for await (const _ of stream.buffered(items.slice(0, 20_000), places, increment)) count++;
          return count;
        };
      },
      "it-parallel": async () => {
        const { default: parallel } = await import("it-parallel");
        return async () => {
          let count = 0;
          const jobs = items.slice(0, 20_000).map((item) => () => increment(item));
          for await (const _ of parallel(jobs, { concurrency: places, ordered: true })) count++;
          return count;
        };
      },
      "p-map, pMapIterable": async () => {
        const { pMapIterable } = await import("p-map");
        return async () => {
          let count = 0;
          const mapped = pMapIterable(items.slice(0, 20_000), increment, { concurrency: places });
          for await (const _ of mapped) count++;
          return count;
        };
      },
    },
  },
];
