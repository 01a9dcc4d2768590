import { describe, expect, test } from "vitest";
import { subject } from "../subject.ts";
import { ending } from "../workers/bundle.ts";

const here = new URL("shared/", subject);
const begin = `import { Worker } from "node:worker_threads";
  import { AtomicFlag } from "./atomic-flag.ts";
  import { SharedMutex } from "./shared-mutex.ts";`;
const setLater = `const flag = new AtomicFlag();
  const worker = new Worker("const { workerData } = require('node:worker_threads'); const words = new Int32Array(workerData);"
    + "setTimeout(() => { Atomics.store(words, 0, 1); Atomics.notify(words, 0); }, 50)",
    { eval: true, workerData: flag.buffer });
  worker.unref();`;

describe("H15: a wait for another thread", () => {
  test("keeps the process alive, although the thread does not", () => {
    const program = `${begin}\n${setLater}
      await flag.wait();
      console.log("set");`;
    expect(ending(program, here)).toEqual({ status: 0, stdout: "set", stderr: "" });
  });

  test("keeps nothing alive after it was cancelled or has ended", () => {
    const program = `${begin}
      const mutex = new SharedMutex();
      const held = await mutex.lock();
      const controller = new AbortController();
      const waiting = mutex.lock({ signal: controller.signal });
      setTimeout(() => controller.abort("stop"), 5);
      console.log(await waiting.catch((error) => error));`;
    expect(ending(program, here)).toEqual({ status: 0, stdout: "stop", stderr: "" });
  });
});

describe("H28: other platforms", () => {
  test("without Atomics.waitAsync, a wait looks again every few milliseconds", () => {
    const program = `${begin}
      ${setLater}
      await flag.wait();
      const mutex = new SharedMutex();
      const held = await mutex.lock();
      const waiting = mutex.lock();
      setTimeout(held.release, 10);
      console.log((await waiting).held, typeof Atomics.waitAsync);`;
    const patched = `Atomics.waitAsync = undefined;`;
    expect(ending(program, here, patched)).toEqual({
      status: 0,
      stdout: "true undefined",
      stderr: "",
    });
  });

  test("a thread that must not block is told so, and can still wait", () => {
    const program = `${begin}
      const mutex = new SharedMutex();
      const other = new SharedMutex(mutex.buffer);
      const guard = mutex.lockSync();
      try { other.lockSync(); } catch (error) { console.log(error.name, error.cause.message); }
      guard.release();
      console.log((await other.lock()).held);`;
    const patched = `Atomics.wait = () => { throw new TypeError("not here"); };`;
    expect(ending(program, here, patched)).toEqual({
      status: 0,
      stdout: "TypeError not here\ntrue",
      stderr: "",
    });
  });

  test("without shared memory the error says why", () => {
    const program = `${begin}
      try { new SharedMutex(); } catch (error) { console.log(error.message); }`;
    const { stdout } = ending(program, here, `delete globalThis.SharedArrayBuffer;`);
    expect(stdout).toContain("cross-origin isolated");
  });
});
