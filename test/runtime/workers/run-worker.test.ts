/* oxlint-disable no-await-in-loop -- What other threads do is waited for, one thing after another. */
import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { runWorker } from "../../../runtime/workers/run-worker.ts";
import { newController } from "./tasks.ts";
import { WorkerError } from "../../../runtime/workers/worker-error.ts";

function file(body: string): string {
  const code = `import { parentPort, workerData } from "node:worker_threads"; ${body}`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

describe("runWorker", () => {
  test("resolves with the first message and ends the thread", async () => {
    const go = `parentPort.postMessage(workerData.x + 1); setInterval(() => parentPort.postMessage(0), 1);`;
    expect(await runWorker<number>(file(go), { workerData: { x: 1 } })).toBe(2);
  });

  test("moves what is to be transferred", async () => {
    const buffer = new ArrayBuffer(16);
    const go = `parentPort.postMessage(workerData.byteLength)`;
    expect(await runWorker(file(go), { workerData: buffer, transfer: [buffer] })).toBe(16);
    expect(buffer.byteLength).toBe(0);
  });

  test("H13 and H24: rejects when the thread ends without a message", async () => {
    const silent = runWorker(file(""));
    await expect(silent).rejects.toBeInstanceOf(WorkerError);
    await expect(silent).rejects.toHaveProperty("exitCode", 0);
    const crash = runWorker(file(`throw Object.assign(new RangeError("boom"), { code: "E" })`));
    await expect(crash).rejects.toHaveProperty("cause.message", "boom");
    await expect(runWorker(file(`process.exit(7)`))).rejects.toHaveProperty("exitCode", 7);
    await expect(runWorker(new URL("./none.mjs", import.meta.url))).rejects.toBeInstanceOf(
      WorkerError,
    );
    await expect(runWorker("./relative.js")).rejects.toBeInstanceOf(TypeError);
    await expect(runWorker(file(""), { workerData: () => 1 })).rejects.toHaveProperty(
      "name",
      "DataCloneError",
    );
  });

  test("H3 and H24: an abort ends the thread, and rejects with the reason", async () => {
    const controller = newController();
    const { signal } = controller;
    const word = new Int32Array(new SharedArrayBuffer(8));
    const go = `Atomics.add(workerData, 1, 1); Atomics.wait(workerData, 0, 0)`;
    const running = runWorker(file(go), { workerData: word, signal });
    while (Atomics.load(word, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const reason = new Error("why");
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(runWorker(file(go), { workerData: word, signal })).rejects.toBe(reason);
    expect(Atomics.load(word, 1)).toBe(1);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
