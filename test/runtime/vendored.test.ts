import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashOf } from "../../cli/hash.ts";
import {
  headerIn,
  primitiveOf,
  primitives,
  runtimeVersion,
  vendoredFile,
} from "../../rules/fixes/vendored.ts";
import { packageEntries } from "../../scripts/runtime-entries.mjs";
import { COMPILERS, type Options, STRICTEST } from "./compilers.ts";

// The files that `mooring runtime add` writes, and fixes, in a project of somebody else.

const root = fileURLToPath(new URL("../..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "mooring-vendored-"));
const names = primitives.map((it) => `${it.name}.ts`);

beforeAll(() => {
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  for (const { name } of primitives) writeFileSync(join(project, `${name}.ts`), textOf(name));
});

afterAll(() => {
  rmSync(project, { recursive: true });
});

function textOf(name: string): string {
  const file = vendoredFile(name);
  expect(file).toBeDefined();
  return file?.text ?? "";
}

test("there is one for every primitive of the package", () => {
  const wanted = packageEntries()
    .map((it) => it.path.replace("./", ""))
    .filter((it) => !/^\.$|^testing|^(trace|deadlocks)$|^(shared|workers)$/.test(it));
  expect(primitives.map((it) => it.name).toSorted()).toEqual(wanted.toSorted());
});

test.each(names)("%s imports nothing and says where it is from", (fileName) => {
  const name = fileName.replace(".ts", "");
  const text = textOf(name);
  expect(vendoredFile(name)?.fileName).toBe(fileName);
  expect(text).not.toMatch(/^(import|export .* from|\} from)\b|^[^*]*\brequire\(/m);
  expect(headerIn(text)).toEqual({ name, version: runtimeVersion, hash: hashOf(text) });
  expect(text).toContain("SPDX-License-Identifier: MIT. Copyright (c) 2026 The Mooring authors.");
});

test("each can be loaded alone, without anything running before it is declared", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mooring-loaded-"));
  await build({
    entryPoints: names.map((it) => join(project, it)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    // Declarations as they stand, not hoisted: a class that needs a constant below it then fails.
    format: "esm",
    target: "es2022",
  });
  const load = names.map((it) => `await import("./${it.replace(".ts", ".mjs")}");`).join("\n");
  writeFileSync(join(folder, "load.mjs"), load);
  const { stderr } = spawnSync(process.execPath, [join(folder, "load.mjs")], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(stderr).toBe("");
});

test("a file is found by the name of the primitive, and by what it provides", () => {
  expect(vendoredFile("Mutex")).toEqual(vendoredFile("mutex"));
  expect(vendoredFile("unbounded")?.fileName).toBe("channel.ts");
  expect(vendoredFile("Mutex")?.exports).toEqual(
    expect.arrayContaining(["Mutex", "MutexGuard", "Guard", "Cancellable"]),
  );
  expect(primitiveOf("Mutx")).toBeUndefined();
  expect(vendoredFile("Permits")).toBeUndefined();
  // What one primitive is made of belongs to its own file.
  expect(vendoredFile("worker-pool")?.exports).not.toContain("mapLimit");
});

test("no file carries more than it uses", () => {
  expect(textOf("is-bug").length).toBeLessThan(2500);
  expect(textOf("mutex")).not.toContain("class Semaphore");
  expect(textOf("atomic-int")).not.toContain("class Waiters");
});

describe.each(Object.entries(COMPILERS))("%s finds nothing in them", (compiler, check) => {
  const strictest = { ...STRICTEST, skipLibCheck: true };
  const browser = { ...strictest, target: "es2022", lib: ["es2022", "dom"], types: [] };
  const node = {
    ...{ ...strictest, target: "es2023", lib: ["es2023"], types: ["node"] },
    typeRoots: [join(root, "node_modules/@types")],
  };
  const cases: readonly (readonly [string, Options])[] = [
    ["bundler, in Node", { ...node, module: "esnext", moduleResolution: "bundler" }],
    ["nodenext, in a browser", { ...browser, module: "nodenext", moduleResolution: "nodenext" }],
  ];
  // A file without imports is resolved in one way only; the older compiler takes its time and is asked once.
  test.each(compiler === "TypeScript 7" ? cases : cases.slice(1))(
    "strictest, %s",
    (_, options) => {
      expect(check(project, names, options)).toBe("");
    },
    300_000,
  );
});

// Prettier's defaults differ from Biome's only in the details that are set here.
test.each([
  ["other quotes, no semicolons, short lines", "single", "asNeeded", "none", "asNeeded", 80],
  ["tabs and long lines", "double", "always", "all", "always", 140],
])("a formatter changes no hash: %s", (_, quoteStyle, semicolons, trailing, parens, lineWidth) => {
  const folder = mkdtempSync(join(tmpdir(), "mooring-formatted-"));
  for (const { name } of primitives) writeFileSync(join(folder, `${name}.ts`), textOf(name));
  writeFileSync(
    join(folder, "biome.json"),
    JSON.stringify({
      formatter: { lineWidth, indentStyle: lineWidth === 140 ? "tab" : "space" },
      javascript: {
        formatter: { quoteStyle, semicolons, trailingCommas: trailing, arrowParentheses: parens },
      },
    }),
  );
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  execFileSync(process.execPath, [biome, "format", "--write", "."], { cwd: folder, stdio: "pipe" });
  const texts = primitives.map(({ name }) => [
    name,
    readFileSync(join(folder, `${name}.ts`), "utf8"),
  ]);
  rmSync(folder, { recursive: true });
  expect(texts.some(([name = "", text]) => text !== textOf(name))).toBe(true);
  expect(texts.map(([name, text = ""]) => [name, hashOf(text)])).toEqual(
    primitives.map(({ name, hash }) => [name, hash]),
  );
});

test("an edit changes the hash", () => {
  const text = textOf("mutex");
  const hash = hashOf(text);
  for (const [from, to] of [
    ["this.size--;", "this.size -= 2;"],
    ["=== undefined", "== undefined"],
    ["First come, first served", "Last come, first served"],
  ] as const) {
    expect(text).toContain(from);
    expect(hashOf(text.replace(from, to))).not.toBe(hash);
  }
  expect(hashOf(text.replaceAll("\n", "\r\n"))).toBe(hash);
});
