import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { globSync } from "tinyglobby";
import { beforeAll, describe, expect, test } from "vitest";
import * as first from "../../runtime/index.ts";
import { listeners, rejection, settled } from "./steps.ts";
import { isVendored, subject } from "./subject.ts";

const folder = fileURLToPath(new URL("../../runtime/", import.meta.url));

type Runtime = typeof first;

let code = "";

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("index.ts", subject))],
    bundle: true,
    write: false,
    format: "cjs",
    target: "es2022",
  });
  code = outputFiles[0]?.text ?? "";
});

/** Another copy of the package, in this realm or with globals of its own. */
function load(globals?: object): Runtime {
  const module: { exports: unknown } = { exports: {} };
  if (globals === undefined) {
    // oxlint-disable-next-line typescript/no-implied-eval -- loads the package once more
    new Function("module", "exports", code)(module, module.exports);
  } else {
    runInNewContext(code, { module, exports: module.exports, ...globals });
  }
  return module.exports as Runtime;
}

describe("H25 two copies of the package", () => {
  test("each knows the errors of the other", async () => {
    const second = load();
    const { tx, rx } = second.channel<number>(1);
    rx.close();
    const error = await rejection(tx.send(1));
    expect(error).toBeInstanceOf(first.ClosedError);
    expect(error).not.toBeInstanceOf(first.TimeoutError);
    expect(first.isCancelled(new second.CancelledError())).toBe(true);
    class QueueClosed extends first.ClosedError {}
    expect(error).not.toBeInstanceOf(QueueClosed);
    expect(new QueueClosed("mine")).toBeInstanceOf(QueueClosed);
    expect(new QueueClosed("mine")).toBeInstanceOf(second.ClosedError);
    expect(new second.LaggedError(3)).toBeInstanceOf(first.LaggedError);
    expect(
      [undefined, null, "text", {}, new Error("plain")].some(
        (it) => it instanceof first.ClosedError,
      ),
    ).toBe(false);
  });

  test("work together on one signal, one lock and one select", async () => {
    const second = load();
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [first.sleep(1e9, { signal }), second.sleep(1e9, { signal })];
    expect(listeners(signal)).toBe(2);
    controller.abort("stop");
    for (const wait of waits) expect(await rejection(wait)).toBe("stop");
    expect(listeners(signal)).toBe(0);

    const mutex = new second.Mutex();
    const condition = new first.Condvar();
    const guard = await mutex.lock();
    const wait = condition.wait(guard);
    expect(mutex.locked).toBe(false);
    condition.notifyOne();
    await wait;
    expect(mutex.locked).toBe(true);

    const { tx, rx } = second.channel<string>(1);
    const selecting = first.select({ rx });
    tx.trySend("across");
    expect((await selecting).value).toEqual({ done: false, value: "across" });
    const token = new first.CancellationToken(new second.CancellationToken());
    expect(token.cancelled).toBe(false);
  });
});

describe("H25 two copies of the package, and threads", () => {
  const module = `data:text/javascript,${encodeURIComponent(`
    export const double = (it) => it * 2;
    export const cancel = () => {
      throw Object.assign(new Error("gone"), { name: "AbortError", [Symbol.for("mooring.error")]: "AbortError" });
    };
    export const exit = () => process.exit(3);`)}`;
  interface Tasks {
    double(it: number): number;
    cancel(): never;
    exit(): never;
  }

  test("each has pools of its own, and knows the errors of the other's", async () => {
    const second = load();
    const pools = [first, second].map((it) => new it.WorkerPool<Tasks>(module, { size: 1 }));
    expect(await Promise.all(pools.map((it) => it.run("double", [21])))).toEqual([42, 42]);
    for (const pool of pools) {
      const exit = await rejection(pool.run("exit", []));
      expect(exit).toBeInstanceOf(first.WorkerError);
      expect(exit).toBeInstanceOf(second.WorkerError);
      expect(exit).not.toBeInstanceOf(first.ClosedError);
      // What an error of this package is survives the way between threads as well.
      const cancelled = await rejection(pool.run("cancel", []));
      expect(cancelled).toBeInstanceOf(first.CancelledError);
      expect(second.isCancelled(cancelled)).toBe(true);
      await pool.drain();
    }
    const { signal } = new AbortController();
    const [one, two] = [first, second].map((it) => new it.WorkerPool<Tasks>(module, { size: 1 }));
    await Promise.all([one?.run("double", [1], { signal }), two?.run("double", [1], { signal })]);
    expect(listeners(signal)).toBe(0);
    await Promise.all([one?.drain(), two?.drain()]);
  });

  test("share what lives in one buffer, and condition variables take the other's guards", async () => {
    const second = load();
    const mutex = new first.SharedMutex();
    const same = new second.SharedMutex(mutex.buffer);
    const guard = await mutex.lock();
    const waiting = same.lock();
    await settled();
    expect(same.tryLock()).toBeUndefined();
    guard.release();
    const held = await waiting;
    const condition = new first.SharedCondvar();
    const wait = condition.wait(held);
    await settled();
    new second.SharedCondvar(condition.buffer).notifyAll();
    await wait;
    expect(held.held).toBe(true);
    held.release();
    const { tx } = first.sharedChannel({ capacityBytes: 64 });
    const { rx } = second.sharedChannel({ buffer: tx.buffer });
    await tx.send(Uint8Array.of(1, 2));
    expect((await rx.recv()).value).toEqual(Uint8Array.of(1, 2));
  });
});

describe("H28 other platforms", () => {
  const browser = () => ({
    setTimeout: (callback: () => void, ms: number) => Number(setTimeout(callback, ms)),
    clearTimeout,
    AbortController,
    MessageChannel,
    performance,
    queueMicrotask,
    Promise,
    Symbol,
    Error,
    console,
  });

  test("a browser: no process, no setImmediate, timers are numbers", async () => {
    const runtime = load(browser());
    await runtime.sleep(1, { ref: false });
    await expect(runtime.timeout(1, () => new Promise(() => {}))).rejects.toHaveProperty(
      "name",
      "TimeoutError",
    );
    const { tx, rx } = runtime.unbounded<number>();
    for (let message = 0; message < 3000; message++) tx.trySend(message);
    for (let message = 0; message < 3000; message++) await rx.recv();
    const stop = runtime.shutdown();
    stop.trigger();
    await stop.done;
    const { events } = await runtime.trace(() => runtime.spawn(() => 1, { name: "one" }));
    const seen = isVendored ? [] : ["one", "one"];
    expect(events.map((it) => it.name)).toEqual(["main", ...seen, "main"]);
    const errors: unknown[][] = [];
    const silent = load({
      ...browser(),
      console: { error: (...parts: unknown[]) => errors.push(parts) },
    });
    silent.spawn(() => Promise.reject(new Error("boom"))).detach();
    await settled();
    expect(String(errors)).toContain("boom");
  });

  test("React Native: neither MessageChannel, nor FinalizationRegistry, nor AbortSignal.any", async () => {
    const { MessageChannel: _, ...rest } = browser();
    const runtime = load({ ...rest, FinalizationRegistry: undefined });
    const failed = runtime.spawn(() => Promise.reject(new Error("boom")));
    await settled();
    await expect(failed).rejects.toThrow("boom");
    const { tx, rx } = runtime.unbounded<number>();
    for (let message = 0; message < 3000; message++) tx.trySend(message);
    for (let message = 0; message < 3000; message++) await rx.recv();
  });
});

describe("H23 `using` where the engine does not know it", () => {
  test("without Symbol.dispose, the registered symbols are the keys", async () => {
    const own = Object.assign(() => {}, {
      for: Symbol.for,
      iterator: Symbol.iterator,
      asyncIterator: Symbol.asyncIterator,
      hasInstance: Symbol.hasInstance,
    });
    const runtime = load({ Symbol: own, AbortController, setTimeout, clearTimeout, performance });
    const guard: object = await new runtime.Mutex().lock();
    expect(Symbol.for("Symbol.dispose") in guard).toBe(true);
    const group: object = new runtime.TaskGroup();
    expect(Symbol.for("Symbol.asyncDispose") in group).toBe(true);
  });

  test.each(["esbuild", "typescript"])("compiled by %s to what Node 20 knows", async (compiler) => {
    const source = `
      async function use(mutex) { using guard = await mutex.lock(); log.push(mutex.locked); }
      async function group(TaskGroup) {
        await using tasks = new TaskGroup();
        tasks.spawn(async (signal) => { await new Promise((r) => signal.addEventListener("abort", r)); log.push("ended"); });
      }
      async function fail(mutex) { using guard = await mutex.lock(); throw new Error("body"); }`;
    const compiled = compiler === "esbuild" ? await byEsbuild(source) : await byTypeScript(source);
    const log: unknown[] = [];
    // oxlint-disable-next-line typescript/no-implied-eval -- runs what the compiler made
    const functions: unknown = new Function("log", `${compiled}; return { use, group, fail };`)(
      log,
    );
    const { use, group, fail } = functions as Record<string, (it: unknown) => Promise<void>>;
    const mutex = new first.Mutex();
    await use?.(mutex);
    await group?.(first.TaskGroup);
    await expect(fail?.(mutex)).rejects.toThrow("body");
    expect([log, mutex.locked]).toEqual([[true, "ended"], false]);
  });

  async function byEsbuild(source: string): Promise<string> {
    const { transform } = await import("esbuild");
    return (await transform(source, { target: "es2022" })).code;
  }

  async function byTypeScript(source: string): Promise<string> {
    const { ts } = await import("ts-morph");
    const { ScriptTarget, ModuleKind } = ts;
    const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.ESNext };
    return ts.transpileModule(source, { compilerOptions }).outputText.replace("export {};", "");
  }
});

describe("the sources", () => {
  const files = globSync("**/*.ts", { cwd: folder, ignore: ["testing/**"] });

  test("no two files have a top-level name in common, so that they can be put into one", () => {
    const owners = new Map<string, string[]>();
    for (const file of files.filter(
      (it) => !it.endsWith("index.ts") && !/^(workers|shared)/.test(it),
    )) {
      const text = readFileSync(folder + file, "utf8");
      const names = text.matchAll(
        /^(?:export )?(?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type) (\w+)/gm,
      );
      for (const name of new Set([...names].map((it) => it[1] ?? ""))) {
        owners.set(name, [...(owners.get(name) ?? []), file]);
      }
    }
    expect([...owners].filter(([, where]) => 1 < where.length)).toEqual([]);
  });

  test("import by relative paths only, and rename nothing", () => {
    const odd = files.flatMap((file) =>
      [...readFileSync(folder + file, "utf8").matchAll(/^(?:import|} from|export .* from).*$/gm)]
        .map(([line]) => `${file}: ${line}`)
        .filter((line) => /from "[^.]/.test(line) || / as (?!stream)/.test(line)),
    );
    expect(odd.filter((it) => !/^(workers|shared)/.test(it))).toEqual([]);
  });
});
