/* oxlint-disable no-await-in-loop -- What other threads do is waited for, one thing after another. */
import { getEventListeners } from "node:events";
import { describe, expect, expectTypeOf, test } from "vitest";
import { turn } from "../../../runtime/core/pace.ts";
import { ClosedError } from "../../../runtime/core/errors.ts";
import { asyncDispose } from "../../../runtime/core/symbols.ts";
import { type ArgsOf, type ResultOf, WorkerPool } from "../../../runtime/workers/worker-pool.ts";
import { failure, poolOf } from "./pools.ts";
import { begun, fresh, newController, type Tasks, tasks, unblock } from "./tasks.ts";

describe("run, map and mapReduce", () => {
  test("call functions in threads, with results by index", async () => {
    const pool = poolOf({ size: 2 });
    const doubled = await Promise.all(
      Array.from({ length: 5000 }, (_, i) => pool.run("double", [i])),
    );
    expect(doubled).toEqual(Array.from({ length: 5000 }, (_, i) => i * 2));
    expect(pool.threads).toBe(2);
  });

  test("map and mapReduce keep the order of the items, whatever their chunks", async () => {
    const pool = poolOf({ size: 2 });
    const items = Array.from({ length: 1000 }, (_, i) => i);
    for (const chunk of [1, 7, 1000, "auto"] as const) {
      expect(await pool.map("double", items, { chunk })).toEqual(items.map((it) => it * 2));
    }
    const joined = await pool.mapReduce("double", (a, b) => `${a},${b}`, items, "", { chunk: 3 });
    expect(joined).toBe(items.map((it) => `,${it * 2}`).join(""));
    expect(await pool.map("double", new Set<number>())).toEqual([]);
    expect(await pool.map("double", [1], { chunk: 5 })).toEqual([2]);
  });

  test("are typed by the module", () => {
    const pool = poolOf({ size: 1 });
    const run = (): Promise<number> => pool.run("double", [1]);
    expectTypeOf(run).returns.resolves.toEqualTypeOf<ResultOf<Tasks["double"]>>();
    expectTypeOf<ArgsOf<Tasks["untilAborted"]>>().toEqualTypeOf<
      [word: Int32Array, signal: AbortSignal] | [word: Int32Array]
    >();
    // @ts-expect-error -- no function
    expect(() => pool.run("notAFunction", [])).toBeDefined();
  });

  test("give the function a signal exactly when `run` was given one", async () => {
    const pool = poolOf({ size: 1 });
    const { signal } = newController();
    expect(await pool.run("parameters", [1])).toEqual([1]);
    expect(await pool.run("parameters", [1], { signal })).toEqual([1, "signal"]);
    expect(await pool.map("parameters", [1])).toEqual([[1]]);
    expect(await pool.map("parameters", [1], { signal })).toEqual([[1, "signal"]]);
  });
});

describe("H2 and H3: abort before the start", () => {
  test("rejects with the reason, never runs, and leaves the others alone", async () => {
    const pool = poolOf({ size: 1 });
    const word = fresh();
    const first = pool.run("block", [word]);
    await begun(word);
    const controller = newController();
    const { signal } = controller;
    const dropped = Array.from({ length: 100 }, () => pool.run("count", [word], { signal }));
    const kept = pool.run("count", [word]);
    const reason = new Error("why");
    controller.abort(reason);
    const settled = await Promise.allSettled(dropped);
    expect(settled.every((it) => it.status === "rejected" && it.reason === reason)).toBe(true);
    expect(pool.waiting).toBe(1);
    unblock(word);
    expect(await first).toBe("unblocked");
    expect(await kept).toBe(0);
    expect(Atomics.load(word, 2)).toBe(1);
    await expect(pool.run("count", [word], { signal })).rejects.toBe(reason);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("H5 and H27: scale", () => {
  test("50,000 tasks on one signal are dropped at once, and the pool goes on", async () => {
    const pool = poolOf({ size: 1 });
    const word = fresh();
    const first = pool.run("block", [word]);
    await begun(word);
    const controller = newController();
    const { signal } = controller;
    const all = Array.from({ length: 50_000 }, () => pool.run("count", [word], { signal }));
    controller.abort("stop");
    const settled = await Promise.allSettled(all);
    expect(settled.every((it) => it.status === "rejected")).toBe(true);
    expect(pool.waiting).toBe(0);
    unblock(word);
    await first;
    expect(await pool.run("count", [word])).toBe(0);
  });
});

describe("H4: one signal for many tasks", () => {
  test("leaves no listener", async () => {
    const pool = poolOf({ size: 2 });
    const { signal } = newController();
    await Promise.all(Array.from({ length: 300 }, () => pool.run("double", [1], { signal })));
    await Promise.allSettled(
      Array.from({ length: 300 }, () => pool.run("fail", ["x"], { signal })),
    );
    await pool.map("double", [1, 2, 3], { signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("H13: close and death settle everything", () => {
  test("dispose rejects what runs and what waits, and refuses more", async () => {
    const pool = poolOf({ size: 1 });
    const word = fresh();
    const running = failure(pool.run("block", [word]));
    await begun(word);
    const waiting = failure(pool.run("double", [1]));
    await pool[asyncDispose]();
    expect(await running).toBeInstanceOf(ClosedError);
    expect(await waiting).toBeInstanceOf(ClosedError);
    expect(await failure(pool.run("double", [1]))).toBeInstanceOf(ClosedError);
    await pool[asyncDispose]();
    expect(pool.threads).toBe(0);
  });

  test("drain waits for what runs and what waits", async () => {
    const pool = poolOf({ size: 1 });
    const all = [pool.run("later", [1, 20]), pool.run("double", [1]), pool.run("later", [3, 1])];
    await pool.drain();
    expect(await Promise.all(all)).toEqual([1, 2, 3]);
    expect(pool.threads).toBe(0);
    expect(await failure(pool.run("double", [1]))).toBeInstanceOf(ClosedError);
    await poolOf({ size: 1 }).drain();
  });
});

describe("back-pressure", () => {
  test("maxQueue refuses what is too much, and map takes items as threads become free", async () => {
    const pool = poolOf({ size: 1, maxQueue: 2 });
    const all = await Promise.allSettled([1, 2, 3, 4, 5].map((it) => pool.run("double", [it])));
    expect(all.map((it) => it.status)).toEqual([
      ...Array<string>(3).fill("fulfilled"),
      ...Array<string>(2).fill("rejected"),
    ]);
    let taken = 0;
    function* items(): Generator<number> {
      for (taken = 0; taken < 1000; taken++) yield taken;
    }
    const word = fresh();
    const blocked = pool.run("block", [word]);
    await begun(word);
    const mapping = pool.map("double", items(), { chunk: 1 });
    await turn();
    expect(taken).toBeLessThan(10);
    unblock(word);
    await blocked;
    expect(await mapping).toHaveLength(1000);
  });
});

describe("H17: limits", () => {
  test("what is no size, queue or time is a RangeError", () => {
    for (const bad of [0, -1, Number.NaN, 1.5]) {
      expect(() => new WorkerPool(tasks, { size: bad })).toThrow(RangeError);
    }
    expect(() => new WorkerPool(tasks, { maxQueue: -1 })).toThrow(RangeError);
    expect(() => new WorkerPool(tasks, { idleMs: Number.NaN })).toThrow(RangeError);
  });
});
