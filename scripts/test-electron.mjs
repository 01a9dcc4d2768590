// Runs the suite of test/extension/ in a desktop VS Code: in the one that VSCODE_EXECUTABLE_PATH
// names, else in one that is downloaded. `npm run test:editor` needs neither.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeFolder } from "../test/editor/editor.mjs";
import { buildSuite, SUITE } from "../test/editor/host.mjs";
import { fromEditor, installRunner, NODE, ROOT, Unable } from "../test/editor/install.mjs";
import { writeWorkspace } from "../test/editor/workspace.mjs";

/** @vscode/test-electron needs it. */
const OLDEST_NODE = 22;

process.chdir(ROOT);
const [major = 0] = process.versions.node.split(".").map(Number);
try {
  installRunner();
  if (major >= OLDEST_NODE) await main();
  else again();
} catch (error) {
  if (!(error instanceof Unable)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** The folder of the editor has a later Node, where there is an editor for this machine. */
function again() {
  if (!existsSync(NODE)) {
    throw new Unable(
      `@vscode/test-electron needs Node ${OLDEST_NODE} or later, and this is ${process.version}.`,
      "Run `npm run test:electron` with a later Node.",
    );
  }
  const { status } = spawnSync(NODE, process.argv.slice(1), { stdio: "inherit" });
  process.exitCode = status ?? 1;
}

async function main() {
  const electron = await fromEditor("@vscode/test-electron");
  const program = process.env.VSCODE_EXECUTABLE_PATH ?? (await download(electron));
  if (!existsSync(program)) {
    throw new Unable(
      `VSCODE_EXECUTABLE_PATH names ${program}, which is not there.`,
      "It is the program itself: `/usr/share/code/code` on Linux, `Code.exe` on Windows, `Contents/MacOS/Electron` on macOS.",
    );
  }
  const tests = await buildSuite();
  const home = mkdtempSync(join(tmpdir(), "mooring-electron-"));
  try {
    const places = [
      `--extensions-dir=${join(home, "extensions")}`,
      `--user-data-dir=${join(home, "data")}`,
    ];
    const workspace = writeWorkspace(home);
    install(vsix(), program, places, electron);
    process.exitCode = await electron.runTests({
      vscodeExecutablePath: program,
      extensionDevelopmentPath: SUITE,
      extensionTestsPath: tests,
      launchArgs: [workspace, ...places, "--disable-workspace-trust", "--skip-welcome"],
    });
  } catch (error) {
    if (error.name !== "TestRunFailedError" && error.code === undefined) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } finally {
    removeFolder(home);
  }
}

async function download({ downloadAndUnzipVSCode }) {
  try {
    return await downloadAndUnzipVSCode({ cachePath: join(ROOT, ".editor/desktop") });
  } catch (error) {
    throw new Unable(
      `No desktop VS Code can be downloaded here: ${error.message}.`,
      [
        "Name one that is installed with VSCODE_EXECUTABLE_PATH,",
        "or run `npm run test:editor`: it runs the same suite in the VS Code that npm has, and downloads nothing else.",
      ].join(" "),
    );
  }
}

function install(file, program, places, { resolveCliArgsFromVSCodeExecutablePath }) {
  const [cli] = resolveCliArgsFromVSCodeExecutablePath(program);
  const args = [...places, "--install-extension", file, "--force"];
  const { status, error, stdout, stderr } = spawnSync(cli, args, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  throw new Unable(
    `${cli} does not install the extension: ${error?.message ?? `${stdout}${stderr}`}`,
    "Does VSCODE_EXECUTABLE_PATH name the program that its command line, `bin/code`, belongs to?",
  );
}

function vsix() {
  execFileSync(process.execPath, ["scripts/package-vsix.mjs"], { stdio: "inherit" });
  const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
  return join(ROOT, `dist/${name}-${version}.vsix`);
}
