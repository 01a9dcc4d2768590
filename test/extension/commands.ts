import * as assert from "node:assert/strict";
import { commands, extensions, languages, Uri, window, workspace } from "vscode";
import type { Tally } from "../../server/protocol.ts";
import { closeAll, codesOf, eventually, extension, open, uriOf, versionOf } from "./helpers.ts";

export function commandSuite(): void {
  suite("commands", () => {
    test("Check Workspace counts all files", async () => {
      const tally = await commands.executeCommand<Tally>("mooring.checkWorkspace");
      assert.equal(tally.files, 5);
      assert.ok(0 < tally.errors);
    });

    test("Fix All in File repairs the active file", async () => {
      const document = await open("src/refund.ts");
      await eventually("the finding shows", () => {
        assert.deepEqual(codesOf(document.uri), ["floating-promise"]);
      });
      await eventually("it is repaired", async () => {
        await commands.executeCommand("mooring.fixAllInFile");
        assert.match(document.getText(), /await save\(\{/);
      });
      await commands.executeCommand("workbench.action.files.revert");
    });

    test("Explain Rule shows the bundled page, read-only", async () => {
      await commands.executeCommand("mooring.explainRule", "floating-promise");
      const uri = Uri.parse("mooring-rule:/floating-promise.md");
      const page = await workspace.openTextDocument(uri);
      assert.match(page.getText(), /^# floating-promise/);
      assert.equal(workspace.fs.isWritableFileSystem("mooring-rule") ?? false, false);
      await closeAll();
    });

    test("Collect Diagnostic Information tells versions and settings, and no source text", async () => {
      await commands.executeCommand("mooring.collectInformation");
      const text = window.activeTextEditor?.document.getText() ?? "";
      assert.ok(text.includes(`Mooring ${versionOf(extension())}`));
      assert.match(text, /TypeScript/);
      assert.match(text, /VS Code/);
      assert.ok(!text.includes("sendReceipt"));
      await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    });

    test("Open Sample opens a text with findings that is no file", async () => {
      await commands.executeCommand("mooring.openSample");
      const document = window.activeTextEditor?.document;
      assert.equal(document?.isUntitled, true);
      await eventually("the findings of the sample show", () => {
        const codes = codesOf(document.uri);
        for (const it of ["floating-promise", "unawaited-callback", "promise-escapes-try"]) {
          assert.ok(codes.includes(it), `${it} is not in ${codes.join()}`);
        }
      });
      await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    });

    test("Restart Server brings the findings back", async () => {
      await commands.executeCommand("mooring.restartServer");
      const { server } = extension().exports;
      await eventually("the server runs again", () => assert.equal(server.life.state, "running"));
      await eventually("the finding shows again", () => {
        assert.deepEqual(codesOf(uriOf("src/checkout.ts")), ["floating-promise"]);
      });
    });
  });

  suite("a configuration", () => {
    test("is made to start from, and opened where there is one", async () => {
      await open("src/checkout.ts");
      const made = await commands.executeCommand<Uri>("mooring.createConfiguration");
      assert.equal(made.toString(), uriOf("mooring.config.json").toString());
      const document = window.activeTextEditor?.document;
      assert.equal(document?.uri.toString(), made.toString());
      assert.deepEqual(JSON.parse(document.getText()), { profile: "recommended", rules: {} });
      const text = '{ "profile": "strict" }\n';
      await workspace.fs.writeFile(made, new TextEncoder().encode(text));
      await commands.executeCommand("mooring.createConfiguration");
      const kept = await workspace.fs.readFile(made);
      assert.equal(new TextDecoder().decode(kept), text);
      await closeAll();
      await workspace.fs.delete(made);
    });

    test("is completed by the schema that comes with the extension", async () => {
      assert.ok(extensions.getExtension("vscode.json-language-features"));
      const uri = uriOf("mooring.config.json");
      await workspace.fs.writeFile(uri, new TextEncoder().encode('{\n  "profil": "strict"\n}\n'));
      const document = await workspace.openTextDocument(uri);
      await window.showTextDocument(document);
      assert.equal(document.languageId, "jsonc");
      await eventually("the mistake is shown in the file", () => {
        const sources = languages.getDiagnostics(uri).map((it) => it.source);
        assert.ok(sources.includes("mooring"), sources.join());
      });
    });

    test("counts as soon as it is right", async () => {
      const uri = uriOf("mooring.config.json");
      const text = '{ "rules": { "floating-promise": "off" } }\n';
      await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      await eventually("the rule is off", () => {
        assert.deepEqual(codesOf(uriOf("src/checkout.ts")), []);
      });
      await closeAll();
      await workspace.fs.delete(uri);
      await eventually("the rule is on again", () => {
        assert.deepEqual(codesOf(uriOf("src/checkout.ts")), ["floating-promise"]);
      });
    });
  });
}
