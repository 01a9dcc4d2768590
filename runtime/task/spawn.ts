import type { Work } from "../core/types.ts";
import { RunningTask } from "../core/running-task.ts";
import type { SpawnOptions, Task } from "./task.ts";

export type { SpawnOptions, Task } from "./task.ts";

/**
 * Starts work beside what runs now, and returns the handle to it. The work starts at once, as a call of an async
 * function would; a synchronous throw is its failure.
 *
 * - **Cancellation.** The task is aborted with `options.signal`. If that has aborted already, nothing starts.
 * - **Errors** are held until somebody asks; see `Task`.
 * - **Cost.** O(1). An AbortController is made only if the work declares a parameter or `signal` is read.
 *
 * To make sure that no task outlives a block, use `scope`. Counterpart of `tokio::spawn` and `asyncio.create_task`.
 *
 * @example
 * const report = spawn(async () => "done");
 * // … other work …
 * assert.equal(await report, "done");
 * assert.equal(report.status, "ok");
 */
export function spawn<T>(work: Work<T>, options: SpawnOptions = {}): Task<T> {
  return new RunningTask<T>(options).start(work);
}
