/* oxlint-disable no-await-in-loop -- What other threads do is waited for, one thing after another. */
import { Worker } from "node:worker_threads";
import { subject } from "../subject.ts";
import { bundled } from "../workers/bundle.ts";

const folder = new URL("shared/", subject);
const imports = [
  "atomic-flag:AtomicFlag",
  "atomic-int:AtomicInt",
  "shared-barrier:SharedBarrier",
  "shared-channel:sharedChannel",
  "shared-condvar:SharedCondvar",
  "shared-mutex:SharedMutex",
  "shared-once:SharedOnce",
  "shared-rw-lock:SharedRwLock",
  "shared-semaphore:SharedSemaphore",
].map((it) => {
  const [file, name] = it.split(":");
  return `import { ${name} } from "./${file}.ts";`;
});

let prelude: string | undefined;

export interface Thread {
  /** What the thread's body returned; rejects with what it threw, or when the thread ended before. */
  readonly done: Promise<unknown>;
  readonly worker: Worker;
}

/**
 * A thread that runs the body of an async function, where all of runtime/shared is in scope, and `data`. The body is
 * JavaScript.
 */
export function thread(body: string, data: unknown): Thread {
  prelude ??= bundled(
    `${imports.join("\n")}\nimport { parentPort, workerData } from "node:worker_threads";
     Object.assign(globalThis, { AtomicFlag, AtomicInt, SharedBarrier, sharedChannel, SharedCondvar, SharedMutex,
       SharedOnce, SharedRwLock, SharedSemaphore });
     const Body = (async () => {}).constructor as FunctionConstructor;
     void new Body("data", workerData.body)(workerData.data).then((value: unknown) => parentPort?.postMessage(value));`,
    folder,
  );
  const worker = new Worker(prelude, { eval: true, workerData: { body, data } });
  const done = new Promise<unknown>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => {
      reject(new Error(`The thread ended with ${code} and without a result.`));
    });
  });
  // A test that looks at a thread only later must not fail for an error that it expects.
  done.catch(() => {});
  return { done, worker };
}

export function threads(count: number, body: string, data: unknown): Promise<unknown[]> {
  return Promise.all(Array.from({ length: count }, () => thread(body, data).done));
}

/** Waits for something that another thread does. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
