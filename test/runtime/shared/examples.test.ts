import { readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { expect, test } from "vitest";
import { subject } from "../subject.ts";
import { ending } from "../workers/bundle.ts";

const root = new URL("../../../", import.meta.url);

/** The examples in the doc comments of a file, each a block of code. */
function examplesOf(file: string): string[] {
  const text = readFileSync(new URL(file, root), "utf8");
  return [...text.matchAll(/ \* @example\n((?: \*(?: .*)?\n)+?) \*\/\nexport \S+ (?:\w+ )?/g)].map(
    ([, body = ""]) => body.replaceAll(/^ \* ?/gm, ""),
  );
}

test("the examples of shared memory and workers run as they stand", () => {
  const files = globSync("runtime/{shared,workers}/*.ts", { cwd: root.pathname });
  const examples = files.toSorted().flatMap((it) => examplesOf(it));
  expect(examples.length).toBeGreaterThanOrEqual(12);
  const all = files
    .filter((it) => !it.includes("entry"))
    .map((it, index) => `import * as m${index} from "./${it.replace("runtime/", "")}";`);
  const names = `AtomicFlag, AtomicInt, SharedBarrier, sharedChannel, SharedCondvar, SharedMutex, SharedOnce,
    SharedRwLock, SharedSemaphore, WorkerPool, WorkerError, runWorker`;
  const program = `import assert from "node:assert/strict";
${all.join("\n")}
const { ${names} } = { ${all.map((_, index) => `...m${index}`).join(", ")} };
${examples.map((it) => `await (async () => {\n${it}\n})();`).join("\n")}
console.log("all");`;
  expect(ending(program, subject)).toEqual({ status: 0, stdout: "all", stderr: "" });
});
