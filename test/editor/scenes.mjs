// What somebody does in the first minutes, by hand, in the installed extension. Each scene ends with
// a picture in screenshots/, to be looked at.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openWindow, startBrowser, startEditor, until } from "./editor.mjs";
import {
  PICTURES,
  action,
  appears,
  menuWith,
  newFile,
  open,
  picture,
  run,
  saved,
  say,
  text,
  toLine,
  watchNotifications,
  word,
} from "./hands.mjs";
import { FILES, FIXED_CHECKOUT } from "./workspace.mjs";

export async function playScenes(vsix) {
  mkdirSync(PICTURES, { recursive: true });
  const editor = await startEditor({ files: FILES, vsix });
  const browser = await startBrowser();
  const since = Date.now();
  let passed = 0;
  const { page, outside } = await openWindow(browser);
  try {
    const stage = { page, editor, say: (text) => say(text, since) };
    page.setDefaultTimeout(120_000);
    await watchNotifications(page);
    await page.goto(`${editor.url}/?folder=${encodeURIComponent(editor.workspace)}`);
    for (const scene of SCENES) {
      await scene(stage);
      await picture(page, scene.name);
      passed += 1;
    }
    // Those that came quietly are listed, too.
    await run(page, "Notifications: Show Notifications");
    await page.locator(".notifications-center", { hasText: "No new notifications" }).waitFor();
    const toasts = await page.evaluate(() => globalThis.seenNotifications);
    if (toasts.length > 0) throw new Error(`Nobody asked for these: ${toasts.join(" | ")}`);
    stage.say(
      `no notification; outside hosts asked for by the editor: ${[...outside].join(", ") || "none"}`,
    );
    return { passed: passed + 1, failed: 0 };
  } catch (error) {
    await picture(page, "failure");
    process.stdout.write(`  ✗ ${SCENES[passed]?.name ?? "at the end"}: ${error.stack}\n`);
    return { passed, failed: 1 };
  } finally {
    await browser.close();
    await editor.stop();
  }
}

const SCENES = [
  squiggle,
  race,
  hover,
  linked,
  lightBulb,
  repaired,
  status,
  menu,
  explained,
  proposal,
  applied,
  preferred,
  broughtAlong,
  surrounded,
  inserted,
  walkthrough,
  completed,
];

async function squiggle({ page, say }) {
  await page.locator(".monaco-workbench").waitFor({ timeout: 120_000 });
  await open(page, "checkout.ts");
  await page.locator(".squiggly-error").first().waitFor({ timeout: 120_000 });
  say("squiggle");
}

async function race({ page, say }) {
  await open(page, "connection.ts");
  await page.locator(".squiggly-error").first().waitFor({ timeout: 120_000 });
  const lanes = page.locator(".monaco-hover .hover-contents", { hasText: "How it happens" });
  await until("the hover tells how the race happens", async () => {
    await page.mouse.move(900, 700);
    await word(page, "connect", 1).hover();
    return appears(lanes.locator("table").first(), 3000);
  });
  // Above it the editor has the message and the same steps as places to jump to.
  await lanes.locator("table").first().scrollIntoViewIfNeeded();
  say("how a race happens");
}

async function hover({ page, say }) {
  await open(page, "checkout.ts");
  const explanation = page.locator(".monaco-hover .hover-contents", { hasText: "How to fix it" });
  await until("the hover explains the finding", async () => {
    await page.mouse.move(900, 700);
    await word(page, "save", 1).hover();
    return appears(explanation.first(), 3000);
  });
  say("hover");
}

/** The code of a finding is a link to the page of its rule, as a page and not as Markdown. */
async function linked({ page, say }) {
  const link = page.locator(".monaco-hover a.code-link", { hasText: "floating-promise" }).first();
  await until("the hover has the code of the finding", async () => {
    await page.mouse.move(900, 700);
    await word(page, "save", 1).hover();
    return appears(link, 3000);
  });
  await link.click();
  await shownPage(page, "floating-promise");
  say("page of a rule by the link of a finding");
}

async function shownPage(page, rule) {
  const frame = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  await frame.locator("h1", { hasText: rule }).waitFor({ timeout: 120_000 });
}

async function lightBulb({ page, say }) {
  await run(page, "View: Close Editor");
  await open(page, "checkout.ts");
  await word(page, "save", 1).click();
  const bulb = page.locator(
    ".codicon-light-bulb, .codicon-lightbulb, .codicon-gutter-lightbulb, .codicon-gutter-lightbulb-auto-fix, .codicon-lightbulb-autofix",
  );
  await bulb.first().waitFor({ timeout: 120_000 });
  say("light bulb");
  const item = action(page, "Await the promise");
  await until("the menu of the light bulb opens", () => menuWith(page, item, "Control+."));
  say("menu of the light bulb");
}

async function repaired({ page, editor, say }) {
  await action(page, "Await the promise").click();
  await page.locator(".view-lines", { hasText: "await save(cart)" }).waitFor();
  await page.keyboard.press("Control+S");
  const file = join(editor.workspace, "src/checkout.ts");
  await until(
    "the repaired text is on the disk",
    () => readFileSync(file, "utf8") === FIXED_CHECKOUT,
  );
  await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
  say("repaired, saved, and the squiggle is gone");
}

async function status({ page, say }) {
  await page.locator('[id="status.languageStatus"]').click();
  const ours = page.locator(".hover-language-status");
  await ours.filter({ hasText: /Mooring 0.+ findings? in 5 files/ }).waitFor();
  await ours.filter({ hasText: /recommended.+TypeScript/ }).waitFor();
  say("status");
}

async function menu({ page, say }) {
  await page.keyboard.press("Escape");
  await run(page, "Mooring: Show Status");
  await page.locator(".quick-input-list", { hasText: "Restart Server" }).waitFor();
  say("menu");
}

async function explained({ page, say }) {
  await page.keyboard.press("Escape");
  await run(page, "Mooring: Explain Rule");
  // The list draws only what fits.
  await page.locator(".quick-input-list", { hasText: /(?:error|warning|hint) ·/ }).waitFor();
  await page.locator(".quick-input-widget input").fill("floating-promise");
  const rule = page.locator(".quick-input-list .monaco-list-row", { hasText: "floating-promise" });
  await rule.first().click();
  await shownPage(page, "floating-promise");
  say("page of a rule");
}

async function proposal({ page, say }) {
  await run(page, "Mooring: Fix All in Workspace");
  await page.locator(".bulk-edit-panel .monaco-list-row").first().waitFor({ timeout: 120_000 });
  await page.locator(".bulk-edit-panel .monaco-list-row", { hasText: "await" }).first().waitFor();
  // Each repair can be left out, and none has to be ticked first.
  const boxes = page.locator(".bulk-edit-panel .edit-checkbox");
  const unticked = page.locator('.bulk-edit-panel .edit-checkbox[aria-checked="false"]');
  if ((await boxes.count()) < 2 || (await unticked.count()) > 0) {
    throw new Error("The repairs are not ticked.");
  }
  say("preview of all repairs");
}

async function applied({ page, editor, say }) {
  await page.locator(".bulk-edit-panel .monaco-button", { hasText: "Apply" }).click();
  await page.keyboard.press("Escape");
  for (const [name, text] of [
    ["reminder", "await sendReceipt(cart.email)"],
    ["refund", "await save({"],
  ]) {
    const file = join(editor.workspace, `src/${name}.ts`);
    await until(`${name}.ts is repaired`, async () => {
      await run(page, "File: Save All");
      return readFileSync(file, "utf8").includes(text);
    });
  }
  say("repaired in the whole workspace");
}

/** The editor's own command takes the repair that is marked as the best, and asks nobody. */
async function preferred({ page, editor, say }) {
  const name = await newFile(page, editor, "notice", [
    'import { sendReceipt } from "./store.js";',
    "",
    "export async function notify(email: string) {",
    "  sendReceipt(email);",
    "}",
  ]);
  await page.locator(".squiggly-error").first().waitFor({ timeout: 120_000 });
  await toLine(page, 4, 4);
  await until("the best repair is made", async () => {
    await run(page, "Auto Fix");
    return appears(text(page, "await sendReceipt(email)"), 3000);
  });
  await saved(page, editor, name, ["\n  await sendReceipt(email);\n"]);
  say("the best of several repairs, without choosing");
}

/** A repair with a primitive that the project does not have. */
async function broughtAlong({ page, editor, say }) {
  const name = await newFile(page, editor, "stock", [
    "let stock = 10;",
    "",
    "export async function sell(item: string, notify: (item: string) => Promise<void>) {",
    "  const left = stock;",
    "  await notify(item + left);",
    "  stock = left - 1;",
    "}",
  ]);
  await page.locator(".squiggly-error").first().waitFor({ timeout: 120_000 });
  await toLine(page, 6, 4);
  const item = action(page, "under a lock");
  await until("the menu has the lock", () => menuWith(page, item, "Control+."));
  await item.click();
  await text(page, 'import { Mutex } from "./mooring/mutex').waitFor();
  await saved(page, editor, name, ["const mutex = new Mutex()"]);
  const along = join(editor.workspace, "src/mooring/mutex.ts");
  await until("the lock lies in the project", async () => {
    await run(page, "File: Save All");
    return existsSync(along) && readFileSync(along, "utf8").includes("export class Mutex");
  });
  await page.locator(".squiggly-error").first().waitFor({ state: "detached", timeout: 120_000 });
  say("a repair that brings its primitive along");
}

async function surrounded({ page, editor, say }) {
  const name = await newFile(page, editor, "backup", [
    "export async function backup(copy: (file: string) => Promise<void>) {",
    '  await copy("cargo.db");',
    "}",
  ]);
  const item = action(page, "Surround with a scope for helpers");
  await until("the menu has what can be put around", async () => {
    await toLine(page, 2, 3);
    await page.keyboard.press("Shift+End");
    return menuWith(page, item, "Control+Shift+R");
  });
  await item.click();
  await text(page, "new AbortController()").waitFor();
  await page.keyboard.press("Escape");
  await saved(page, editor, name, ["} finally {", '\n    await copy("cargo.db");\n']);
  say("a pattern around what is selected");
}

/** From the list with a look at each pattern beside it. */
async function inserted({ page, editor, say }) {
  const name = await newFile(page, editor, "upload", [
    "export async function upload(send: (signal: AbortSignal) => Promise<void>) {",
    "  ",
    "}",
  ]);
  await toLine(page, 2, 3);
  await run(page, "Mooring: Insert Pattern");
  const rows = page.locator(".quick-input-list .monaco-list-row");
  await rows.filter({ hasText: "moor-" }).first().waitFor({ timeout: 120_000 });
  await page.locator(".quick-input-widget input").first().fill("moor-timeout");
  await rows.first().filter({ hasText: "no dependency" }).waitFor();
  const look = page.locator(".editor-group-container", {
    has: page.locator(".tab", { hasText: "Pattern" }),
  });
  await look.locator(".view-lines", { hasText: "withTimeout" }).first().waitFor();
  await picture(page, "looking at a pattern");
  // The first one is what Enter takes; a click would meet the tip of the row.
  await page.keyboard.press("Enter");
  await page.locator(".tab", { hasText: "Pattern" }).waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await saved(page, editor, name, ["async function withTimeout<T>("]);
  say("a pattern from the list");
}

async function walkthrough({ page, say }) {
  await run(page, "Mooring: Open Walkthrough");
  await page.locator(".getting-started-step", { hasText: "See a bug" }).first().waitFor();
  say("walkthrough");
}

/** A pattern with its import, from the list that opens while somebody types. */
async function completed({ page, editor, say }) {
  const runtime = join(editor.workspace, "node_modules/mooring-runtime");
  mkdirSync(runtime, { recursive: true });
  writeFileSync(join(runtime, "package.json"), "{}");
  const name = await newFile(page, editor, "invoice", [
    "export async function send(load: (signal: AbortSignal) => Promise<void>) {",
    "  ",
    "}",
  ]);
  await toLine(page, 2, 3);
  await page.keyboard.type("moor-timeou", { delay: 80 });
  const row = page.locator(".suggest-widget .monaco-list-row", { hasText: "mooring-runtime" });
  await until("the pattern is in the list", async () => {
    if (await appears(row.first(), 3000)) return true;
    await page.keyboard.press("Control+Space");
    return false;
  });
  await row.first().click();
  await saved(page, editor, name, [
    'import { timeout } from "mooring-runtime";\n',
    "  await timeout(5_000, async (signal) => {\n    await load(signal);\n  });\n",
  ]);
  say("a pattern from completion, with its import");
}
