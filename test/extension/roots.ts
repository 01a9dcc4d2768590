import * as assert from "node:assert/strict";
import {
  type Diagnostic,
  DiagnosticSeverity,
  languages,
  Range,
  type TextDocument,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
} from "vscode";
import { eventually, extension } from "./helpers.ts";
import { runSuites } from "./runner.ts";

const SYNC = "export function save(cart: Cart): void {\n  cart.items.at(0);";

/** In a workspace of two folders, each with a configuration and a tsconfig of its own. */
export function run(): Promise<void> {
  return runSuites(roots);
}

function roots(): void {
  suite("two folders", () => {
    test("are both checked, each by its own configuration", async () => {
      assert.equal(workspace.workspaceFolders?.length, 2);
      await openIn(0, "src/checkout.ts");
      await eventually("the findings of both show", () => {
        assert.deepEqual(severitiesIn(0), [DiagnosticSeverity.Warning]);
        assert.deepEqual(severitiesIn(1), [DiagnosticSeverity.Error]);
      });
    });

    test("have a status of their own", async () => {
      const { status } = extension().exports;
      await eventually("that of the first one shows", () => {
        assert.match(status.current?.file?.configuration ?? "", /quay\/mooring\.config\.json$/);
      });
      await openIn(1, "src/refund.ts");
      await eventually("that of the second one shows", () => {
        assert.match(status.current?.file?.project ?? "", /depot\/tsconfig\.json$/);
        assert.equal(status.current?.file?.configuration, null);
      });
    });

    test("see what changes in each other", async () => {
      const store = await openIn(0, "src/store.ts");
      const text = store.getText();
      const start = text.indexOf("export async function save");
      const end = text.indexOf("\n}\n", start);
      const edit = new WorkspaceEdit();
      edit.replace(store.uri, new Range(store.positionAt(start), store.positionAt(end)), SYNC);
      await workspace.applyEdit(edit);
      await eventually("the caller in the other folder has no finding any more", () => {
        assert.deepEqual(severitiesIn(1), []);
      });
    });
  });
}

async function openIn(index: number, path: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument(Uri.joinPath(rootOf(index), path));
  await window.showTextDocument(document);
  return document;
}

function severitiesIn(index: number): readonly Diagnostic["severity"][] {
  const below = `${rootOf(index).path}/`;
  return languages
    .getDiagnostics()
    .filter(([uri]) => uri.path.startsWith(below))
    .flatMap(([, found]) => found.filter((it) => it.source === "mooring"))
    .map((it) => it.severity);
}

function rootOf(index: number): Uri {
  const folder = workspace.workspaceFolders?.[index];
  assert.ok(folder, `There is no folder ${index}.`);
  return folder.uri;
}
