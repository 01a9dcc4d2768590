import * as assert from "node:assert/strict";
import { commands } from "vscode";
import { COMMANDS } from "../../client/commands-table.ts";
import { SETTINGS } from "../../client/settings-table.ts";
import { eventually, extension, open } from "./helpers.ts";

export function activation(): void {
  suite("the extension", () => {
    test("is not active in a folder without a configuration, as long as no code is open", () => {
      assert.equal(extension().isActive, false);
    });

    test("activates without waiting for its server", async () => {
      const start = performance.now();
      const { server } = await extension().activate();
      const took = performance.now() - start;
      console.log(`│  activate() took ${took.toFixed(0)} ms`);
      assert.equal(server.life.state, "starting");
      await eventually("the server runs", () => assert.equal(server.life.state, "running"));
      console.log(`│  the server answered after ${server.answeredAfter?.toFixed(0)} ms`);
    });

    test("registers each command of the manifest", async () => {
      const registered = await commands.getCommands(true);
      for (const id of Object.keys(COMMANDS)) assert.ok(registered.includes(id), id);
    });

    test("describes each setting in words, not by its key", () => {
      const manifest: {
        readonly contributes?: {
          readonly configuration?: { readonly properties?: Readonly<Record<string, object>> };
        };
      } = extension().packageJSON;
      const properties = manifest.contributes?.configuration?.properties ?? {};
      assert.equal(Object.keys(properties).length, Object.keys(SETTINGS).length);
      for (const [name, property] of Object.entries(properties)) {
        const { markdownDescription } = { markdownDescription: "", ...property };
        assert.match(markdownDescription, /^[^%].{10,}/s, name);
      }
    });

    test("is there when code is opened", async () => {
      await open("src/checkout.ts");
      assert.equal(extension().isActive, true);
    });
  });
}
