// Runs a suite of test/extension/ in the extension host of the editor, beside the installed .vsix.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { format } from "node:util";
import { build } from "esbuild";
import { openWindow, startBrowser } from "./editor.mjs";
import { EDITOR, ROOT } from "./install.mjs";

/** An extension that holds nothing but the tests: what is tested is the one that is installed. */
export const SUITE = join(EDITOR, "suite");

/** A built editor takes no tests without it. */
export const TAKES_TESTS = ["--vscode-option", "enable-smoke-test-driver"];

const LIMIT = 900_000;

/** How long the editor may take to say that a suite has ended, which said so itself. */
const GRACE = 15_000;

/** `entry`: a module of test/extension/ that exports `run`. Gives the file that it became. */
export async function buildSuite(entry = "index") {
  mkdirSync(SUITE, { recursive: true });
  const manifest = {
    name: "suite",
    publisher: "mooring",
    version: "0.0.0",
    engines: { vscode: "*" },
  };
  writeFileSync(join(SUITE, "package.json"), JSON.stringify(manifest));
  await buildModule(entry, SUITE);
  return join(SUITE, `${entry}.cjs`);
}

/** Bundles a module of test/extension/ into a folder. */
export function buildModule(entry, outdir) {
  return build({
    entryPoints: { [entry]: join(ROOT, `test/extension/${entry}.ts`) },
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    // Mocha lies in the editor's folder, above the suite's.
    external: ["vscode", "mocha"],
    logLevel: "warning",
  });
}

/**
 * Gives the exit code of the suite, and the lines that it marks as its own.
 * `folder`, `workspace`: what the window opens; a workspace is a file.
 */
export async function runInHost(
  editor,
  { tests, development = SUITE, folder, workspace, locale, say },
) {
  const browser = await startBrowser();
  try {
    const { page } = await openWindow(browser, { locale });
    let ended = () => {};
    const exited = new Promise((resolve) => {
      ended = resolve;
      page.exposeFunction("codeAutomationExit", resolve).catch(() => resolve(2));
    });
    await page.exposeFunction("codeAutomationLog", (_, args) => {
      const text = format(...(args ?? []));
      // The editor says a lot.
      if (text.startsWith("│∎")) setTimeout(ended, GRACE, text === "│∎ 0" ? 0 : 1);
      else if (text.startsWith("│")) say(text.slice(1));
    });
    const payload = [
      ["extensionDevelopmentPath", editor.remote(development)],
      ["extensionTestsPath", editor.remote(tests)],
      ["skipWelcome", "true"],
      ["skipReleaseNotes", "true"],
    ];
    const query = new URLSearchParams({
      ...(folder === undefined ? {} : { folder }),
      ...(workspace === undefined ? {} : { workspace }),
      payload: JSON.stringify(payload),
    });
    await page.goto(`${editor.url}/?${query}`);
    const code = await Promise.race([exited, sleep(LIMIT, "late", { ref: false })]);
    if (code === "late") say(`The suite did not end in ${LIMIT / 1000} s.`);
    return typeof code === "number" ? code : 2;
  } finally {
    await browser.close();
  }
}
