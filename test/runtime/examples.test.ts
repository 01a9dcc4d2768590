import { Project, ts } from "ts-morph";
import { describe, expect, test } from "vitest";
import * as runtime from "../../runtime/index.ts";
import { examples, folder, runExample } from "./examples.ts";

describe("every example does what it says", () => {
  test.each(examples)("%s", async (_, body) => {
    await runExample(body, runtime);
  });
});

test("the examples type-check", () => {
  const project = new Project({
    compilerOptions: {
      ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, strict: true },
      ...{
        lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
        types: ["node"],
      },
      ...{ allowImportingTsExtensions: true, noEmit: true, skipLibCheck: true },
    },
  });
  const names = [...Object.keys(runtime), ...Object.keys(runtime.stream)];
  const blocks = examples.map(([name, body]) => `export async function of${name}() {\n${body}\n}`);
  const file = project.createSourceFile(
    `${folder}examples.ts`,
    `import assert from "node:assert/strict";
     import * as runtime from "./index.ts";
     const { ${names.filter((it) => it !== "stream").join(", ")} } = { ...runtime, ...runtime.stream };
     ${blocks.join("\n")}`,
  );
  const problems = file.getPreEmitDiagnostics();
  expect(project.formatDiagnosticsWithColorAndContext(problems)).toBe("");
});

test("everything that can be called has an example", () => {
  const callable = Object.entries({ ...runtime, ...runtime.stream })
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name);
  const shown = new Set(examples.map(([name]) => name));
  // Those of workers/ and shared/ are run by their own tests.
  const elsewhere = /^(Atomic|Shared|sharedChannel|WorkerPool|WorkerError|runWorker)/;
  expect(callable.filter((name) => !shown.has(name) && !elsewhere.test(name))).toEqual([]);
});
