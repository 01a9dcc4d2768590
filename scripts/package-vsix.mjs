// Makes the extension's .vsix in dist/. The tool for it is not among the project's dependencies: it
// brings almost three hundred packages, and is needed here only.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./sources.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

/** Not below the project itself, whose modules would be found too. */
const TOOL = ".editor/packaging";
const NEEDED = "scripts/packaging";

if (!isBuilt()) execFileSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
installTool();

const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
const target = `dist/${name}-${version}.vsix`;
execFileSync(
  process.execPath,
  [
    `${TOOL}/node_modules/@vscode/vsce/vsce`,
    "package",
    // Everything is bundled.
    "--no-dependencies",
    // There is no public repository yet that relative links of the README could lead to.
    "--allow-missing-repository",
    "--no-rewrite-relative-links",
    // Looking for secrets in bundled sources takes most of a minute, and publishing looks anyway.
    "--allow-package-all-secrets",
    "--out",
    target,
  ],
  { stdio: ["ignore", "ignore", "inherit"] },
);
process.stdout.write(`${target} (${Math.round(statSync(target).size / 1024)} kB)\n`);

function installTool() {
  const files = ["package.json", "package-lock.json", ".npmrc"];
  const isInstalled =
    existsSync(`${TOOL}/node_modules/@vscode/vsce`) &&
    files.every((it) => readFileSync(`${TOOL}/${it}`).equals(readFileSync(`${NEEDED}/${it}`)));
  if (isInstalled) return;
  mkdirSync(TOOL, { recursive: true });
  for (const it of files) cpSync(`${NEEDED}/${it}`, `${TOOL}/${it}`);
  execFileSync("npm", ["ci", "--ignore-scripts", "--omit=optional", "--loglevel=error"], {
    cwd: TOOL,
    shell: process.platform === "win32",
    stdio: ["ignore", "ignore", "inherit"],
  });
}
