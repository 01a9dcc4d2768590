// Runs the suite of test/extension/ in the extension host of the editor, beside the installed .vsix.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { format } from "node:util";
import { build } from "esbuild";
import { openWindow, startBrowser, startEditor } from "./editor.mjs";
import { EDITOR, ROOT } from "./install.mjs";
import { FILES } from "./workspace.mjs";

/** An extension that holds nothing but the tests: what is tested is the one that is installed. */
export const SUITE = join(EDITOR, "suite");

const LIMIT = 300_000;

export async function buildSuite() {
  mkdirSync(SUITE, { recursive: true });
  const manifest = {
    name: "suite",
    publisher: "mooring",
    version: "0.0.0",
    engines: { vscode: "*" },
  };
  writeFileSync(join(SUITE, "package.json"), JSON.stringify(manifest));
  await build({
    entryPoints: { index: join(ROOT, "test/extension/index.ts") },
    outdir: SUITE,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    // Mocha lies in the editor's folder, above the suite's.
    external: ["vscode", "mocha"],
    logLevel: "warning",
  });
  return join(SUITE, "index.cjs");
}

/** Gives the exit code of the suite. */
export async function runInHost(vsix, { development = SUITE, suite, locale } = {}) {
  const tests = suite ?? (await buildSuite());
  // Without this a built editor takes no tests.
  const flags = ["--vscode-option", "enable-smoke-test-driver"];
  const editor = await startEditor({ files: FILES, vsix, flags });
  const browser = await startBrowser();
  try {
    const { page } = await openWindow(browser, { locale });
    const exited = new Promise((resolve) => {
      page.exposeFunction("codeAutomationExit", resolve).catch(() => resolve(2));
    });
    await page.exposeFunction("codeAutomationLog", (_, args) => {
      const text = format(...(args ?? []));
      // The editor says a lot; the suite marks what is its own.
      if (text.startsWith("│")) process.stdout.write(`  ${text.slice(1)}\n`);
    });
    const payload = [
      ["extensionDevelopmentPath", editor.remote(development)],
      ["extensionTestsPath", editor.remote(tests)],
      ["skipWelcome", "true"],
      ["skipReleaseNotes", "true"],
    ];
    const query = new URLSearchParams({
      folder: editor.workspace,
      payload: JSON.stringify(payload),
    });
    await page.goto(`${editor.url}/?${query}`);
    const code = await Promise.race([exited, sleep(LIMIT, "late", { ref: false })]);
    if (code === "late") process.stdout.write(`  The suite did not end in ${LIMIT / 1000} s.\n`);
    return typeof code === "number" ? code : 2;
  } finally {
    await browser.close();
    await editor.stop();
  }
}
