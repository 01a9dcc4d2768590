// Makes a fresh clone ready: installs what package-lock.json names, and builds. Runs before
// anything is installed, so it may import nothing but Node. Says nothing where nothing is to do.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./sources.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

const LOCK = "package-lock.json";
/** Remembers which lock file was installed: its date says nothing after a change of branch. */
const STAMP = "node_modules/.mooring-install";

if (!isInstalled()) {
  say("Installing dependencies…");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  stamp();
}
if (!isBuilt()) {
  say("Building…");
  run(process.execPath, ["scripts/build.mjs"]);
}

function isInstalled() {
  if (existsSync(STAMP)) return readFileSync(STAMP, "utf8") === lockHash();
  // Installed by hand: npm leaves its own copy of the lock file, with a date.
  const installed = "node_modules/.package-lock.json";
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(LOCK).mtimeMs) return false;
  stamp();
  return true;
}

/** As a file of its own: copies of a tree made of hard links share what is written in place. */
function stamp() {
  rmSync(STAMP, { force: true });
  writeFileSync(STAMP, lockHash());
}

function lockHash() {
  return createHash("sha256").update(readFileSync(LOCK)).digest("hex");
}

/** What the program prints is kept for when it fails. */
function run(command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    // npm is a script on Windows, which only a shell can run.
    shell: process.platform === "win32" && command === "npm",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}${error === undefined ? "" : `${error}\n`}`);
  process.stderr.write(`\`${command} ${args.join(" ")}\` failed in ${root}\n`);
  process.exit(1);
}

function say(text) {
  if (!process.argv.includes("--quiet")) process.stderr.write(`${text}\n`);
}
