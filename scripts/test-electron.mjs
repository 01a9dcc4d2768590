// Runs the suite of test/extension/ in a desktop VS Code, where one can be downloaded or is named by
// VSCODE_EXECUTABLE_PATH. `npm run test:editor` needs neither.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSuite, SUITE } from "../test/editor/host.mjs";
import { fromEditor, installEditor, NODE, ROOT } from "../test/editor/install.mjs";
import { writeWorkspace } from "../test/editor/workspace.mjs";

process.chdir(ROOT);
const [major = 0] = process.versions.node.split(".").map(Number);
installEditor();
if (major < 22) {
  // @vscode/test-electron needs a later Node, which the editor's folder has.
  execFileSync(NODE, process.argv.slice(1), { stdio: "inherit" });
  process.exit();
}

const { runTests, runVSCodeCommand } = await fromEditor("@vscode/test-electron");
execFileSync(process.execPath, ["scripts/package-vsix.mjs"], { stdio: "inherit" });
const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
const home = mkdtempSync(join(tmpdir(), "mooring-electron-"));
try {
  const workspace = writeWorkspace(home);
  const places = [
    `--extensions-dir=${join(home, "extensions")}`,
    `--user-data-dir=${join(home, "data")}`,
  ];
  const named = process.env.VSCODE_EXECUTABLE_PATH;
  const editor = named === undefined ? {} : { vscodeExecutablePath: named };
  const vsix = join(ROOT, `dist/${name}-${version}.vsix`);
  await runVSCodeCommand([...places, "--install-extension", vsix, "--force"], editor);
  process.exitCode = await runTests({
    ...editor,
    extensionDevelopmentPath: SUITE,
    extensionTestsPath: await buildSuite(),
    launchArgs: [workspace, ...places, "--disable-workspace-trust", "--skip-welcome"],
  });
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
