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
  {
    name: "virtual",
    files: {},
    folders: [{ uri: "vscode-vfs://harbour/" }],
    brings: memoryFiles,
  },
  {
    name: "roots",
    folders: [{ path: "harbour/quay" }, { path: "harbour/depot" }],
    files: {
      "quay/tsconfig.json": FILES["tsconfig.json"],
      "quay/src/store.ts": FILES["src/store.ts"],
      "quay/src/checkout.ts": FILES["src/checkout.ts"],
      "quay/mooring.config.json": '{ "rules": { "floating-promise": "warning" } }\n',
      "depot/tsconfig.json": FILES["tsconfig.json"],
      "depot/src/refund.ts": FILES["src/refund.ts"].replace(
        '"./store.js"',
        '"../../quay/src/store.js"',
      ),
      "depot/src/reminder.ts": "export {};\n",
    },
  },
  { name: "german", files: FILES, language: "de" },
];

export async function runVariants(vsix) {
  const counts = { passed: 0, failed: 0 };
  for (const { name, folders, brings, ...surroundings } of VARIANTS) {
    process.stdout.write(`In the extension host, ${name}:\n`);
    const tests = await buildSuite(name);
    const installed = brings === undefined ? [vsix] : [vsix, await brings()];
    const editor = await startEditor({ ...surroundings, vsix: installed, flags: TAKES_TESTS });
    try {
      let passed = 0;
      let failed = 0;
      const code = await runInHost(editor, {
        tests,
        ...(folders === undefined ? { folder: editor.workspace } : among(folders, editor)),
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

/** A workspace of these folders, beside which its file lies. */
function among(folders, { workspace }) {
  const file = `${workspace}.code-workspace`;
  writeFileSync(file, JSON.stringify({ folders }));
  return { workspace: file };
}

/** Serves a folder from memory. Installed, since only then it is there before the folder is looked at. */
async function memoryFiles() {
  await buildModule("memory-files", folderFor("memory-files"));
  return packed("memory-files", {
    main: "./memory-files.cjs",
    activationEvents: ["onFileSystem:vscode-vfs"],
    capabilities: { virtualWorkspaces: true },
    files: ["memory-files.cjs"],
  });
}

function folderFor(name) {
  const folder = join(EDITOR, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Makes an extension of what lies in the folder of that name. */
function packed(name, fields) {
  const folder = folderFor(name);
  const manifest = {
    name,
    publisher: "mooring",
    version: "0.0.1",
    engines: { vscode: "^1.101.0" },
    ...fields,
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "README.md"), "For tests.\n");
  writeFileSync(join(folder, "LICENSE"), "MIT\n");
  const out = join(folder, `${name}.vsix`);
  const tool = join(EDITOR, "packaging/node_modules/@vscode/vsce/vsce");
  const flags = ["--no-dependencies", "--allow-missing-repository", "--allow-package-all-secrets"];
  execFileSync(process.execPath, [tool, "package", ...flags, "--out", out], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return out;
}
