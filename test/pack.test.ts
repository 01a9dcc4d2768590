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
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMPILERS, type Options, STRICTEST } from "./runtime/compilers.ts";

// The npm package as somebody gets it: packed, installed into an empty project, and run there.

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "mooring-pack-"));
const project = join(scratch, "shop");
const user = join(scratch, "user");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeAll(() => {
  succeed(run(process.execPath, ["scripts/prepare.mjs"], root));
  succeed(run(process.execPath, ["scripts/pack.mjs"], root));
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
  install(/^mooring-\d.*\.tgz$/, project);

  mkdirSync(user);
  writeFileSync(join(user, "package.json"), '{ "name": "user", "private": true }\n');
  install(/^mooring-runtime-\d.*\.tgz$/, user);
}, 240_000);

/** Installs what was packed, as a user would, and needs no network for it. */
function install(pattern: RegExp, folder: string): void {
  const name = readdirSync(join(root, "dist")).find((it) => pattern.test(it)) ?? "";
  const args = ["install", "--offline", "--no-audit", "--no-fund", join(root, "dist", name)];
  succeed(run("npm", args, folder));
}

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

test("it writes primitives of the runtime into the project, without the network", () => {
  expect(mooring("runtime", "add", "mutex").stdout).toBe("wrote src/mooring/mutex.ts with Mutex\n");
  expect(mooring("runtime", "status").status).toBe(0);
  expect(mooring("check", "src/mooring").stdout).toContain("No findings");
  rmSync(join(project, "src/mooring"), { recursive: true });
});

describe("mooring-runtime", () => {
  const use = `
    async function use(): Promise<string> {
      const mutex = new Mutex(1);
      const [one, all] = await tryJoin([() => mutex.runExclusive((it) => it + 1), () => "two"]);
      const { tx, rx } = channel<number>(1);
      await tx.send(one);
      const won = await select({ rx, late: after(1000) });
      const flag = new AtomicFlag();
      flag.set();
      return [won.key, won.key === "rx" && won.value.value, all, flag.get()].join();
    }
    void use().then((it) => process.stdout.write(it));`;
  const names = "AtomicFlag, after, channel, Mutex, select";
  const programs: Readonly<Record<string, string>> = {
    "esm.mts": `import { ${names} } from "mooring-runtime";
      import { tryJoin } from "mooring-runtime/try-join";${use}`,
    "cjs.cts": `import runtime = require("mooring-runtime");
      import tryJoinModule = require("mooring-runtime/try-join");
      const { ${names} } = runtime;
      const { tryJoin } = tryJoinModule;${use}`,
  };

  test("it has no dependency", () => {
    const installed = readdirSync(join(user, "node_modules")).filter((it) => !it.startsWith("."));
    expect(installed).toEqual(["mooring-runtime"]);
    const folder = join(user, "node_modules/mooring-runtime");
    expect(readdirSync(folder).toSorted()).toEqual(
      "LICENSE README.md cjs esm package.json".split(" "),
    );
  });

  test.each(Object.entries(programs))("%s runs with it", async (name, source) => {
    const { code } = await transform(source, {
      loader: "ts",
      format: name.endsWith(".cts") ? "cjs" : "esm",
      target: "es2022",
    });
    const file = join(user, name.replace("ts", "js"));
    writeFileSync(file, code);
    const { stdout, stderr } = run(process.execPath, [file], user);
    expect([stdout, stderr]).toEqual(["rx,2,two,true", ""]);
  });

  describe.each(Object.entries(COMPILERS))("%s", (_, check) => {
    const options = {
      ...STRICTEST,
      target: "es2022",
      typeRoots: [join(root, "node_modules/@types")],
    };
    const older = { ...options, lib: ["es2020", "dom"], types: [] };
    const imported = { "use.ts": String(programs["esm.mts"]).replace(/void use.*/, "void use();") };

    test.each<[string, Readonly<Record<string, string>>, Options]>([
      [
        "nodenext",
        programs,
        {
          ...options,
          module: "nodenext",
          erasableSyntaxOnly: false,
          lib: ["es2023"],
          types: ["node"],
        },
      ],
      [
        "bundler, older library",
        imported,
        { ...older, module: "esnext", moduleResolution: "bundler" },
      ],
    ])(
      "has types, %s",
      (__, files, more) => {
        for (const [name, text] of Object.entries(files)) writeFileSync(join(user, name), text);
        expect(check(user, Object.keys(files), { ...more, skipLibCheck: false })).toBe("");
      },
      300_000,
    );
  });
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
