import { type Cause, RuntimeError } from "../core/errors.ts";

/**
 * A worker has ended in the middle of a task: it called `process.exit`, ran out of memory, or had an error that nobody
 * caught, which is the `cause`.
 *
 * @example
 * const crash = runWorker("data:text/javascript,process.exit(3)");
 * await assert.rejects(crash, (error) => error instanceof WorkerError && error.exitCode === 3);
 */
export class WorkerError extends RuntimeError {
  static override get kind(): string {
    return "WorkerError";
  }

  /** What Node says; browsers have no such thing. */
  readonly exitCode: number | undefined;

  constructor(message: string, exitCode: number | undefined, options?: Cause) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The error of a thread that has ended too early. */
export function workerError(error: unknown, exitCode: number | undefined): WorkerError {
  const how = exitCode === undefined ? "" : ` with exit code ${exitCode}`;
  const options = error === undefined ? undefined : { cause: error };
  const text = `The worker ended${how} before its task did${whyEnded(error)}.`;
  return new WorkerError(text, exitCode, options);
}

function whyEnded(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const isMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return isMemory
    ? ": it ran out of memory. Give it smaller tasks, or more by `resourceLimits`"
    : ", of an error that nobody caught; see `cause`";
}
