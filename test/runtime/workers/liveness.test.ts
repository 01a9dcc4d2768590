import { describe, expect, test } from "vitest";
import { subject } from "../subject.ts";
import { ending } from "./bundle.ts";
import { tasks } from "./tasks.ts";

const begin = `import { WorkerPool } from "./workers/worker-pool.ts";
  const pool = new WorkerPool<any>(${JSON.stringify(tasks.href)}, { size: 2 });`;

describe("H15: the process", () => {
  test("ends while the pool is idle", () => {
    const program = `${begin}
      console.log(await pool.run("double", [21]));`;
    expect(ending(program, subject)).toEqual({ status: 0, stdout: "42", stderr: "" });
  });

  test("ends when the only task could not be sent, or the module not be loaded", () => {
    const program = `${begin}
      console.log(await pool.run("double", [() => 1]).catch((error: Error) => error.name));
      const none = new WorkerPool<any>(${JSON.stringify(new URL("./none.mjs", tasks).href)}, { size: 1 });
      console.log(await none.run("double", [1]).catch((error: any) => error.code));`;
    const stdout = "TypeError\nERR_MODULE_NOT_FOUND";
    expect(ending(program, subject)).toEqual({ status: 0, stdout, stderr: "" });
  });

  test("lives while a task runs or waits, although nobody awaits it", () => {
    const program = `${begin.replace("size: 2", "size: 1")}
      for (const value of [1, 2, 3]) void pool.run("later", [value, 30]).then((it: unknown) => console.log(it));`;
    expect(ending(program, subject)).toEqual({ status: 0, stdout: "1\n2\n3", stderr: "" });
  });

  test("ends after an abort that ended a thread, with the idle time still running", () => {
    const program = `${begin.replace("size: 2", "size: 1, idleMs: 1e6")}
      const controller = new AbortController();
      const task = pool.run("spin", [], { signal: controller.signal, graceMs: 10 });
      setTimeout(() => controller.abort("enough"), 10);
      console.log(await task.catch((error: unknown) => error), await pool.run("double", [1]));`;
    expect(ending(program, subject)).toEqual({ status: 0, stdout: "enough 2", stderr: "" });
  });
});

describe("idleMs", () => {
  test("ends threads without work, and new ones start when there is some", () => {
    const program = `${begin.replace("size: 2", "size: 2, idleMs: 5")}
      await Promise.all([pool.run("later", [1, 1]), pool.run("later", [1, 1])]);
      while (pool.threads !== 0) await new Promise((resolve) => setTimeout(resolve, 1));
      console.log(await pool.run("double", [2]));`;
    expect(ending(program, subject)).toEqual({ status: 0, stdout: "4", stderr: "" });
  });
});
