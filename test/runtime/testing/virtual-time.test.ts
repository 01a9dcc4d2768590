/* oxlint-disable no-await-in-loop, unicorn/consistent-function-scoping -- Programs that are tested are whole where they stand, and pause in loops. */
import { setTimeout as sleepOfNode } from "node:timers/promises";
import { setTimeout as timeoutOfNode } from "node:timers";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test, vi } from "vitest";
import { detectRaces, explore, type Sim } from "../../../runtime/testing/index.ts";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the only schedule of a test without decisions logs. */
async function logOf(
  body: (sim: Sim, log: (text: unknown) => void) => Promise<unknown>,
  options = {},
): Promise<unknown[]> {
  let last: unknown[] = [];
  await explore(
    async (sim) => {
      const log: unknown[] = [];
      await body(sim, (it) => log.push(it));
      last = log;
    },
    { ...options, runs: 1 },
  );
  return last;
}

describe("virtual time", () => {
  test("passes only where the code waits, on every clock there is", async () => {
    const started = performance.now();
    const log = await logOf(async (sim, add) => {
      const [date, now, tick] = [new Date(), Date.now(), performance.now()];
      await sleep(3_600_000);
      await sleepOfNode(1000);
      await new Promise((resolve) => timeoutOfNode(resolve, 400));
      await promisify(setTimeout)(100);
      add([sim.now, Date.now() - now, Number(new Date()) - Number(date), performance.now() - tick]);
      add([new Date() instanceof Date, new Date(5).getTime(), typeof Date(), Date.UTC(1970, 0)]);
    });
    expect(log).toEqual([
      [3_601_500, 3_601_500, 3_601_500, 3_601_500],
      [true, 5, "string", 0],
    ]);
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test("fires timers by deadline, then in the order in which they were set", async () => {
    const log = await logOf(async (_, add) => {
      setTimeout(add, 20, "20");
      setTimeout(add, 10, "10 a");
      setTimeout(add, 10, "10 b");
      setImmediate(add, "immediate a");
      setImmediate(add, "immediate b");
      const cleared = setTimeout(add, 5, "cleared");
      clearTimeout(cleared);
      clearTimeout(Number(setTimeout(add, 5, "cleared by number")));
      await sleep(30);
    });
    expect(log).toEqual(["immediate a", "immediate b", "10 a", "10 b", "20"]);
  });

  test("treats delays as Node does", async () => {
    const log = await logOf(async (sim, add) => {
      for (const ms of [0, -5, Number.NaN, 2 ** 31, 1.9, Infinity]) {
        const before = sim.now;
        await sleep(ms);
        add(sim.now - before);
      }
    });
    expect(log).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test("offers intervals, refresh and aborted sleeps", async () => {
    const log = await logOf(async (sim, add) => {
      let ticks = 0;
      const timer = setInterval(() => {
        add(`tick ${sim.now}`);
        if (++ticks === 3) clearInterval(timer);
      }, 10);
      await sleep(100);
      const late = setTimeout(() => add(`late ${sim.now}`), 50);
      await sleep(40);
      late.refresh();
      await sleep(60);
      const error: unknown = await sleepOfNode(1000, undefined, {
        signal: AbortSignal.timeout(7),
      }).catch((it: unknown) => it);
      add([sim.now, error instanceof Error && error.name]);
    });
    expect(log).toEqual(["tick 10", "tick 20", "tick 30", "late 190", [207, "AbortError"]]);
  });

  test("gives every run of a seed the same random numbers", async () => {
    const draw = (seed: number): Promise<unknown[]> =>
      logOf(async (sim, add) => add([Math.random(), sim.random()]), { seed });
    expect(await draw(3)).toEqual(await draw(3));
    expect(await draw(3)).not.toEqual(await draw(4));
  });

  test("lets a timer overtake a longer one within the tolerance, never a shorter one", async () => {
    const orders = async (first: number, second: number, tolerance: number): Promise<number> => {
      const seen = new Set<string>();
      await explore(
        async () => {
          const log: number[] = [];
          await Promise.all([first, second].map((ms, at) => sleep(ms).then(() => log.push(at))));
          seen.add(log.join());
        },
        { tolerance },
      );
      return seen.size;
    };
    expect(await orders(10, 9, 0)).toBe(1);
    expect(await orders(10, 9, 1)).toBe(2);
    expect(await orders(10, 8, 1)).toBe(1);
    expect(await orders(10, 10, 5)).toBe(1);
    expect(await orders(9, 10, 5)).toBe(1);
    expect(await orders(100, 1, Infinity)).toBe(2);
  });
});

test("contexts of the code under test follow timers and answers", async () => {
  const storage = new AsyncLocalStorage<string>();
  const log = await logOf(async (sim, add) => {
    await storage.run("mine", async () => {
      setTimeout(() => add(storage.getStore()), 1);
      for (const effect of ["call", "reply", "between"] as const) {
        await sim.io(async () => add(storage.getStore()), { effect })();
        add(storage.getStore());
      }
      await sleep(5);
    });
    add(storage.getStore());
  });
  expect(log).toEqual([...Array.from({ length: 7 }, () => "mine"), undefined]);
});

describe("what is outside of a run", () => {
  test("keeps the real clock while a run is under way, and everything is back after it", async () => {
    const keys = ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "Date"] as const;
    const before = keys.map((it) => globalThis[it]);
    const own = [
      Math.random,
      Date.now,
      Reflect.get(AbortSignal, "timeout"),
      Object.hasOwn(performance, "now"),
    ];
    const listeners = process.listeners("unhandledRejection");
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const exploring = explore(async () => held, { runs: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    const real = Date.now();
    expect(real).toBeGreaterThan(1_750_000_000_000);
    expect(typeof Math.random()).toBe("number");
    release();
    await exploring;
    expect(keys.map((it) => globalThis[it])).toEqual(before);
    expect([
      Math.random,
      Date.now,
      Reflect.get(AbortSignal, "timeout"),
      Object.hasOwn(performance, "now"),
    ]).toEqual(own);
    expect(process.listeners("unhandledRejection")).toEqual(listeners);
  });

  test("is back in place after failures of every kind", async () => {
    const before = [setTimeout, Date, Math.random, timeoutOfNode];
    const failing: ((sim: Sim) => Promise<void>)[] = [
      async () => Promise.reject(new Error("fails")),
      async () => new Promise(() => {}),
      async (sim) => void sim.io(async () => {}, { min: -1 }),
    ];
    for (const it of failing) await expect(explore(it)).rejects.toThrow();
    await expect(explore(async () => {}, { replay: "nonsense" })).rejects.toThrow(TypeError);
    await expect(detectRaces(async () => Promise.reject(new Error("fails")))).rejects.toThrow(
      "fails",
    );
    expect([setTimeout, Date, Math.random, timeoutOfNode]).toEqual(before);
  });

  test("explorations take turns; one inside of another is refused", async () => {
    const order: string[] = [];
    const one = (name: string): Promise<unknown> =>
      explore(
        async (sim) => {
          order.push(`${name} begins`);
          await sim.io(async () => {})();
          order.push(`${name} ends`);
        },
        { runs: 1 },
      );
    await Promise.all([one("a"), one("b"), detectRaces(async () => void order.push("c"))]);
    expect(order).toEqual(["a begins", "a ends", "b begins", "b ends", "c"]);
    await expect(explore(async () => explore(async () => {}))).rejects.toThrow(
      "explore was called inside of a run",
    );
    await expect(explore(async () => detectRaces(async () => {}))).rejects.toThrow(
      "detectRaces was called inside of a run",
    );
  });

  test("fake timers of the test tool are refused, because only one can own the clock", async () => {
    vi.useFakeTimers();
    try {
      await expect(explore(async () => {})).rejects.toThrow("vi.useRealTimers()");
    } finally {
      vi.useRealTimers();
    }
  });

  test("real I/O is waited for, and makes the result not complete", async () => {
    const result = await explore(
      async (sim) => {
        await readFile(new URL(import.meta.url));
        await Promise.all([sim.io(async () => {})(), sim.io(async () => {})()]);
      },
      { strategy: "exhaustive" },
    );
    expect(result).toMatchObject({ complete: false, deterministic: false });
  });

  test("a schedule that was left behind does nothing more", async () => {
    const seen: string[] = [];
    await explore(
      async (sim) => {
        void sim.spawn("left behind", async () => {
          await sleep(10);
          seen.push("went on");
        });
        await sim.io(async () => {}, { max: 1 })();
      },
      { runs: 3 },
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
  });
});

describe("options", () => {
  test.each([
    { runs: 0 },
    { runs: 1.5 },
    { seed: Number.NaN },
    { preemptions: -1 },
    { maxSteps: 0 },
    { tolerance: -1 },
  ])("%o is refused", async (options) => {
    await expect(explore(async () => {}, options)).rejects.toThrow(RangeError);
  });

  test('points: "await" without a single gate is refused with what to do', async () => {
    await expect(explore(async () => {}, { points: "await" })).rejects.toThrow("Add gates()");
  });

  test("the number of preemptions that were covered is reported", async () => {
    const two = async (sim: Sim): Promise<void> => {
      const io = sim.io(async () => {});
      const twice = async (): Promise<void> => {
        await io();
        await io();
      };
      await Promise.all([sim.spawn("a", twice), sim.spawn("b", twice)]);
    };
    const all = { strategy: "exhaustive", preemptions: 9 } as const;
    expect(await explore(two, all)).toMatchObject({ schedules: 6, complete: true, preemptions: 9 });
    expect(await explore(two, { ...all, preemptions: 0 })).toMatchObject({
      schedules: 2,
      complete: false,
      preemptions: 0,
    });
    expect(await explore(two, { ...all, runs: 3 })).toMatchObject({ schedules: 3, preemptions: 0 });
  });
});

test("a thousand schedules leave no memory behind", async () => {
  const spread = async (): Promise<void> => {
    await explore(
      async (sim) => {
        const io = sim.io(async () => {});
        await Promise.all(["a", "b", "c"].map((it) => sim.spawn(it, async () => io())));
        setTimeout(() => {}, 1000);
      },
      { runs: 1000, strategy: "random" },
    );
  };
  await spread();
  const collect = globalThis.gc;
  const before = process.memoryUsage().heapUsed;
  await spread();
  collect?.();
  const grown = process.memoryUsage().heapUsed - before;
  // Without --expose-gc this only catches what holds every run; a run is about 30 kB.
  expect(grown).toBeLessThan(24_000_000);
  expect(process.listenerCount("unhandledRejection")).toBeLessThan(10);
});
