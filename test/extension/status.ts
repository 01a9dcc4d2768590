import * as assert from "node:assert/strict";
import { commands } from "vscode";
import { eventually, extension, open, versionOf } from "./helpers.ts";

export function statusSuite(): void {
  suite("the status", () => {
    test("says version, configuration in force, compiler and last run", async () => {
      const { status } = extension().exports;
      await open("src/checkout.ts");
      await commands.executeCommand("mooring.checkWorkspace");
      await eventually("the status says it all", async () => {
        await status.refresh();
        const { current, shown } = status;
        assert.equal(shown.text, `Mooring ${versionOf(extension())}`);
        assert.match(shown.detail, /\d+ findings in 5 files/);
        assert.equal(current?.file?.profile, "recommended");
        assert.match(current.compiler ?? "", /TypeScript \d/);
        assert.equal(current.state, "idle");
      });
    });

    test("says why, when the server does not run", async () => {
      const { server, status } = extension().exports;
      await server.stop();
      assert.match(status.shown.detail, /stopped/);
      await server.start();
      await eventually("it runs again", () => assert.equal(server.life.state, "running"));
    });
  });
}
