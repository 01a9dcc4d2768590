import { describe, expect, test, vi } from "vitest";
import {
  batcher,
  ClosedError,
  defer,
  deferAsync,
  Mutex,
  once,
  OnceCell,
  onLateError,
  ResourcePool,
  scope,
  singleFlight,
  sleep,
  spawn,
  trace,
} from "../../runtime/index.ts";
import { deferred, listeners, rejection, settled, stateOf } from "./steps.ts";
import { isVendored } from "./subject.ts";

describe("OnceCell and once", () => {
  test("concurrent callers share one run; a failure leaves it empty", async () => {
    const cell = new OnceCell<number>();
    let runs = 0;
    const failing = () => Promise.reject(new Error(`run ${++runs}`));
    const waits = [cell.getOrInit(failing), cell.getOrInit(failing)];
    for (const wait of waits) await expect(wait).rejects.toThrow("run 1");
    expect(await cell.getOrInit(() => 7)).toBe(7);
    expect([cell.get(), cell.set(8), await cell.getOrInit(failing)]).toEqual([7, false, 7]);
  });

  test("H2 a caller that leaves does not stop the work; the last one does", async () => {
    const cell = new OnceCell<number>();
    const gate = deferred<number>();
    const [a, b] = [new AbortController(), new AbortController()];
    let told: AbortSignal | undefined;
    const init = (signal: AbortSignal) => {
      told = signal;
      return gate.promise;
    };
    const first = cell.getOrInit(init, { signal: a.signal });
    const second = cell.getOrInit(init, { signal: b.signal });
    a.abort("first left");
    expect(await rejection(first)).toBe("first left");
    expect(told?.aborted).toBe(false);
    b.abort("second left");
    expect(await rejection(second)).toBe("second left");
    expect(told?.aborted).toBe(true);
    const third = cell.getOrInit(() => 3);
    gate.resolve(1);
    expect(await third).toBe(3);
    await settled();
    expect(cell.get()).toBe(3);
    expect([listeners(a.signal), listeners(b.signal)]).toEqual([0, 0]);
  });

  test("`once` tries again after an error, unless told", async () => {
    let runs = 0;
    const work = () => {
      runs++;
      throw new Error(`run ${runs}`);
    };
    const again = once(work);
    await expect(again()).rejects.toThrow("run 1");
    await expect(again()).rejects.toThrow("run 2");
    const kept = once((signal) => (signal.aborted ? 0 : work()), { retryOnError: false });
    await expect(kept()).rejects.toThrow("run 3");
    await expect(kept()).rejects.toThrow("run 3");
    expect(await rejection(again({ signal: AbortSignal.abort("gone") }))).toBe("gone");
  });
});

test("singleFlight shares a run while it lasts, errors too, by key", async () => {
  let runs = 0;
  const load = singleFlight(
    async (table: string, id: number) => {
      runs++;
      if (table === "bad") throw new Error("bad");
      return `${table} ${id}`;
    },
    (table, id) => `${table}:${id}`,
  );
  expect(await Promise.all([load("a", 1), load("a", 1), load("a", 2)])).toEqual([
    "a 1",
    "a 1",
    "a 2",
  ]);
  expect(runs).toBe(2);
  const failures = await Promise.allSettled([load("bad", 1), load("bad", 1)]);
  expect(failures.map((it) => it.status)).toEqual(["rejected", "rejected"]);
  expect(runs).toBe(3);
  const throwing = singleFlight(() => {
    throw new Error("at once");
  });
  await expect(throwing()).rejects.toThrow("at once");
});

test("H23 defer and deferAsync run once, and their errors come out", async () => {
  const log: string[] = [];
  {
    using _ = defer(() => log.push("sync"));
    await using __ = deferAsync(async () => {
      await settled(1);
      log.push("async");
    });
  }
  expect(log).toEqual(["async", "sync"]);
  const failing = deferAsync(() => Promise.reject(new Error("boom")));
  await expect(failing[Symbol.asyncDispose]()).rejects.toThrow("boom");
  await expect(failing[Symbol.asyncDispose]()).rejects.toThrow("boom");
  expect(() => {
    using _ = defer(() => {
      throw new Error("at the end");
    });
  }).toThrow("at the end");
});

describe("ResourcePool", () => {
  const connections = (max: number, more = {}) => {
    const log: string[] = [];
    let last = 0;
    const pool = new ResourcePool<{ id: number }>({
      create: () => ({ id: ++last }),
      destroy: ({ id }) => {
        log.push(`destroyed ${id}`);
      },
      max,
      ...more,
    });
    return { pool, log };
  };

  test("never has more than `max`, serves in order, and takes the last used first", async () => {
    const { pool } = connections(2);
    const first = await pool.acquire();
    const second = await pool.acquire();
    const third = pool.acquire();
    const fourth = pool.acquire();
    expect([pool.size, pool.idle, pool.waiting]).toEqual([2, 0, 2]);
    await second[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    expect((await third).value.id).toBe(2);
    expect(await stateOf(fourth)).toBe("pending");
    await first[Symbol.asyncDispose]();
    await (await fourth)[Symbol.asyncDispose]();
    await (await third)[Symbol.asyncDispose]();
    expect([pool.size, pool.idle]).toEqual([2, 2]);
    expect(await pool.use(({ id }) => id)).toBe(2);
    await pool.drain();
  });

  test("H8 a user that throws gives it back; one that is broken is destroyed", async () => {
    const { pool, log } = connections(1);
    await expect(pool.use(() => Promise.reject(new Error("boom")))).rejects.toThrow("boom");
    expect(pool.idle).toBe(1);
    const lease = await pool.acquire();
    await lease.discard();
    expect([log, pool.size]).toEqual([["destroyed 1"], 0]);
    expect(await pool.use(({ id }) => id)).toBe(2);
  });

  test("what is not valid is replaced, and so is what cannot be asked", async () => {
    const { pool, log } = connections(2, {
      validate: ({ id }: { id: number }) => {
        if (id === 1) return false;
        if (id === 2) throw new Error("no answer");
        return true;
      },
    });
    const leases = [await pool.acquire(), await pool.acquire()];
    for (const lease of leases) await lease[Symbol.asyncDispose]();
    expect(await pool.use(({ id }) => id)).toBe(3);
    expect(log).toEqual(["destroyed 2", "destroyed 1"]);
    expect(await pool.use(({ id }) => id)).toBe(3);
  });

  test("a `create` that fails rejects its caller alone", async () => {
    let tries = 0;
    const pool = new ResourcePool({
      create: async () => {
        if (++tries === 1) throw new Error("refused");
        return tries;
      },
      max: 1,
    });
    const [first, second] = await Promise.allSettled([pool.use((it) => it), pool.use((it) => it)]);
    expect([first.status, second]).toEqual(["rejected", { status: "fulfilled", value: 2 }]);
    expect(pool.size).toBe(1);
  });

  test("H1 what is made for somebody who has left is kept", async () => {
    const gate = deferred<number>();
    let told = false;
    const pool = new ResourcePool<number>({
      create: async (signal) => {
        const value = await gate.promise;
        told = signal.aborted;
        return value;
      },
      max: 1,
    });
    const controller = new AbortController();
    const { signal } = controller;
    const cancelled = pool.acquire({ signal });
    await settled();
    controller.abort("left");
    gate.resolve(5);
    expect(await rejection(cancelled)).toBe("left");
    expect([told, pool.idle, listeners(signal)]).toEqual([true, 1, 0]);
    expect(await pool.use((it) => it)).toBe(5);
  });

  test("the queue has a limit", async () => {
    const { pool } = connections(1, { maxQueue: 1 });
    const lease = await pool.acquire();
    const waiting = pool.acquire();
    await expect(pool.acquire()).rejects.toThrow("maxQueue");
    await lease[Symbol.asyncDispose]();
    await (await waiting)[Symbol.asyncDispose]();
    expect(() => connections(0)).toThrow(RangeError);
  });

  test("H13 drain rejects who waits, waits for who uses, and destroys", async () => {
    const late: unknown[] = [];
    using _ = onLateError((error) => late.push(error));
    const { pool } = connections(1, { destroy: () => Promise.reject(new Error("stuck")) });
    const lease = await pool.acquire();
    const waiting = pool.acquire();
    const drained = pool.drain();
    expect(await rejection(waiting)).toBeInstanceOf(ClosedError);
    expect(await stateOf(drained)).toBe("pending");
    await lease[Symbol.asyncDispose]();
    await drained;
    expect([pool.size, late.map(String)]).toEqual([0, ["Error: stuck"]]);
    expect(await rejection(pool.use(() => 1))).toBeInstanceOf(ClosedError);
  });

  test("what nobody uses is destroyed after a while, down to `min`", async () => {
    vi.useFakeTimers();
    try {
      const { pool, log } = connections(3, { idleMs: 100, min: 1 });
      const leases = [await pool.acquire(), await pool.acquire(), await pool.acquire()];
      for (const lease of leases) await lease[Symbol.asyncDispose]();
      await vi.advanceTimersByTimeAsync(100);
      expect([pool.size, log.length]).toEqual([1, 2]);
      await pool.drain();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("batcher", () => {
  test("one call for the keys of one turn; equal keys once; errors by key", async () => {
    const batches: (readonly number[])[] = [];
    const load = batcher(async (keys: readonly number[]) => {
      batches.push(keys);
      return keys.map((key) => (key === 3 ? new Error("no three") : key * 2));
    });
    const results = await Promise.allSettled([load(1), load(2), load(1), load(3)]);
    expect(results.map((it) => (it.status === "fulfilled" ? it.value : String(it.reason)))).toEqual(
      [2, 4, 2, "Error: no three"],
    );
    expect(batches).toEqual([[1, 2, 3]]);
  });

  test("a full batch goes at once, and a window gathers longer", async () => {
    vi.useFakeTimers();
    try {
      const batches: number[] = [];
      const load = batcher(
        async (keys: readonly number[]) => {
          batches.push(keys.length);
          return keys;
        },
        { maxSize: 2, windowMs: 10 },
      );
      const waits = [load(1), load(2), load(3)];
      await settled();
      expect(batches).toEqual([2]);
      await vi.advanceTimersByTimeAsync(10);
      expect(await Promise.all(waits)).toEqual([1, 2, 3]);
      expect(batches).toEqual([2, 1]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("a load that fails or gives the wrong number rejects all; nobody hangs", async () => {
    const failing = batcher(() => Promise.reject(new Error("down")));
    await expect(failing(1)).rejects.toThrow("down");
    const short = batcher(async (keys: readonly number[]) => keys.slice(1));
    await expect(Promise.all([short(1), short(2)])).rejects.toThrow(
      "2 keys were loaded and 1 values",
    );
  });

  test("H2 who leaves is not waited for; when all have left the load is told or not made", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    let loads = 0;
    let told: AbortSignal | undefined;
    const gate = deferred();
    const load = batcher(async (keys: readonly number[], own) => {
      loads++;
      told = own;
      await gate.promise;
      return keys;
    });
    const first = load(1, { signal });
    const second = load(2);
    await settled();
    controller.abort("left");
    expect(await rejection(first)).toBe("left");
    expect(told?.aborted).toBe(false);
    gate.resolve();
    expect(await second).toBe(2);
    expect(told?.aborted).toBe(false);
    const other = new AbortController();
    const alone = load(3, { signal: other.signal });
    other.abort("left");
    expect(await rejection(alone)).toBe("left");
    expect(await load(4)).toBe(4);
    expect(loads).toBe(2);
    expect(await rejection(load(5, { signal }))).toBe("left");
  });
});

// It follows the primitives of its own copy of the package.
describe.skipIf(isVendored)("trace", () => {
  test("records tasks, their parents and their waits, and nothing from outside", async () => {
    const lock = new Mutex();
    const outside = spawn(() => sleep(5), { name: "outside" });
    const { result, events, toChromeTrace } = await trace(() =>
      scope(async (s) => {
        for (const name of ["a", "b"]) {
          s.spawn(() => lock.runExclusive(() => sleep(1)), { name });
        }
        return "done";
      }),
    );
    await outside;
    expect(result).toBe("done");
    const names = new Set(events.map((it) => it.name));
    expect(names).toEqual(new Set(["main", "scope", "a", "b"]));
    const of = (name: string) => events.filter((it) => it.name === name);
    expect(of("b").map((it) => [it.phase, it.on])).toEqual([
      ["start", undefined],
      ["wait", "lock"],
      ["resume", "lock"],
      ["wait", "sleep"],
      ["resume", "sleep"],
      ["end", undefined],
    ]);
    expect(of("a")[0]?.parent).toBe(of("scope")[0]?.task);
    const spans: { ph: string; tid: number }[] = JSON.parse(toChromeTrace()).traceEvents;
    for (const task of new Set(spans.map((it) => it.tid))) {
      const own = spans.filter((it) => it.tid === task);
      const count = (phase: string) => own.filter((it) => it.ph === phase).length;
      expect(count("B")).toBe(count("E"));
    }
  });

  test("an error comes out and ends the recording", async () => {
    await expect(trace(() => Promise.reject(new Error("boom")))).rejects.toThrow("boom");
    const { events } = await trace(() => 1);
    expect(events.map((it) => it.phase)).toEqual(["start", "end"]);
  });
});
