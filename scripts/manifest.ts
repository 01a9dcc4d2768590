import { readFileSync } from "node:fs";
import { COMMANDS, type CommandEntry } from "../client/commands-table.ts";
import { RULE_SCHEME } from "../client/documents.ts";
import { SETTINGS, type Setting, type Words } from "../client/settings-table.ts";
import { WALKTHROUGH } from "../client/walkthrough-table.ts";

// What package.json says to VS Code, from the tables of client/. The rest of package.json is written
// by hand and stays as it is.

const LANGUAGES = ["typescript", "typescriptreact", "javascript", "javascriptreact"];

/** By their text in package.json, `%key%`; VS Code looks them up in package.nls.*.json. */
class Texts {
  private readonly words = new Map<string, Words>();

  key(key: string, words: Words): string {
    this.words.set(key, words);
    return `%${key}%`;
  }

  file(language: keyof Words): string {
    const texts = [...this.words].map(([key, words]) => [key, words[language]] as const);
    return json(Object.fromEntries(texts));
  }
}

export function manifestFiles(): ReadonlyMap<string, string> {
  const texts = new Texts();
  const manifest: unknown = JSON.parse(readFileSync("package.json", "utf8"));
  if (typeof manifest !== "object" || manifest === null)
    throw new Error("package.json is no object.");
  const generated = { ...manifest, ...fieldsOf(texts) };
  return new Map([
    ["package.json", json(generated)],
    ["package.nls.json", texts.file("en")],
    ["package.nls.de.json", texts.file("de")],
  ]);
}

function fieldsOf(texts: Texts): object {
  return {
    main: "./dist/client.cjs",
    l10n: "./l10n",
    icon: "images/icon.png",
    galleryBanner: { color: "#123047", theme: "dark" },
    pricing: "Free",
    extensionKind: ["workspace"],
    activationEvents: [
      ...LANGUAGES.map((it) => `onLanguage:${it}`),
      "workspaceContains:mooring.config.json",
      "workspaceContains:mooring.config.jsonc",
      "workspaceContains:**/mooring.config.{json,jsonc}",
    ],
    capabilities: {
      untrustedWorkspaces: {
        supported: "limited",
        restrictedConfigurations: ["mooring.configPath"],
        description: texts.key("capabilities.untrusted", {
          en: "All rules run. Nothing of the workspace is ever executed; `mooring.configPath` of the workspace is ignored.",
          de: "Alle Regeln laufen. Nichts aus dem Arbeitsbereich wird je ausgeführt; dessen `mooring.configPath` bleibt unbeachtet.",
        }),
      },
      virtualWorkspaces: {
        supported: "limited",
        description: texts.key("capabilities.virtual", {
          en: "Open files are checked, each on its own.",
          de: "Geöffnete Dateien werden geprüft, jede für sich.",
        }),
      },
    },
    contributes: {
      configuration: {
        title: "Mooring",
        properties: Object.fromEntries(
          Object.entries(SETTINGS).map(([name, setting], order) => [
            `mooring.${name}`,
            property(name, setting, order, texts),
          ]),
        ),
      },
      commands: commands().map(([command, { title, icon }]) => ({
        command,
        category: "Mooring",
        title: texts.key(`command.${command.replace("mooring.", "")}`, title),
        ...(icon === undefined ? {} : { icon }),
      })),
      menus: {
        commandPalette: commands().flatMap(([command, { when }]) =>
          when === undefined ? [] : [{ command, when }],
        ),
      },
      jsonValidation: ["mooring.config.json", "mooring.config.jsonc"].map((fileMatch) => ({
        fileMatch,
        url: "./schema/mooring.config.schema.json",
      })),
      // A .json file may have comments here, as the configuration may.
      languages: [{ id: "jsonc", filenames: ["mooring.config.json"] }],
      // The link of a finding leads to the page of its rule, to be read as a page.
      configurationDefaults: {
        "workbench.editorAssociations": {
          [`${RULE_SCHEME}:/**`]: "vscode.markdown.preview.editor",
        },
      },
      walkthroughs: [walkthrough(texts)],
      snippets: snippets(),
    },
  };
}

function commands(): readonly (readonly [string, CommandEntry])[] {
  return Object.entries(COMMANDS);
}

function property(name: string, setting: Setting, order: number, texts: Texts): object {
  const values = Object.entries(setting.values ?? {});
  return {
    ...setting.schema,
    ...(values.length === 0
      ? {}
      : {
          enum: values.map(([value]) => value),
          markdownEnumDescriptions: values.map(([value, words]) =>
            texts.key(`setting.${name}.${value}`, words),
          ),
        }),
    markdownDescription: texts.key(`setting.${name}`, setting.words),
    scope: setting.scope,
    order,
  };
}

function walkthrough(texts: Texts): object {
  const { title, description, steps } = WALKTHROUGH;
  return {
    id: "start",
    title: texts.key("walkthrough.title", title),
    description: texts.key("walkthrough.description", description),
    steps: steps.map((step) => ({
      id: step.id,
      title: texts.key(`walkthrough.${step.id}`, step.title),
      description: texts.key(`walkthrough.${step.id}.description`, {
        en: `${step.description.en}\n[${step.button.en}](command:${step.command})`,
        de: `${step.description.de}\n[${step.button.de}](command:${step.command})`,
      }),
      media: { markdown: `client/walkthrough/${step.id}.md` },
      completionEvents: [`onCommand:${step.command}`],
    })),
  };
}

/** By language as VS Code names it, the file of snippets/. */
const SNIPPETS: Readonly<Record<string, string>> = {
  typescript: "typescript",
  typescriptreact: "typescript",
  javascript: "javascript",
  javascriptreact: "javascript",
  rust: "rust",
  python: "python",
  go: "go",
};

function snippets(): readonly object[] {
  return Object.entries(SNIPPETS).map(([language, file]) => ({
    language,
    path: `./snippets/${file}.json`,
  }));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
