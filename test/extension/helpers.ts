import * as assert from "node:assert/strict";
import {
  commands,
  type Diagnostic,
  type Extension,
  extensions,
  type Hover,
  languages,
  type TextDocument,
  Uri,
  window,
  workspace,
} from "vscode";
import type { Exports } from "../../client/extension.ts";

export function extension(): Extension<Exports> {
  const found = extensions.getExtension<Exports>("mooring.mooring");
  assert.ok(found, "The extension is not installed.");
  return found;
}

export function uriOf(path: string): Uri {
  const [folder] = workspace.workspaceFolders ?? [];
  assert.ok(folder, "No folder is open.");
  return Uri.joinPath(folder.uri, path);
}

export async function open(path: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument(uriOf(path));
  await window.showTextDocument(document);
  return document;
}

export function findings(uri: Uri): readonly Diagnostic[] {
  return languages.getDiagnostics(uri).filter((it) => it.source === "mooring");
}

export function codesOf(uri: Uri): readonly unknown[] {
  return findings(uri).map(({ code }) => (typeof code === "object" ? code.value : code));
}

/** Asks again until it holds: the editor's own extensions come up meanwhile and call requests back. */
export async function eventually<T>(what: string, ask: () => T | Promise<T>): Promise<T> {
  const end = Date.now() + 90_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (end < Date.now()) throw new Error(`It did not happen that ${what}.`, { cause: error });
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}

export async function closeAll(): Promise<void> {
  await commands.executeCommand("workbench.action.closeAllEditors");
}

export function versionOf({ packageJSON }: Extension<Exports>): string {
  const { version }: { readonly version?: unknown } = packageJSON;
  return String(version);
}

export function hoverText({ contents }: Hover): string {
  return contents.map((it) => (typeof it === "string" ? it : it.value)).join("\n");
}
