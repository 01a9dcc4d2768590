// Threads: a pool of them, and one that runs a file.
export { runWorker, type RunWorkerOptions } from "./run-worker.ts";
export type { ThreadOptions } from "./thread.ts";
export { WorkerError } from "./worker-error.ts";
export {
  type ArgsOf,
  type FunctionsOf,
  type MapOptions,
  type ResultOf,
  type RunOptions,
  WorkerPool,
  type WorkerPoolOptions,
} from "./worker-pool.ts";
