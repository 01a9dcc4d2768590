// Proves the extension in a real VS Code, on a machine that has nothing but Node and apt: by hand in
// the workbench (test/editor/scenes.mjs), then through the API in the extension host (test/extension/).
// `--scenes` and `--host` run only one of them.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installEditor, ROOT } from "../test/editor/install.mjs";
import { runInHost } from "../test/editor/host.mjs";
import { playScenes } from "../test/editor/scenes.mjs";

process.chdir(ROOT);
const only = new Set(process.argv.slice(2));

installEditor();
execFileSync(process.execPath, ["scripts/package-vsix.mjs"], { stdio: "inherit" });
const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
const vsix = join(ROOT, `dist/${name}-${version}.vsix`);

if (!only.has("--host")) {
  process.stdout.write("In the workbench:\n");
  await playScenes(vsix);
}
if (!only.has("--scenes")) {
  process.stdout.write("In the extension host:\n");
  process.exitCode = await runInHost(vsix);
}
