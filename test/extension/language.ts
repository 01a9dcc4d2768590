import * as assert from "node:assert/strict";
import {
  type CodeAction,
  commands,
  ConfigurationTarget,
  Diagnostic,
  type Hover,
  languages,
  Position,
  Range,
  window,
  workspace,
  WorkspaceEdit,
} from "vscode";
import {
  closeAll,
  codesOf,
  eventually,
  extension,
  findings,
  hoverText,
  open,
  uriOf,
} from "./helpers.ts";

const CHECKOUT = "src/checkout.ts";

export function languageSuite(): void {
  suite("findings", () => {
    test("show in an open file, with code, link and source", async () => {
      const { uri } = await open(CHECKOUT);
      await eventually("the finding shows", () => {
        assert.deepEqual(codesOf(uri), ["floating-promise"]);
      });
      const [first] = findings(uri);
      const code = first?.code;
      assert.ok(typeof code === "object", "There is no link to the page.");
      const page = await workspace.openTextDocument(code.target);
      assert.match(page.getText(), /^# floating-promise/);
    });

    test("show in files that are not open", async () => {
      await closeAll();
      await eventually("both findings show", () => {
        assert.deepEqual(codesOf(uriOf("src/reminder.ts")), ["floating-promise"]);
        assert.deepEqual(codesOf(uriOf("src/refund.ts")), ["floating-promise"]);
      });
    });

    test("follow an edit in another file", async () => {
      const store = await open("src/store.ts");
      const at = store.getText().indexOf("export async function save");
      const end = store.getText().indexOf("\n}\n", at);
      const range = new Range(store.positionAt(at), store.positionAt(end));
      const edit = new WorkspaceEdit();
      edit.replace(
        store.uri,
        range,
        "export function save(cart: Cart): void {\n  cart.items.at(0);",
      );
      await workspace.applyEdit(edit);
      try {
        await eventually("the caller has no finding any more", () => {
          assert.deepEqual(codesOf(uriOf(CHECKOUT)), []);
        });
      } finally {
        await commands.executeCommand("workbench.action.files.revert");
      }
      await eventually("the caller has it again", () => {
        assert.deepEqual(codesOf(uriOf(CHECKOUT)), ["floating-promise"]);
      });
    });

    test("are explained by a hover, which links to the page", async () => {
      const { uri } = await open(CHECKOUT);
      await eventually("the hover explains", async () => {
        const hovers = await commands.executeCommand<Hover[]>(
          "vscode.executeHoverProvider",
          uri,
          new Position(3, 3),
        );
        const text = hovers.map(hoverText).join("\n");
        assert.match(text, /How to fix it/);
        assert.match(text, /command:mooring\.explainRule/);
      });
    });

    test("are left to another linter that reports the same on the same line", async () => {
      const { uri } = await open(CHECKOUT);
      const { status } = extension().exports;
      const others = languages.createDiagnosticCollection("eslint");
      const same = new Diagnostic(new Range(3, 2, 3, 12), "Promises must be awaited.");
      same.source = "eslint";
      same.code = "@typescript-eslint/no-floating-promises";
      try {
        others.set(uri, [same]);
        await eventually("ours is gone", () => assert.deepEqual(codesOf(uri), []));
        await eventually("the status says so", () => {
          assert.match(status.shown.detail, /1 left to eslint/);
        });
        await eventually("the repairs are there", async () => {
          const actions = await actionsAt(uri, "quickfix");
          assert.ok(actions.some((it) => it.title === "Await the promise"));
        });
      } finally {
        others.dispose();
      }
      await eventually("ours is back", () => assert.deepEqual(codesOf(uri), ["floating-promise"]));
    });

    test("show in texts that are no file yet", async () => {
      const content =
        "declare function pay(): Promise<void>;\nexport function settle() {\n  pay();\n}\n";
      const document = await workspace.openTextDocument({ language: "typescript", content });
      await window.showTextDocument(document);
      await eventually("the finding shows", () => {
        assert.deepEqual(codesOf(document.uri), ["floating-promise"]);
      });
      await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    });
  });

  suite("fixes", () => {
    test("are offered, the best one first and preferred", async () => {
      const { uri } = await open(CHECKOUT);
      const ours = await eventually("fixes are offered", async () => {
        const actions = await actionsAt(uri, "quickfix");
        const best = actions.find((it) => it.title === "Await the promise");
        assert.equal(best?.isPreferred, true);
        return actions;
      });
      assert.equal(ours.filter((it) => it.isPreferred === true).length, 1);
    });

    test("change what they say, and nothing else", async () => {
      const document = await open(CHECKOUT);
      const before = document.getText();
      const edit = await eventually("the fix has an edit", async () => {
        const actions = await actionsAt(document.uri, "quickfix");
        const best = actions.find((it) => it.title === "Await the promise");
        assert.ok(best?.edit);
        return best.edit;
      });
      await workspace.applyEdit(edit);
      assert.equal(document.getText(), before.replace("  save(cart)", "  await save(cart)"));
      await eventually("the finding is gone", () => assert.deepEqual(codesOf(document.uri), []));
      await commands.executeCommand("workbench.action.files.revert");
    });

    test("are all made on saving, where the settings say so", async () => {
      const settings = workspace.getConfiguration("editor");
      await settings.update(
        "codeActionsOnSave",
        { "source.fixAll.mooring": "explicit" },
        ConfigurationTarget.Workspace,
      );
      const document = await open("src/reminder.ts");
      const edit = new WorkspaceEdit();
      edit.insert(document.uri, new Position(0, 0), "// Once a day.\n");
      await workspace.applyEdit(edit);
      await document.save();
      assert.match(document.getText(), /await sendReceipt\(cart\.email\)/);
      await settings.update("codeActionsOnSave", undefined, ConfigurationTarget.Workspace);
    });
  });
}

async function actionsAt(
  uri: ReturnType<typeof uriOf>,
  kind: string,
): Promise<readonly CodeAction[]> {
  const range = new Range(3, 2, 3, 6);
  return commands.executeCommand<CodeAction[]>(
    "vscode.executeCodeActionProvider",
    uri,
    range,
    kind,
    5,
  );
}
