// What hands do in the editor: open, type, choose, save, look.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./editor.mjs";
import { ROOT } from "./install.mjs";

export const PICTURES = join(ROOT, "screenshots");

export async function newFile(page, { workspace }, name, lines) {
  writeFileSync(join(workspace, `src/${name}.ts`), `${lines.join("\n")}\n`);
  await open(page, `${name}.ts`);
  return name;
}

export async function toLine(page, number, column) {
  await quickInput(page, "Control+G", `:${number}:${column}`);
  await page.keyboard.press("Enter");
  await page.locator(".statusbar-item", { hasText: `Ln ${number}, Col ${column}` }).waitFor();
}

/** Other extensions that come up make the editor call a request for actions back. */
export async function menuWith(page, item, key) {
  await page.keyboard.press(key);
  if (await appears(item, 10_000)) return true;
  await page.keyboard.press("Escape");
  return false;
}

export function text(page, content) {
  return page.locator(".editor-instance .view-lines", { hasText: content }).first();
}

export async function saved(page, { workspace }, name, texts) {
  const file = join(workspace, `src/${name}.ts`);
  await until(`the file has ${texts.join(" and ")}`, async () => {
    await page.keyboard.press("Control+S");
    const content = readFileSync(file, "utf8");
    return texts.every((it) => content.includes(it));
  });
}

export async function open(page, name) {
  const row = page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first();
  // A list that was filled before the file was there stays as it is.
  await until(`${name} is found`, async () => {
    await quickInput(page, "Control+P", name);
    if (await appears(row, 5000)) return true;
    await page.keyboard.press("Escape");
    return false;
  });
  await row.click();
  await page.locator(".tab.active", { hasText: name }).waitFor();
  await page.locator(".editor-instance .view-lines", { hasText: "export" }).first().waitFor();
}

export async function run(page, command) {
  await quickInput(page, "F1", `>${command}`);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: command }).first().click();
}

/**
 * A key that comes while the editor is busy with something else may be lost, and a list that has just been
 * opened may be closed by what came before.
 */
async function quickInput(page, key, text) {
  const input = page.locator(".quick-input-widget input").first();
  await until(`${key} opens the list of commands or files`, async () => {
    await page.keyboard.press(key);
    return (await appears(input, 3000)) && (await fills(input, text, 3000));
  });
}

async function fills(input, text, timeout) {
  try {
    await input.fill(text, { timeout });
    return true;
  } catch {
    return false;
  }
}

export function word(page, text, index) {
  return page.locator(".view-lines .view-line").getByText(text, { exact: true }).nth(index);
}

export function action(page, title) {
  return page.locator(".action-widget .monaco-list-row", { hasText: title }).first();
}

export async function appears(locator, timeout) {
  try {
    await locator.waitFor({ timeout });
    return true;
  } catch {
    return false;
  }
}

/** Notes down each notification from the start on; one that has gone by itself counts too. */
export async function watchNotifications(page) {
  await page.addInitScript(() => {
    globalThis.seenNotifications = [];
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          const toast = node.querySelector?.(".notification-toast") ?? null;
          if (toast !== null) globalThis.seenNotifications.push(toast.textContent);
        }
      }
    }).observe(document, { childList: true, subtree: true });
  });
}

export async function picture(page, name) {
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

export function say(text, since) {
  process.stdout.write(`  ${((Date.now() - since) / 1000).toFixed(1)} s  ${text}\n`);
}
