// The installed extension in surroundings that change what it may do: suites of test/extension/ that
// have a window of their own.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEditor } from "./editor.mjs";
import { buildModule, buildSuite, runInHost, TAKES_TESTS } from "./host.mjs";
import { EDITOR } from "./install.mjs";
import { FILES } from "./workspace.mjs";

const EVIL = `require("node:fs").writeFileSync(__dirname + "/executed.txt", "");
module.exports = () => ({ create: (info) => info.languageService });
`;

const VARIANTS = [
  {
    name: "untrusted",
    isTrusting: false,
    files: {
      ...FILES,
      "tsconfig.json": FILES["tsconfig.json"].replace(
        '"noEmit":true',
        '"noEmit":true,"plugins":[{"name":"../../evil.cjs"},{"name":"evil"}]',
      ),
      "evil.cjs": EVIL,
      "node_modules/evil/index.js": EVIL.replace("__dirname", "process.cwd()"),
      "mooring.config.json": '{ "rules": { "floating-promise": "warning" } }\n',
      "other.json": '{ "rules": { "floating-promise": "off" } }\n',
      ".vscode/settings.json": '{ "mooring.configPath": "other.json" }\n',
    },
  },
  { name: "virtual", files: {}, isVirtual: true },
];

export async function runVariants(vsix) {
  const counts = { passed: 0, failed: 0 };
  for (const { name, isVirtual = false, ...surroundings } of VARIANTS) {
    process.stdout.write(`In the extension host, ${name}:\n`);
    const tests = await buildSuite(name);
    const installed = isVirtual ? [vsix, await memoryFiles()] : [vsix];
    const editor = await startEditor({ ...surroundings, vsix: installed, flags: TAKES_TESTS });
    try {
      let passed = 0;
      let failed = 0;
      const code = await runInHost(editor, {
        tests,
        ...(isVirtual ? virtualIn(editor) : { folder: editor.workspace }),
        say: (text) => {
          process.stdout.write(`  ${text}\n`);
          passed += text.startsWith("✓") ? 1 : 0;
          failed += text.startsWith("✗") ? 1 : 0;
        },
      });
      counts.passed += passed;
      counts.failed += code === 0 ? failed : Math.max(1, failed);
    } finally {
      await editor.stop();
    }
  }
  return counts;
}

/** A workspace of one folder, which an extension of its own serves from memory. */
function virtualIn({ workspace }) {
  const file = `${workspace}.code-workspace`;
  writeFileSync(file, JSON.stringify({ folders: [{ uri: "vscode-vfs://harbour/" }] }));
  return { workspace: file };
}

/** Installed, since only then it is there before the folder is looked at. */
async function memoryFiles() {
  const folder = join(EDITOR, "memory-files");
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: "memory-files",
    publisher: "mooring",
    version: "0.0.1",
    engines: { vscode: "^1.101.0" },
    main: "./memory-files.cjs",
    activationEvents: ["onFileSystem:vscode-vfs"],
    capabilities: { virtualWorkspaces: true },
    files: ["memory-files.cjs"],
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "README.md"), "For tests.\n");
  writeFileSync(join(folder, "LICENSE"), "MIT\n");
  await buildModule("memory-files", folder);
  const out = join(folder, "memory-files.vsix");
  const tool = join(EDITOR, "packaging/node_modules/@vscode/vsce/vsce");
  const flags = ["--no-dependencies", "--allow-missing-repository", "--allow-package-all-secrets"];
  execFileSync(process.execPath, [tool, "package", ...flags, "--out", out], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return out;
}
