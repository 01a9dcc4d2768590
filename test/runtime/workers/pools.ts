import { afterEach } from "vitest";
import { asyncDispose } from "../../../runtime/core/symbols.ts";
import { WorkerPool, type WorkerPoolOptions } from "../../../runtime/workers/worker-pool.ts";
import { type Tasks, tasks } from "./tasks.ts";

const pools: WorkerPool<Tasks>[] = [];

/** A pool that ends with its test. */
export function poolOf(options: WorkerPoolOptions): WorkerPool<Tasks> {
  const pool = new WorkerPool<Tasks>(tasks, options);
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool[asyncDispose]()));
});

/** What a promise is rejected with. */
export function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${String(value)}`);
    },
    (error: unknown) => error,
  );
}
