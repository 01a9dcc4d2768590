import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

// The npm package as somebody gets it: packed, installed into an empty project, and run there.

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "mooring-pack-"));
const project = join(scratch, "shop");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeAll(() => {
  succeed(run(process.execPath, ["scripts/prepare.mjs"], root));
  succeed(run(process.execPath, ["scripts/pack.mjs"], root));
  const name = readdirSync(join(root, "dist")).find((it) => it.endsWith(".tgz")) ?? "";

  mkdirSync(join(project, "src"), { recursive: true });
  writeFileSync(join(project, "package.json"), '{ "name": "shop", "private": true }\n');
  writeFileSync(
    join(project, "src/checkout.ts"),
    [
      "async function save(order: string): Promise<void> {",
      "  if (order === '') throw new Error('empty');",
      "}",
      "export function checkout(order: string): void {",
      "  save(order);",
      "}",
      "",
    ].join("\n"),
  );
  const install = ["install", "--offline", "--no-audit", "--no-fund", join(root, "dist", name)];
  succeed(run("npm", install, project));
}, 240_000);

test("it finds the bug", () => {
  const { status, stdout, stderr } = mooring("check");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^src\/checkout\.ts:5:3 .*floating-promise$/m);
  expect(status).toBe(1);
});

test("it brings everything along", () => {
  const installed = join(project, "node_modules");
  expect(readdirSync(installed).filter((it) => !it.startsWith("."))).toEqual(["mooring"]);
  expect(readdirSync(join(installed, "mooring")).sort()).toEqual([
    "LICENSE",
    "README.md",
    "bin",
    "dist",
    "package.json",
    "rules",
    "schema",
  ]);
  expect(existsSync(join(installed, "mooring/dist/THIRD-PARTY-NOTICES.txt"))).toBe(true);
});

test("it explains its rules without the network", () => {
  const { status, stdout } = mooring("explain", "floating-promise");
  expect(stdout).toMatch(/^# floating-promise\n/);
  expect(status).toBe(0);
});

test("editors find the schema that `mooring init` names", () => {
  expect(mooring("init").status).toBe(0);
  const config = readFileSync(join(project, "mooring.config.json"), "utf8");
  const schema = /"\$schema": "(.+?)"/.exec(config)?.[1] ?? "";
  expect(existsSync(join(project, schema))).toBe(true);
  expect(mooring("check", "--rule", "floating-promise:off").status).toBe(0);
});

test("a pipe gets no colours, and a reader that leaves early is no error", () => {
  expect(mooring("check").stdout).not.toContain("\u001b");
  const command = "node_modules/.bin/mooring check --format json | head -n 1";
  const { stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: project, encoding: "utf8" });
  expect(stdout).toBe("{\n");
  expect(stderr).toBe("");
});

test("the demo shows findings, and ends well", () => {
  const { status, stdout } = run(process.execPath, ["scripts/demo.mjs"], root);
  expect(stdout).toContain("planted in examples/");
  expect(status).toBe(0);
});

test("without a build it says which command makes one", () => {
  const folder = join(scratch, "clone");
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
  const { status, stderr } = run(process.execPath, [join(folder, "bin/mooring.mjs")], folder);
  expect(stderr).toContain("`npm run build`");
  expect(status).toBe(2);
});

function mooring(...args: readonly string[]): SpawnSyncReturns<string> {
  return run("npx", ["--no-install", "mooring", ...args], project);
}

function run(command: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  // What the test runner sets for itself is not what a user has.
  const { NO_COLOR: _, FORCE_COLOR: __, NODE_ENV: ___, ...environment } = process.env;
  return spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...environment, npm_config_update_notifier: "false", npm_config_loglevel: "error" },
  });
}

function succeed({ status, stdout, stderr }: SpawnSyncReturns<string>): void {
  expect(status, `${stdout}${stderr}`).toBe(0);
}
