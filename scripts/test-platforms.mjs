// Runs the examples of the runtime, threads and shared memory where its users run it: several versions of Node, Deno, Bun
// and Chromium, against the package as it is published; `using` as compiled by swc and Babel; and the testing kit in Jest.
//
//     npm run test:platforms [-- node-24 deno …]
//
// Not part of `npm test`: the first run downloads 300 MB into test/platforms/node_modules. Chromium is the one that is
// installed (see test/editor/install.mjs).

import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromiumPath } from "../test/editor/install.mjs";
import { COMPILERS } from "../test/platforms/compilers.mjs";
import { JEST_PROJECT } from "../test/platforms/jest.mjs";
import { BEYOND_BROWSERS, program } from "../test/platforms/program.mjs";
import { buildRuntime } from "./build-runtime.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const home = join(root, "test/platforms");
const work = join(root, ".work/platforms");
const installed = join(home, "node_modules");

if (!existsSync(join(installed, ".package-lock.json"))) {
  process.stdout.write("Installing the platforms (once, 300 MB)…\n");
  execFileSync("npm", ["ci"], { cwd: home, stdio: "inherit" });
}
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
await buildRuntime(join(work, "node_modules/mooring-runtime"));
writeFileSync(join(work, "package.json"), '{ "type": "module" }');

const binary = (name, ...path) => join(installed, name, ...path);
const platforms = {
  node: () => inProcess(process.execPath),
  "node-22": () => inProcess(binary("node-22", "bin/node")),
  "node-24": () => inProcess(binary("node-24", "bin/node")),
  "node-26": () => inProcess(binary("node-26", "bin/node")),
  deno: () => inProcess(binary(".bin", "deno"), "run", "-A", "--quiet"),
  bun: () => inProcess(binary(".bin", "bun"), "run"),
  chromium: () => inChromium(),
  ...Object.fromEntries(Object.keys(COMPILERS).map((name) => [name, () => compiledBy(name)])),
  jest: () => inJest(),
};

const wanted = process.argv.slice(2);
let isAllRight = true;
for (const [name, run] of Object.entries(platforms)) {
  if (0 < wanted.length && !wanted.includes(name)) continue;
  const { version, count, failures } = await run();
  const passed = count - failures.length;
  process.stdout.write(`${name} ${version}: ${passed} of ${count}\n`);
  for (const [what, why] of failures) process.stdout.write(`  ${what}: ${why}\n`);
  isAllRight &&= failures.every(([, , isExpected]) => isExpected === true);
}
process.exitCode = isAllRight ? 0 : 1;

/** The program with what it imports by name: the package, a way to assert, and a way to report. */
async function bundled(platform, report, assert) {
  const { outputFiles } = await build({
    stdin: { contents: program(), resolveDir: work, loader: "ts" },
    alias: { "mooring-assert": assert, "mooring-report": report },
    external: ["node:*"],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform,
  });
  return outputFiles[0].text;
}

async function inProcess(executable, ...args) {
  const report = join(work, "report.mjs");
  writeFileSync(
    report,
    "export const report = (it) => console.log('RESULT ' + JSON.stringify(it));",
  );
  const file = join(work, "program.mjs");
  writeFileSync(file, await bundled("node", report, "node:assert/strict"));
  const { stdout, stderr, error } = spawnSync(executable, [...args, file], {
    encoding: "utf8",
    timeout: 120_000,
    env: { ...process.env, NO_COLOR: "1", DENO_DIR: join(work, "deno") },
  });
  const version = spawnSync(executable, ["--version"], { encoding: "utf8" }).stdout;
  return {
    version: /\d+\.\d+\.\d+/.exec(version ?? "")?.[0] ?? "?",
    ...resultIn(stdout ?? "", `${error?.message ?? ""}${stderr}`),
  };
}

function resultIn(stdout, stderr) {
  const line = stdout.split("\n").find((it) => it.startsWith("RESULT "));
  if (line === undefined)
    return { count: 1, failures: [["the program", `did not end: ${stderr}`]] };
  return JSON.parse(line.slice("RESULT ".length));
}

/** On a page of its own origin that may share memory between threads, in real time. */
async function inChromium() {
  const chromium = chromiumPath();
  const report = join(work, "report-page.mjs");
  writeFileSync(
    report,
    "export const report = (it) => fetch('/result', { method: 'POST', body: JSON.stringify(it) });",
  );
  const script = await bundled("browser", report, join(home, "assert.mjs"));
  const profile = mkdtempSync(join(tmpdir(), "mooring-chromium-"));
  let browser;
  try {
    const result = await new Promise((resolve, reject) => {
      const headers = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      };
      const ending = (settle) => (outcome) => {
        server.close();
        clearTimeout(limit);
        settle(outcome);
      };
      const server = createServer((request, response) => {
        if (request.url === "/result") {
          json(request)
            .then(ending(resolve), ending(reject))
            .finally(() => response.end());
        } else if (request.url === "/program.mjs") {
          response.writeHead(200, { ...headers, "Content-Type": "text/javascript" }).end(script);
        } else {
          const page = '<!doctype html><script type="module" src="/program.mjs"></script>';
          response.writeHead(200, { ...headers, "Content-Type": "text/html" }).end(page);
        }
      });
      const limit = setTimeout(() => {
        ending(reject)(new Error("The page did not report within two minutes."));
      }, 120_000);
      server.listen(0, "127.0.0.1", () => {
        const address = `http://127.0.0.1:${server.address().port}/`;
        const flags = [
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
        ];
        browser = spawn(chromium, [...flags, `--user-data-dir=${profile}`, address], {
          stdio: "ignore",
        });
        browser.on("error", ending(reject));
      });
    });
    const failures = result.failures.map(([name, why]) =>
      name in BEYOND_BROWSERS ? [name, BEYOND_BROWSERS[name], true] : [name, why],
    );
    const version = spawnSync(chromium, ["--version"], { encoding: "utf8" }).stdout;
    return { version: /[\d.]+/.exec(version)?.[0] ?? "?", count: result.count, failures };
  } catch (error) {
    return { version: "?", count: 1, failures: [["the page", error.message]] };
  } finally {
    browser?.kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function compiledBy(name) {
  const file = join(work, `using-by-${name}.mjs`);
  const { expected, compile } = COMPILERS[name];
  writeFileSync(file, await compile());
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  const manifest = binary(name === "swc" ? "@swc/core" : "@babel/core", "package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  const failures =
    stdout.trim() === JSON.stringify(expected) ? [] : [["using", `${stdout}${stderr}`]];
  return { version, count: 1, failures };
}

async function inJest() {
  const project = join(work, "jest");
  mkdirSync(project);
  for (const [name, text] of Object.entries(JEST_PROJECT)) writeFileSync(join(project, name), text);
  writeFileSync(join(project, "package.json"), "{}");
  // From there, as in a project of a user, both are found by their names.
  mkdirSync(join(project, "node_modules"));
  symlinkSync(
    join(work, "node_modules/mooring-runtime"),
    join(project, "node_modules/mooring-runtime"),
  );
  symlinkSync(binary("babel-jest"), join(project, "node_modules/babel-jest"));
  const { status, stderr } = spawnSync(process.execPath, [binary("jest", "bin/jest.js")], {
    cwd: project,
    encoding: "utf8",
  });
  const { version } = JSON.parse(readFileSync(binary("jest", "package.json"), "utf8"));
  return { version, count: 1, failures: status === 0 ? [] : [["the testing kit", stderr]] };
}
