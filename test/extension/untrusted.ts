import * as assert from "node:assert/strict";
import { DiagnosticSeverity, workspace } from "vscode";
import { codesOf, eventually, extension, findings, open, uriOf } from "./helpers.ts";
import { runSuites } from "./runner.ts";

/** In a folder that nobody has trusted: everything is checked, and nothing of it is run. */
export function run(): Promise<void> {
  return runSuites(untrusted);
}

function untrusted(): void {
  suite("an untrusted folder", () => {
    test("is one, and the extension comes up all the same", async () => {
      assert.equal(workspace.isTrusted, false);
      await open("src/checkout.ts");
      await eventually("the extension is active", () => assert.equal(extension().isActive, true));
    });

    test("has its findings, those of files too that are not open", async () => {
      await eventually("all findings show", () => {
        for (const it of ["checkout", "refund", "reminder"]) {
          assert.deepEqual(codesOf(uriOf(`src/${it}.ts`)), ["floating-promise"]);
        }
      });
    });

    test("is configured by its own mooring.config.json, which is data", async () => {
      await eventually("the level is that of the configuration", () => {
        const [found] = findings(uriOf("src/checkout.ts"));
        assert.equal(found?.severity, DiagnosticSeverity.Warning);
      });
    });

    test("cannot lead to another configuration by its settings", () => {
      const settings = workspace.getConfiguration("mooring", uriOf("src/checkout.ts"));
      assert.equal(settings.inspect("configPath")?.workspaceValue, undefined);
      assert.equal(settings.get("configPath"), "");
    });

    test("has had nothing of it run", async () => {
      await assert.rejects(async () => {
        await workspace.fs.stat(uriOf("executed.txt"));
      });
    });
  });
}
