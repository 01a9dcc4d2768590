/* oxlint-disable no-await-in-loop, promise/always-return, unicorn/consistent-function-scoping -- Programs that are tested are whole where they stand, and pause in loops. */
import { describe, expect, test } from "vitest";
import { detectRaces, type Race, type Sim, type Test } from "../../../runtime/testing/index.ts";
import { evaluate } from "./gated.ts";

const tick = async (): Promise<void> => {};

async function racesOf(body: (sim: Sim) => Promise<unknown>): Promise<readonly string[]> {
  const races = await detectRaces(async (sim) => void (await body(sim)));
  return races.map(({ kind, key }: Race) => `${kind} of ${key}`);
}

/** All of these pass when they are run: the race is seen although it did no harm. */
describe("finds, in a run that passes", () => {
  test("a value that is read, and written back after a pause", async () => {
    const found = await racesOf(async (sim) => {
      const account = sim.shared("account", { balance: 0 });
      const deposit = async (delay: number): Promise<void> => {
        for (let index = 0; index < delay; index++) await tick();
        const before = account.balance;
        await tick();
        account.balance = before + 1;
      };
      await Promise.all([sim.spawn("a", () => deposit(0)), sim.spawn("b", () => deposit(9))]);
      expect(account.balance).toBe(2);
    });
    expect(found).toEqual(["stale-write of account.balance"]);
  });

  test("the same in calls that were not spawned, across an answer from outside", async () => {
    const found = await racesOf(async (sim) => {
      const account = sim.shared("account", { balance: 0 });
      const io = sim.io(tick);
      const deposit = async (delay: number): Promise<void> => {
        for (let index = 0; index < delay; index++) await io();
        const before = account.balance;
        await io();
        account.balance = before + 1;
      };
      await Promise.all([deposit(0), deposit(9)]);
    });
    expect(found).toEqual(["stale-write of account.balance"]);
  });

  test("a check whose answer may be out of date when it is acted upon", async () => {
    const found = await racesOf(async (sim) => {
      const cache = sim.shared("cache", new Map<string, string>());
      const page = async (): Promise<void> => {
        if (cache.has("home")) return;
        await tick();
        cache.set("home", Math.random().toString());
      };
      await Promise.all([sim.spawn("a", page), sim.spawn("b", page)]);
    });
    expect(found).toEqual(["check-then-act of cache.home"]);
  });

  test("two writes of which the last one stays", async () => {
    const found = await racesOf(async (sim) => {
      const view = sim.shared("view", { text: "" });
      const show = async (text: string): Promise<void> => {
        await tick();
        view.text = text;
      };
      await Promise.all([sim.spawn("a", () => show("a")), sim.spawn("ab", () => show("ab"))]);
    });
    expect(found).toEqual(["write-write of view.text"]);
  });

  test("a write in a timer that nobody waits for", async () => {
    const found = await racesOf(async (sim) => {
      const state = sim.shared("state", { step: 0 });
      setTimeout(() => (state.step = 2), 5);
      await new Promise((resolve) => setTimeout(resolve, 10));
      state.step = 1;
    });
    expect(found).toEqual(["write-write of state.step"]);
  });

  test("both places, as the engine names them", async () => {
    const [race] = await detectRaces(async (sim) => {
      const view = sim.shared("view", { text: "" });
      const one = async (): Promise<void> => {
        await tick();
        view.text = "one";
      };
      const two = async (): Promise<void> => {
        await tick();
        view.text = "two";
      };
      await Promise.all([one(), two()]);
    });
    expect([race?.location, race?.other].join()).toMatch(
      /races\.test\.ts:89:\d+,.*races\.test\.ts:85:\d+/,
    );
  });
});

test("with gates, other orders of microtasks tell a lock that is free from a race", async () => {
  const source = (lock: string, unlock: string): string => `return async (sim) => {
    const account = sim.shared("account", { balance: 0 });
    let isHeld = false; const queue = [];
    const lock = async () => { if (isHeld) await new Promise((go) => queue.push(go)); isHeld = true; };
    const unlock = () => { const next = queue.shift(); if (next) next(); else isHeld = false; };
    const deposit = async (delay) => {
      for (let i = 0; i < delay; i++) await null;
      ${lock}
      const before = account.balance;
      await null;
      account.balance = before + 1;
      ${unlock}
    };
    await Promise.all([sim.spawn("a", () => deposit(0)), sim.spawn("b", () => deposit(9))]);
  };`;
  // Sound: the source above is a test.
  const program = (lock: string, unlock: string): Test => evaluate(source(lock, unlock)) as Test;
  expect(await detectRaces(program("", ""))).toMatchObject([{ kind: "stale-write" }]);
  expect(await detectRaces(program("await lock();", "unlock();"))).toEqual([]);
});

describe("is silent about", () => {
  test.each<[string, (sim: Sim) => Promise<unknown>]>([
    [
      "one after another",
      async (sim) => {
        const account = sim.shared("account", { balance: 0 });
        const deposit = async (): Promise<void> => {
          const before = account.balance;
          await tick();
          account.balance = before + 1;
        };
        await sim.spawn("a", deposit);
        await sim.spawn("b", deposit);
        await deposit();
        await deposit();
      },
    ],
    [
      "a lock of chained promises",
      async (sim) => {
        const account = sim.shared("account", { balance: 0 });
        let chain: Promise<unknown> = Promise.resolve();
        const deposit = (): Promise<void> => {
          const result = chain.then(async () => {
            const before = account.balance;
            await tick();
            account.balance = before + 1;
          });
          chain = result.then(
            () => {},
            () => {},
          );
          return result;
        };
        await Promise.all(["a", "b", "c"].map((it) => sim.spawn(it, deposit)));
      },
    ],
    [
      "a lock with a queue, across answers from outside",
      async (sim) => {
        const account = sim.shared("account", { balance: 0 });
        const io = sim.io(tick);
        let isHeld = false;
        const queue: (() => void)[] = [];
        const deposit = async (): Promise<void> => {
          if (isHeld) await new Promise<void>((resolve) => queue.push(resolve));
          isHeld = true;
          const before = account.balance;
          await io();
          account.balance = before + 1;
          const next = queue.shift();
          if (next === undefined) isHeld = false;
          else next();
        };
        await Promise.all(["a", "b", "c"].map((it) => sim.spawn(it, deposit)));
      },
    ],
    [
      "a lock that is mostly free, and so leaves no trace in promises",
      async (sim) => {
        const account = sim.shared("account", { balance: 0 });
        const io = sim.io(tick);
        let isHeld = false;
        const queue: (() => void)[] = [];
        const deposit = async (delay: number): Promise<void> => {
          for (let index = 0; index < delay; index++) await io();
          if (isHeld) await new Promise<void>((resolve) => queue.push(resolve));
          isHeld = true;
          const before = account.balance;
          await io();
          account.balance = before + 1;
          const next = queue.shift();
          if (next === undefined) isHeld = false;
          else next();
        };
        await Promise.all([sim.spawn("a", () => deposit(0)), sim.spawn("b", () => deposit(5))]);
      },
    ],
    [
      "a gate that a promise passes on, resolved with another promise",
      async (sim) => {
        const account = sim.shared("account", { balance: 0 });
        let open: (it: Promise<void>) => void = () => {};
        const gate = new Promise<void>((resolve) => {
          open = resolve;
        });
        const first = sim.spawn("first", async () => {
          await tick();
          account.balance = 1;
          open(tick());
        });
        const second = sim.spawn("second", async () => {
          await gate;
          account.balance = 2;
        });
        await Promise.all([first, second]);
      },
    ],
    [
      "a change without a pause",
      async (sim) => {
        const counter = sim.shared("counter", { value: 0 });
        const count = async (): Promise<void> => {
          await tick();
          counter.value++;
        };
        await Promise.all([sim.spawn("a", count), sim.spawn("b", count)]);
      },
    ],
    [
      "the same value written twice",
      async (sim) => {
        const state = sim.shared("state", { isDone: false });
        const finish = async (): Promise<void> => {
          await tick();
          state.isDone = true;
        };
        await Promise.all([sim.spawn("a", finish), sim.spawn("b", finish)]);
      },
    ],
    [
      "a check that is made again under the lock",
      async (sim) => {
        const cell = sim.shared("cell", { value: undefined as number | undefined });
        let chain: Promise<unknown> = Promise.resolve();
        const get = async (): Promise<number> => {
          if (cell.value !== undefined) return cell.value;
          const result = chain.then(async () => {
            if (cell.value === undefined) {
              await tick();
              cell.value ??= Math.random();
            }
            return cell.value;
          });
          chain = result;
          return result;
        };
        await Promise.all([sim.spawn("a", get), sim.spawn("b", get)]);
      },
    ],
    [
      "a task that the writer itself waits for",
      async (sim) => {
        const state = sim.shared("state", { step: 0 });
        const before = state.step;
        await sim.spawn("child", async () => {
          await tick();
          state.step = 5;
        });
        state.step = before + 1;
      },
    ],
    [
      "microtasks and ticks that are no promises",
      async (sim) => {
        const state = sim.shared("state", { step: 0 });
        state.step = 1;
        await new Promise<void>((resolve) => {
          queueMicrotask(() => {
            state.step = 2;
            process.nextTick(() => {
              state.step = 3;
              resolve();
            });
          });
        });
        state.step = 4;
      },
    ],
  ])("%s", async (_, body) => {
    expect(await racesOf(body)).toEqual([]);
  });
});

test("a shared value behaves as the value itself", async () => {
  await detectRaces(async (sim) => {
    const list = sim.shared("list", [3, 1, 2]);
    list.push(0);
    expect(list.toReversed()).toEqual([0, 2, 1, 3]);
    expect([list.length, Array.isArray(list), 0 in list]).toEqual([4, true, true]);
    const map = sim.shared("map", new Map([["a", 1]]));
    expect(map.set("b", 2)).toBe(map);
    expect([map.size, [...map], map.get("b"), map.delete("a"), map.has("a")]).toEqual([
      2,
      [
        ["a", 1],
        ["b", 2],
      ],
      2,
      true,
      false,
    ]);
    const set = sim.shared("set", new Set([1]));
    expect([set.add(2).has(2), set.size]).toEqual([true, 2]);
    class Counter {
      value = 0;
      add(): void {
        this.value++;
      }
    }
    const counter = sim.shared("counter", new Counter());
    counter.add();
    expect([counter.value, counter instanceof Counter]).toEqual([1, true]);
  });
});
