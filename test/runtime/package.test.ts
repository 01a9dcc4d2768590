import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// @ts-expect-error a script without types
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import * as source from "../../runtime/index.ts";
import { examples, runExample } from "./examples.ts";

// A program that has installed the package as it is published.

const program = mkdtempSync(join(tmpdir(), "mooring-runtime-"));
const installed = join(program, "node_modules/mooring-runtime");
const require = createRequire(join(program, "index.js"));
const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly import: { readonly default: string } }>>;
  readonly dependencies?: unknown;
  readonly sideEffects: unknown;
}

let manifest: Manifest;

beforeAll(async () => {
  await buildRuntime(installed);
  manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
}, 120_000);

afterAll(() => {
  rmSync(program, { recursive: true });
});

type Runtime = typeof source;

async function imported(): Promise<Runtime> {
  const path = join(installed, manifest.exports["."]?.import.default ?? "");
  return import(/* @vite-ignore */ pathToFileURL(path).href);
}

function required(): Runtime {
  return require("mooring-runtime");
}

describe("what is published", () => {
  test("has no dependency and no side effect", () => {
    expect([manifest.dependencies, manifest.sideEffects]).toEqual([undefined, false]);
  });

  test.each([
    ["import", imported],
    ["require", required],
  ])("exports by %s what the sources do, and every example runs", async (_, load) => {
    const runtime = await load();
    expect(Object.keys(runtime).toSorted()).toEqual(Object.keys(source).toSorted());
    for (const [, body] of examples) await runExample(body, runtime);
  });

  test("H25 loaded in both ways at once, the two work together", async () => {
    const [esm, cjs] = [await imported(), required()];
    expect(esm.Mutex).not.toBe(cjs.Mutex);
    expect(new cjs.TimeoutError()).toBeInstanceOf(esm.TimeoutError);
    const { tx, rx } = cjs.channel<number>(1);
    tx.trySend(1);
    expect(await esm.select({ rx })).toEqual({ key: "rx", value: { done: false, value: 1 } });
  });

  test("every sub-path can be imported and required", () => {
    const paths = Object.keys(manifest.exports)
      .filter((path) => !/testing|package.json/.test(path))
      .map((path) => path.replace(/^\./, "mooring-runtime"));
    expect(paths).toContain("mooring-runtime/mutex");
    for (const [type, load] of [
      ["module", "await import"],
      ["commonjs", "require"],
    ]) {
      const lines = paths.map(
        (path) => `if (Object.keys(${load}("${path}")).length === 0) throw new Error("${path}");`,
      );
      const { status, stderr } = spawnSync(
        process.execPath,
        [`--input-type=${type}`, "-e", lines.join("\n")],
        { cwd: program, encoding: "utf8" },
      );
      expect([status, stderr]).toEqual([0, ""]);
    }
  });

  test.each([
    ["ESM", "use.mts", "ES2023"],
    ["CommonJS", "use.cts", "ES2023"],
    ["an older library", "old.mts", "ES2020"],
  ])("has types for %s", (_, file, lib) => {
    mkdirSync(program, { recursive: true });
    writeFileSync(
      join(program, file),
      `import { Mutex, select, channel } from "mooring-runtime";
       import { tryJoin } from "mooring-runtime/try-join";
       export async function use(): Promise<[number, string]> {
         const guard = await new Mutex(1).lock();
         guard.value += 1;
         guard.release();
         const won = await select({ rx: channel<Date>(1).rx });
         if (won.value.done !== true) won.value.value.getTime();
         return tryJoin([() => 1, () => "two"]);
       }`,
    );
    const { stdout } = spawnSync(
      process.execPath,
      [
        ...[
          tsc,
          file,
          "--noEmit",
          "--strict",
          "--exactOptionalPropertyTypes",
          "--module",
          "nodenext",
        ],
        ...["--target", "es2022", "--lib", `${lib},DOM`, "--types", ""],
      ],
      { cwd: program, encoding: "utf8" },
    );
    expect(stdout).toBe("");
  });
});

describe("size", () => {
  test("who imports one primitive bundles no other", async () => {
    const { metafile } = await build({
      stdin: { contents: `export { Mutex } from "mooring-runtime"`, resolveDir: program },
      bundle: true,
      write: false,
      minify: true,
      format: "esm",
      target: "es2022",
      metafile: true,
    });
    const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs)
        .filter(([, { bytesInOutput }]) => 0 < bytesInOutput)
        .map(([path]) => path.replace(/^.*\/esm\//, "")),
    );
    expect(used.filter((path) => !path.startsWith("core/") && !path.startsWith("<"))).toEqual([
      "sync/mutex.js",
    ]);
  });
});
