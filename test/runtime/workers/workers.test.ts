/* oxlint-disable no-await-in-loop -- What other threads do is waited for, one thing after another. */
import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { subject } from "../subject.ts";
import { ending } from "./bundle.ts";
import { onLateError } from "../../../runtime/core/late.ts";
import { asyncDispose, dispose } from "../../../runtime/core/symbols.ts";
import { WorkerError } from "../../../runtime/workers/worker-error.ts";
import { WorkerPool } from "../../../runtime/workers/worker-pool.ts";
import { failure, poolOf } from "./pools.ts";
import { begun, fresh, newController, type Tasks, tasks, unblock } from "./tasks.ts";

describe("H14: async context", () => {
  test("functions on the calling side see the context of their caller", async () => {
    const context = new AsyncLocalStorage<string>();
    const pool = poolOf({ size: 1 });
    // The thread starts in the context of the first caller.
    await context.run("first", () => pool.run("double", [1]));
    const seen: unknown[] = [];
    const items = function* () {
      seen.push(context.getStore());
      yield 1;
    };
    const combine = (sum: number, value: number): number => {
      seen.push(context.getStore());
      return sum + value;
    };
    await Promise.all(
      ["a", "b"].map((name) =>
        context.run(name, async () => {
          await pool.mapReduce("double", combine, items(), 0);
          await pool.run("double", [1]);
          seen.push(context.getStore());
        }),
      ),
    );
    expect(seen.toSorted()).toEqual(["a", "a", "a", "b", "b", "b"]);
  });

  test("no context is kept after its tasks: not by the thread that they started either", () => {
    const program = `
      import { AsyncLocalStorage } from "node:async_hooks";
      import { WorkerPool } from "./workers/worker-pool.ts";
      const context = new AsyncLocalStorage<object>();
      const pool = new WorkerPool<any>(${JSON.stringify(tasks.href)}, { size: 1 });
      let store: object | undefined = { of: "the first request" };
      const kept = new WeakRef(store);
      await context.run(store, () => pool.run("double", [1]));
      store = undefined;
      for (let turn = 0; turn < 20; turn++) {
        (globalThis as any).gc();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      console.log(await pool.run("double", [21]), kept.deref());`;
    expect(
      ending(
        program,
        subject,
        "require('node:v8').setFlagsFromString('--expose-gc'); globalThis.gc = require('node:vm').runInNewContext('gc');",
      ),
    ).toEqual({
      status: 0,
      stdout: "42 undefined",
      stderr: "",
    });
  });
});

describe("H24: workers", () => {
  test("an error keeps name, message, stack, cause, code and fields", async () => {
    const pool = poolOf({ size: 1 });
    const error = await failure(pool.run("fail", ["fields"]));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "MyError",
      message: "boom",
      code: "E_MINE",
      extra: { a: 1 },
    });
    expect(error).toHaveProperty("stack", expect.stringContaining("tasks.mjs"));
    expect(error).toHaveProperty("cause", expect.any(RangeError));
    expect(error).toHaveProperty("cause.cause", "deepest");
    const several = await failure(pool.run("fail", ["aggregate"]));
    expect(several).toBeInstanceOf(AggregateError);
    expect(several).toHaveProperty("errors", [expect.any(TypeError), 2]);
    expect(await failure(pool.run("fail", ["cycle"]))).toHaveProperty(
      "cause.cause.message",
      "round",
    );
    expect(await failure(pool.run("fail", ["nothing"]))).toBeUndefined();
    expect(await failure(pool.run("fail", ["other"]))).toBe("a string");
  });

  test("what cannot be cloned rejects its task and no other", async () => {
    const pool = poolOf({ size: 1 });
    await pool.run("double", [1]);
    await Promise.all(Array.from({ length: 64 }, () => pool.run("double", [1])));
    const before = pool.run("double", [1]);
    const result = failure(pool.run("uncloneableResult", []));
    const error = failure(pool.run("fail", ["uncloneable"]));
    const getter = failure(pool.run("fail", ["getter"]));
    const args = failure(pool.run("parameters", [() => 1]));
    const after = pool.run("double", [2]);
    expect(await result).toBeInstanceOf(TypeError);
    expect(await result).toHaveProperty("cause.name", "DataCloneError");
    expect(await error).toMatchObject({ name: "TypeError", message: "nc", n: 1, call: "() => 1" });
    expect(await getter).toHaveProperty("message", "getter");
    expect(await args).toMatchObject({
      name: "TypeError",
      message: expect.stringContaining("`parameters`"),
    });
    expect(await Promise.all([before, after])).toEqual([2, 4]);
    expect(pool.threads).toBe(1);
  });

  test("exit rejects exactly its task, and the worker is replaced", async () => {
    const pool = poolOf({ size: 1 });
    const warm = Array.from({ length: 200 }, (_, i) => pool.run("double", [i]));
    await Promise.all(warm);
    const before = Array.from({ length: 20 }, (_, i) => pool.run("double", [i]));
    const culprit = failure(pool.run("exit", [3]));
    const after = Array.from({ length: 20 }, (_, i) => pool.run("double", [i]));
    expect(await Promise.all([...before, ...after])).toHaveLength(40);
    expect(await culprit).toBeInstanceOf(WorkerError);
    expect(await culprit).toHaveProperty("exitCode", 3);
  });

  test("a death in another thread harms nobody else", async () => {
    const pool = poolOf({ size: 2 });
    const word = fresh();
    const dying = failure(pool.run("exitAfter", [word, 0]));
    const other = fresh();
    const living = pool.run("block", [other]);
    await Promise.all([begun(word), begun(other)]);
    unblock(word);
    expect(await dying).toHaveProperty("exitCode", 0);
    expect(await pool.run("double", [4])).toBe(8);
    unblock(other);
    expect(await living).toBe("unblocked");
  });

  test("memory, and errors nobody catches", async () => {
    const pool = poolOf({ size: 1, resourceLimits: { maxOldGenerationSizeMb: 24 } });
    const exhausted = await failure(pool.run("exhaust", []));
    expect(exhausted).toBeInstanceOf(WorkerError);
    expect(exhausted).toHaveProperty("cause.code", "ERR_WORKER_OUT_OF_MEMORY");
    expect(await failure(pool.run("stray", []))).toHaveProperty("cause.message", "stray");
    expect(await pool.run("double", [4])).toBe(8);
  });

  test("a module that is not there rejects each task, and so does an unknown function", async () => {
    const none = new WorkerPool<Tasks>(new URL("./none.mjs", import.meta.url), { size: 1 });
    const all = await Promise.all([1, 2, 3].map((it) => failure(none.run("double", [it]))));
    for (const error of all) expect(error).toHaveProperty("code", "ERR_MODULE_NOT_FOUND");
    await none[asyncDispose]();
    const pool = poolOf({ size: 1 });
    // @ts-expect-error -- no function
    expect(await failure(pool.run("notAFunction", []))).toBeInstanceOf(TypeError);
    expect(() => new WorkerPool("./relative.js")).toThrow(/import\.meta\.url/);
    const top = new WorkerPool<Tasks>("data:text/javascript,process.exit(5)", { size: 1 });
    const dead = await Promise.all([1, 2].map((it) => failure(top.run("double", [it]))));
    for (const error of dead) expect(error).toHaveProperty("exitCode", 5);
    await top[asyncDispose]();
  });

  test("a thread that could not load its module is replaced", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mooring-"));
    const file = join(folder, "late.mjs");
    const pool = new WorkerPool<Tasks>(pathToFileURL(file), { size: 1 });
    expect(await failure(pool.run("double", [1]))).toHaveProperty("code", "ERR_MODULE_NOT_FOUND");
    writeFileSync(file, "export const double = (x) => x * 2;");
    expect(await pool.run("double", [1])).toBe(2);
    await pool[asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  test("abort tells a running task, and rejects when it has ended", async () => {
    const pool = poolOf({ size: 1 });
    const word = fresh();
    const controller = newController();
    const running = pool.run("untilAborted", [word], { signal: controller.signal });
    await begun(word);
    const next = pool.run("count", [word]);
    const reason = new Error("why");
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(Atomics.load(word, 2)).toBeGreaterThan(0);
    expect(await next).toBe(1);
  });

  test("terminate ends a task that does not listen, and kills nothing else", async () => {
    const pool = poolOf({ size: 2 });
    const word = fresh();
    const controller = newController();
    const { signal } = controller;
    const other = pool.run("block", [word]);
    const spinning = pool.run("spin", [], { signal, onAbort: "terminate" });
    const told = pool.run("double", [1]);
    await begun(word);
    controller.abort("enough");
    await expect(spinning).rejects.toBe("enough");
    expect(await told).toBe(2);
    unblock(word);
    expect(await other).toBe("unblocked");
    expect(pool.threads).toBeLessThanOrEqual(2);
  });

  test("graceMs gives a task that was told some time", async () => {
    const pool = poolOf({ size: 1 });
    const word = fresh();
    const controller = newController();
    const running = pool.run("stubborn", [word], { signal: controller.signal, graceMs: 50 });
    await begun(word);
    controller.abort("enough");
    await expect(running).rejects.toBe("enough");
    expect(Atomics.load(word, 2)).toBe(1);
    expect(await pool.run("double", [1])).toBe(2);
  });

  test("transfers move, and a buffer that is gone rejects", async () => {
    const pool = poolOf({ size: 1 });
    const buffer = new ArrayBuffer(1024);
    expect(await pool.run("size", [buffer], { transfer: [buffer] })).toBe(1024);
    expect(buffer.byteLength).toBe(0);
    const again = await failure(pool.run("size", [buffer], { transfer: [buffer] }));
    expect(again).toHaveProperty("cause", expect.any(TypeError));
    expect(await pool.run("size", [new ArrayBuffer(8)])).toBe(8);
  });

  test("an error in map ends it, after the chunks that run", async () => {
    const pool = poolOf({ size: 2 });
    const items = Array.from({ length: 100 }, (_, i) => `kind ${i}`);
    const late: unknown[] = [];
    const listening = onLateError((error) => late.push(error));
    await expect(pool.map("fail", items, { chunk: 1 })).rejects.toBe("a string");
    listening[dispose]();
    expect(new Set(late)).toEqual(new Set(["a string"]));
    expect(late.length).toBeLessThan(4);
    expect(pool.waiting).toBe(0);
    expect(await pool.run("double", [1])).toBe(2);
  });
});
