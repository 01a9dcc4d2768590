import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
// @ts-expect-error a script without types
import { buildRuntime } from "../../../scripts/build-runtime.mjs";

// docs/testing.md as its reader would follow it: each block is saved under the name in its first line, and where the page
// shows a report, the tests that are there by then are run and have to give it. The kit is the one of the package as it is
// published.

const root = fileURLToPath(new URL("../../..", import.meta.url));
const page = readFileSync(join(root, "docs/testing.md"), "utf8");
const blocks = [...page.matchAll(/^```(ts)?\n([^]*?)^```$/gm)].map(([, language, text = ""]) => ({
  file: language === "ts" ? /^\/\/ (\S+)\n/.exec(text)?.[1] : undefined,
  text,
}));

mkdirSync(join(root, ".work"), { recursive: true });
const project = mkdtempSync(join(root, ".work/guide-"));

beforeAll(async () => {
  await buildRuntime(join(project, "node_modules/mooring-runtime"));
  for (const name of ["vitest", "vite"]) {
    symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
  }
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
}, 120_000);

afterAll(() => {
  rmSync(project, { recursive: true });
});

test("every step of the page gives what it says", { timeout: 240_000 }, () => {
  const steps: string[] = [];
  for (const { file, text } of blocks) {
    if (file === undefined) {
      const { status, output } = run();
      for (const line of text.trim().split("\n")) expect(output).toContain(line.trim());
      steps.push(`fails: ${status !== 0}`);
    } else {
      mkdirSync(dirname(join(project, file)), { recursive: true });
      // Positions in the reports are those of the file without the line that names it.
      writeFileSync(join(project, file), text.slice(text.indexOf("\n") + 1));
      steps.push(file);
    }
  }
  expect(steps).toEqual([
    "src/search.ts",
    "src/search.test.ts",
    "src/search.orders.test.ts",
    "vitest.config.ts",
    "fails: true",
    "src/search.ts",
    "src/transfer.test.ts",
    "fails: true",
    "src/transfer.test.ts",
  ]);
  const { status, output } = run();
  expect([status, output]).toEqual([0, expect.stringContaining("3 passed")]);
});

test("the ordinary test of the page passes with the defect in it", { timeout: 120_000 }, () => {
  const [code, ordinary] = blocks.filter((it) => it.file !== undefined);
  for (const block of [code, ordinary]) {
    writeFileSync(join(project, block?.file ?? ""), block?.text ?? "");
  }
  expect(run("src/search.test.ts").status).toBe(0);
});

function run(...args: string[]): { status: number | null; output: string } {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, "run", ...args], {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", VITEST: undefined },
  });
  return { status, output: stripVTControlCharacters(stdout + stderr) };
}
