import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import module from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, test } from "vitest";

// What the launcher keeps from one start to the next must never change what a start does.

const scratch = mkdtempSync(join(tmpdir(), "mooring-launcher-"));
const cache = join(scratch, "cache");
const bundle = join(scratch, "a.cjs");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeEach(() => {
  rmSync(cache, { recursive: true, force: true });
  writeFileSync(bundle, "console.log(require('./b.cjs').answer, require('node:path').sep);");
  writeFileSync(join(scratch, "b.cjs"), "exports.answer = (() => 42)();");
});

test("a bundle runs with the bundles beside it and with Node's modules", () => {
  expect(start()).toBe("42 /\n");
  expect(start()).toBe("42 /\n");
});

test("a bundle that was built again is run as it is now", () => {
  start();
  writeFileSync(join(scratch, "b.cjs"), "exports.answer = (() => 43)();");
  // Packages come with the same date in every version; here only the size would tell.
  utimesSync(join(scratch, "b.cjs"), 1, 2);
  expect(start()).toBe("43 /\n");
});

test("a folder that cannot be written to costs nothing but time", () => {
  writeFileSync(cache, "a file where the folder would be");
  expect(start()).toBe("42 /\n");
});

test("the exit code of the bundle is that of the process", () => {
  writeFileSync(bundle, "process.exitCode = 7;");
  expect(started().status).toBe(7);
});

describe.skipIf("enableCompileCache" in module)("without a cache in Node itself", () => {
  const kept = () => readdirSync(join(cache, "mooring/code"));

  test("each bundle is kept once, however often it is built", () => {
    start();
    const first = kept();
    expect(first).toHaveLength(2);
    start();
    expect(kept()).toEqual(first);
    writeFileSync(join(scratch, "b.cjs"), "exports.answer = 'another';");
    start();
    expect(kept()).toHaveLength(2);
    expect(kept()).not.toEqual(first);
  });

  test("what was kept and got damaged is made again", () => {
    start();
    const [damaged = ""] = kept();
    writeFileSync(join(cache, "mooring/code", damaged), "nonsense");
    expect(start()).toBe("42 /\n");
    expect(start()).toBe("42 /\n");
  });

  test("NODE_DISABLE_COMPILE_CACHE keeps nothing", () => {
    expect(start({ NODE_DISABLE_COMPILE_CACHE: "1" })).toBe("42 /\n");
    expect(() => kept()).toThrow();
  });
});

function start(environment: Readonly<Record<string, string>> = {}): string {
  const { stdout, stderr } = started(environment);
  expect(stderr).toBe("");
  return stdout;
}

function started(environment: Readonly<Record<string, string>> = {}) {
  const launcher = fileURLToPath(new URL("../bin/load.mjs", import.meta.url));
  const script = `import { load } from ${JSON.stringify(launcher)}; load(${JSON.stringify(bundle)});`;
  writeFileSync(join(scratch, "start.mjs"), script);
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return spawnSync(process.execPath, [join(scratch, "start.mjs")], {
    encoding: "utf8",
    env: { ...inherited, XDG_CACHE_HOME: cache, HOME: cache, LOCALAPPDATA: cache, ...environment },
  });
}
