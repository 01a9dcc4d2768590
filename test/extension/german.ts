import * as assert from "node:assert/strict";
import { commands, env, window } from "vscode";
import { COMMANDS } from "../../client/commands-table.ts";
import { SETTINGS } from "../../client/settings-table.ts";
import { eventually, extension, open } from "./helpers.ts";
import { runSuites } from "./runner.ts";

/** In an editor whose language is German. */
export function run(): Promise<void> {
  return runSuites(german);
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly markdownDescription: string }>>;
    };
  };
}

function german(): void {
  suite("in German", () => {
    test("the editor is", () => assert.equal(env.language, "de"));

    test("are all commands and settings", () => {
      const { contributes }: Manifest = extension().packageJSON;
      const titles = Object.fromEntries(
        contributes.commands.map((it) => [it.command, it.title] as const),
      );
      for (const [id, { title }] of Object.entries(COMMANDS)) assert.equal(titles[id], title.de);
      for (const [name, { words }] of Object.entries(SETTINGS)) {
        const property = contributes.configuration.properties[`mooring.${name}`];
        assert.equal(property?.markdownDescription, words.de);
      }
    });

    test("is the status", async () => {
      await open("src/checkout.ts");
      const { status } = extension().exports;
      await eventually("the status says so", () => {
        assert.match(
          status.shown.detail,
          /^\d+ Befunde in 5 Dateien, (unter 1|\d+) ms|^\d+ Befunde in 5 Dateien, [\d.]+ s$/,
        );
      });
    });

    test("is what a command says", async () => {
      await commands.executeCommand("mooring.openWalkthrough");
      const tabs = () => window.tabGroups.all.flatMap((it) => it.tabs.map(({ label }) => label));
      await eventually("the walkthrough is open", () => {
        assert.ok(
          tabs().some((it) => it.includes("Erste Schritte mit Mooring")),
          tabs().join(),
        );
      });
    });
  });
}
