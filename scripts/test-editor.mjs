// Proves the extension in a real VS Code, on a machine that has nothing but Node and apt:
// --scenes    by hand in the workbench (test/editor/scenes.mjs)
// --suite     through the API in the extension host (test/extension/), as scripts/test-electron.mjs
//             does in a desktop VS Code
// --variants  the same in other surroundings (test/editor/variants.mjs)
// Without any of these: all of them.

import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromiumPath, installEditor, ROOT, Unable } from "../test/editor/install.mjs";
import { playScenes } from "../test/editor/scenes.mjs";
import { runVariants } from "../test/editor/variants.mjs";

process.chdir(ROOT);
const only = process.argv.slice(2);
const counts = { passed: 0, failed: 0 };
try {
  installEditor();
  chromiumPath();
  execFileSync(process.execPath, ["scripts/package-vsix.mjs"], { stdio: "inherit" });
  const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
  const vsix = join(ROOT, `dist/${name}-${version}.vsix`);
  if (isWanted("--scenes")) {
    process.stdout.write("In the workbench:\n");
    add(await playScenes(vsix));
  }
  if (isWanted("--suite")) {
    process.stdout.write("In the extension host:\n");
    add(runSuite());
  }
  if (isWanted("--variants")) add(await runVariants(vsix));
} catch (error) {
  counts.failed += 1;
  process.stderr.write(`${error instanceof Unable ? error.message : error.stack}\n`);
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;

function isWanted(part) {
  return only.length === 0 || only.includes(part);
}

/** By way of @vscode/test-electron, with a stand-in for the program that it would download. */
function runSuite() {
  const { status, stdout } = spawnSync(process.execPath, ["scripts/test-electron.mjs"], {
    encoding: "utf8",
    env: { ...process.env, VSCODE_EXECUTABLE_PATH: join(ROOT, "test/editor/stand-in/code") },
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
  const lines = stdout.split("\n").filter((it) => /^│[^∎]/.test(it));
  for (const it of lines) process.stdout.write(`  ${it.slice(1)}\n`);
  const passed = lines.filter((it) => it.startsWith("│✓")).length;
  const failed = lines.filter((it) => it.startsWith("│✗")).length;
  if (status !== 0 && failed === 0) process.stdout.write(stdout);
  return { passed, failed: status === 0 ? failed : Math.max(1, failed) };
}

function add({ passed, failed }) {
  counts.passed += passed;
  counts.failed += failed;
}
