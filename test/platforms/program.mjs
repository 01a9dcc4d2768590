// The program that every platform runs: each example of the runtime's documentation, and then what depends on the platform
// most: threads and shared memory.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RUNTIME, runtimeFiles } from "../../scripts/runtime-entries.mjs";

/** The examples need what browsers have not; why, is told with the result. */
export const BEYOND_BROWSERS = {
  trace: "there is no async context in browsers",
  detectDeadlocks: "there is no async context in browsers",
};

/** @returns {string} a module that imports the package by its name and posts its results to `report` */
export function program() {
  const files = runtimeFiles().filter((it) => !/^(testing|workers|shared)\//.test(it));
  const examples = files.flatMap((file) =>
    [
      ...readFileSync(join(RUNTIME, file), "utf8").matchAll(
        / \* @example\n([^]*?)\n \*\/\nexport (?:async )?(?:function\*?|class) (\w+)/g,
      ),
    ].map(([, body, name]) => [name, body.replaceAll(/^ \* ?/gm, "")]),
  );
  // The platform's own `setImmediate`, where there is one; its lack is part of what is tried.
  const cases = [...examples, ["threads", THREADS], ["shared memory", SHARED]].map(
    ([name, body]) =>
      `[${JSON.stringify(name)}, async () => {\n${body.replaceAll("setImmediate", "(it) => setTimeout(it)")}\n}]`,
  );
  return `
import assert from "mooring-assert";
import { report } from "mooring-report";
import * as runtime from "mooring-runtime";
const { ${exported(files).join(", ")} } = { ...runtime, ...runtime.stream };
const failures = [];
const cases = [${cases.join(",\n")}];
for (const [name, run] of cases) {
  try {
    await Promise.race([run(), new Promise((_, no) => setTimeout(no, 10_000, new Error("not done in ten seconds")))]);
  } catch (error) {
    failures.push([name, String(error?.message ?? error)]);
  }
}
await report({ count: cases.length, failures });
`;
}

const THREADS = `
// Without a dot: Bun 1.4 takes what follows the last one in a \`data:\` URL for the kind of file.
const source = "export const double = (it) => it * 2; export const fail = () => { const error = new TypeError('no'); error['code'] = 7; throw error; };";
const pool = new WorkerPool("data:text/javascript," + encodeURIComponent(source), { size: 2 });
assert.equal(await pool.run("double", [21]), 42);
assert.deepEqual(await pool.map("double", [1, 2, 3]), [2, 4, 6]);
const error = await pool.run("fail", []).catch((it) => it);
assert.deepEqual([error.name, error.message, error.code], ["TypeError", "no", 7]);
await pool.drain();`;

const SHARED = `
const lock = new SharedMutex();
const same = new SharedMutex(lock.buffer);
const guard = await lock.lock();
const waiting = same.lock();
guard.release();
(await waiting).release();
const count = new AtomicInt();
count.add(2);
assert.equal(new AtomicInt(count.buffer).load(), 2);
const { tx, rx } = sharedChannel({ capacityBytes: 64 });
await tx.send(Uint8Array.of(1, 2));
assert.deepEqual([...(await rx.recv()).value], [1, 2]);`;

/** What the examples may name. */
function exported(files) {
  const pattern = /^export (?:\{([^}]*)\}|(?:async )?(?:function\*?|class|const) (\w+))/gm;
  const own = files.flatMap((file) => [
    ...readFileSync(join(RUNTIME, file), "utf8").matchAll(pattern),
  ]);
  const named = own.flatMap(([, list, name]) => (list === undefined ? [name] : list.split(",")));
  const others = ["WorkerPool", "SharedMutex", "AtomicInt", "sharedChannel", "stream"];
  return [...new Set([...named, ...others].map((it) => it.trim()))].filter((it) =>
    /^\w+$/.test(it),
  );
}
