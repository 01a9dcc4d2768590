import { type AbortListener, follow, throwIfAborted, unfollow } from "../core/signals.ts";
import type { Cancellable } from "../core/types.ts";
import { moduleUrl, startThread, type Thread, type ThreadOptions } from "./thread.ts";
import { workerError } from "./worker-error.ts";

export { WorkerError } from "./worker-error.ts";

export interface RunWorkerOptions extends Cancellable, ThreadOptions {}

/**
 * Runs a file in a thread of its own. The first message that it posts is the result; then the thread is ended.
 *
 * - **It always settles.** A thread that ends without a message rejects with a WorkerError, also when it ends well; an
 *   error that the thread does not catch is the `cause`.
 * - **Cancellation.** Before it starts, nothing is started. Later the thread is ended in the middle of what it does, and
 *   then this rejects with `signal.reason`. A message that came before the abort counts.
 * - **Handing over.** `transfer` lists what of `workerData` is moved and not copied. In browsers `workerData` is the first
 *   message, and `resourceLimits` has no effect.
 * - **Errors.** Data that cannot be copied, and a file that is no URL, reject with the platform's error or a TypeError.
 * - **It keeps the process alive.**
 *
 * Counterpart of `std::thread::spawn` with `join`.
 * O(1), besides starting a thread and copying.
 *
 * @example
 * const code = `import { parentPort, workerData } from "node:worker_threads"; parentPort.postMessage(workerData * 2);`;
 * const file = `data:text/javascript,${encodeURIComponent(code)}`;
 * assert.equal(await runWorker<number>(file, { workerData: 21 }), 42);
 */
export async function runWorker<T>(file: URL | string, options: RunWorkerOptions = {}): Promise<T> {
  const { signal, ...start } = options;
  throwIfAborted(options);
  const run = new Run();
  return new Promise<T>((resolve, reject) => {
    run.reject = reject;
    run.thread = startThread(moduleUrl(file), start, {
      onMessage: (message) => {
        unfollow(run);
        void run.end();
        // Sound as far as the caller knows what its own file posts.
        resolve(message as T);
      },
      onExit: (error, exitCode) => {
        unfollow(run);
        reject(workerError(error, exitCode));
      },
    });
    if (signal !== undefined) follow(signal, run);
  });
}

class Run implements AbortListener {
  hub: AbortListener["hub"] = undefined;
  thread: Thread | undefined = undefined;
  reject: (reason: unknown) => void = () => {};

  onAbort(reason: unknown): void {
    void this.stop(reason);
  }

  private async stop(reason: unknown): Promise<void> {
    await this.end();
    this.reject(reason);
  }

  async end(): Promise<void> {
    await this.thread?.terminate();
  }
}
