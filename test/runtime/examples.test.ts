import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { globSync } from "tinyglobby";
import { Project, ts } from "ts-morph";
import { describe, expect, test } from "vitest";
import * as runtime from "../../runtime/index.ts";

const folder = fileURLToPath(new URL("../../runtime/", import.meta.url));

const files = globSync("**/*.ts", {
  cwd: folder,
  ignore: ["testing/**", "workers/**", "shared/**"],
}).sort();

/** The body of every `@example`, by what it is an example of. */
const examples = files.flatMap((file) =>
  [
    ...readFileSync(folder + file, "utf8").matchAll(
      /@example\n([^]*?)\n \*\/\nexport (?:async )?(?:function\*?|class) (\w+)/g,
    ),
  ].map(([, body = "", name = ""]) => [name, body.replaceAll(/^ \* ?/gm, "")] as const),
);

async function run(body: string): Promise<void> {
  const names = { assert, ...runtime, ...runtime.stream };
  const { code } = await transform(`async () => {${body}\n}`, { loader: "ts", target: "es2022" });
  // oxlint-disable-next-line typescript/no-implied-eval -- the examples are texts in comments
  const program: unknown = new Function(
    ...Object.keys(names),
    `return (${code.trim().replace(/;$/, "")})()`,
  );
  if (typeof program === "function") await program(...Object.values(names));
}

describe("every example does what it says", () => {
  test.each(examples)("%s", async (_, body) => {
    await run(body);
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
  expect(callable.filter((name) => !shown.has(name))).toEqual([]);
});
