import * as assert from "node:assert/strict";
import { env, Uri, workspace } from "vscode";
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
    readonly commands: readonly {
      readonly command: string;
      readonly title: string | { readonly value: string };
    }[];
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
      for (const [id, { title }] of Object.entries(COMMANDS))
        assert.equal(shown(titles[id]), title.de);
      for (const [name, { words }] of Object.entries(SETTINGS)) {
        const property = contributes.configuration.properties[`mooring.${name}`];
        assert.equal(property?.markdownDescription, words.de);
      }
    });

    test("is the status", async () => {
      await open("src/checkout.ts");
      await extension().activate();
      const { status } = extension().exports;
      await eventually("the status says so", () => {
        assert.match(
          status.shown.detail,
          /^\d+ Befunde in 5 Dateien, (unter 1|\d+) ms|^\d+ Befunde in 5 Dateien, [\d.]+ s$/,
        );
      });
    });

    test("is what the extension writes", async () => {
      const page = await workspace.openTextDocument(Uri.parse("mooring-rule:/nothing.md"));
      assert.match(page.getText(), /Eine solche Regel gibt es nicht\./);
    });
  });
}

/** The editor keeps what it was translated from. */
function shown(title: string | { readonly value: string } | undefined): string | undefined {
  return typeof title === "object" ? title.value : title;
}
