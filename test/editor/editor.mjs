// Starts the editor's server with a user of its own, who has no settings but those given here, and
// a browser to look at it.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CODE_SERVER, chromiumPath, fromEditor, NODE } from "./install.mjs";

/** Quiet surroundings: what the editor itself would like to show is not what is looked at. */
const SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.enableExperiments": false,
  // A picture shows what is there, not how it comes.
  "workbench.reduceMotion": "on",
  "workbench.colorTheme": "Default Dark Modern",
  "chat.disableAIFeatures": true,
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "git.enabled": false,
  // Asked in a window of its own, which nobody answers.
  "security.workspace.trust.startupPrompt": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
};

const FLAGS = [
  "--auth=none",
  "--disable-telemetry",
  "--disable-update-check",
  "--disable-getting-started-override",
  "--ignore-last-opened",
  "--disable-proxy",
];

/**
 * `files`: the workspace, by path. `home`: a folder that is kept, with data/ and extensions/.
 * `vsix`: what is installed first, one or several. `isTrusting`: whether folders are trusted without a question.
 * `language`: that of the editor. Its own words stay English, since no language pack can be had from
 * npm; what extensions say is theirs to translate.
 */
export async function startEditor({
  files = {},
  home: kept,
  vsix,
  settings = {},
  flags = [],
  isTrusting = true,
  language,
}) {
  const home = kept ?? mkdtempSync(join(tmpdir(), "mooring-editor-"));
  const workspace = join(home, "harbour");
  for (const [path, text] of Object.entries(files)) write(join(workspace, path), text);
  const trust = { "security.workspace.trust.enabled": !isTrusting };
  write(
    join(home, "data/User/settings.json"),
    JSON.stringify({ ...SETTINGS, ...trust, ...settings }),
  );
  if (language !== undefined) speak(language, home);
  const env = environmentIn(home);
  const places = placesIn(home);
  for (const it of [vsix ?? []].flat()) installExtension(it, home);

  const port = await freePort();
  const trusting = isTrusting ? ["--disable-workspace-trust"] : [];
  const speaking = language === undefined ? [] : [`--locale=${language}`];
  const own = [`--bind-addr=127.0.0.1:${port}`, ...FLAGS, ...trusting, ...speaking, ...flags];
  const args = [CODE_SERVER, ...places, ...own];
  const server = spawn(NODE, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  server.stdout.on("data", (it) => (output += it));
  server.stderr.on("data", (it) => (output += it));
  const exited = new Promise((resolve) => {
    server.once("exit", resolve);
  });

  const url = `http://127.0.0.1:${port}`;
  await until("the editor's server answers", async () => {
    if (server.exitCode !== null) throw new Error(`The editor's server ended.\n${output}`);
    return isUp(`${url}/healthz`);
  });
  return {
    url,
    workspace,
    remote: (path) => `vscode-remote://127.0.0.1:${port}${path}`,
    async stop() {
      try {
        // The group that it leads: its extension hosts, and their servers.
        process.kill(-server.pid, "SIGTERM");
      } catch {
        // It has ended by itself.
      }
      await Promise.race([exited, sleep(5000)]);
      if (kept === undefined) removeFolder(home);
    },
  };
}

export function installExtension(vsix, home) {
  execFileSync(NODE, [CODE_SERVER, ...placesIn(home), "--install-extension", vsix, "--force"], {
    env: environmentIn(home),
    // It misses parts that are not built here and not needed; what it says counts when it fails.
    stdio: "pipe",
  });
}

/** As if a language pack were installed, which has no word. */
function speak(language, home) {
  const words = join(home, "words.json");
  write(words, '{ "contents": {} }');
  const pack = {
    hash: "none",
    label: language,
    extensions: [{ extensionIdentifier: { id: "nobody.words" }, version: "0.0.1" }],
    translations: { vscode: words },
  };
  write(join(home, "data/languagepacks.json"), JSON.stringify({ [language]: pack }));
}

/** What just ended may still be writing into it. */
export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

function placesIn(home) {
  write(join(home, "config.yaml"), "{}\n");
  return [
    ["--user-data-dir", join(home, "data")],
    ["--extensions-dir", join(home, "extensions")],
    ["--config", join(home, "config.yaml")],
  ].flat();
}

/** Somebody who has nothing yet, and no gallery to install from. */
function environmentIn(home) {
  return {
    ...process.env,
    HOME: home,
    TMPDIR: home,
    XDG_RUNTIME_DIR: home,
    XDG_CONFIG_HOME: home,
    XDG_DATA_HOME: home,
    EXTENSIONS_GALLERY: "{}",
  };
}

export async function startBrowser() {
  const { chromium } = fromEditor("playwright-core");
  return chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
}

/** A window that reaches nothing but this machine, and the hosts that something asked for. */
export async function openWindow(browser, { locale = "en" } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1.5,
    locale,
  });
  const outside = new Set();
  await context.route(
    (it) => it.hostname !== "127.0.0.1",
    (route) => {
      outside.add(new URL(route.request().url()).host);
      return route.abort();
    },
  );
  return { page: await context.newPage(), outside };
}

export async function until(what, isTrue, limit = 120_000) {
  const end = Date.now() + limit;
  while (!(await isTrue())) {
    if (end < Date.now()) throw new Error(`In ${limit / 1000} s it did not happen that ${what}.`);
    await sleep(100);
  }
}

async function isUp(url) {
  try {
    const { ok } = await fetch(url);
    return ok;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
