import * as assert from "node:assert/strict";
import { commands, type Hover, languages, Position, type Uri, window, workspace } from "vscode";
import { codesOf, eventually, extension, hoverText, uriOf } from "./helpers.ts";
import { runSuites } from "./runner.ts";

/** In a workspace that is on no disk: open files are checked, each alone. */
export function run(): Promise<void> {
  return runSuites(virtual);
}

function virtual(): void {
  suite("a virtual workspace", () => {
    test("is one, and the extension comes up all the same", async () => {
      const uri = uriOf("pay.ts");
      assert.equal(uri.scheme, "vscode-vfs");
      const document = await eventually("there are files", async () =>
        workspace.openTextDocument(uri),
      );
      await window.showTextDocument(document);
      await eventually("the extension is active", () => assert.equal(extension().isActive, true));
    });

    test("has the findings of the files that are open", async () => {
      await eventually("the finding shows", () => {
        assert.deepEqual(codesOf(uriOf("pay.ts")), ["floating-promise"]);
      });
    });

    test("has them explained and repaired", async () => {
      const uri = uriOf("pay.ts");
      await eventually("the hover explains", async () => {
        const hovers = await commands.executeCommand<Hover[]>(
          "vscode.executeHoverProvider",
          uri,
          new Position(2, 3),
        );
        assert.match(hovers.map(hoverText).join("\n"), /How to fix it/);
      });
      await eventually("it is repaired", async () => {
        await commands.executeCommand("mooring.fixAllInFile");
        assert.match(textOf(uri), /await send\(\)/);
      });
      await eventually("the finding is gone", () => assert.deepEqual(codesOf(uri), []));
    });

    test("says no more than that about files that are closed", () => {
      const all = languages
        .getDiagnostics()
        .filter(([, them]) => them.some((it) => it.source === "mooring"));
      assert.deepEqual(all, []);
    });
  });
}

function textOf(uri: Uri): string {
  const document = workspace.textDocuments.find((it) => it.uri.toString() === uri.toString());
  return document?.getText() ?? "";
}
