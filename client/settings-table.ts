import type { ClientSettings } from "../server/protocol.ts";

// The settings of the extension. package.json and its translations are generated from this table,
// and the settings that the server reads cannot be left out of it: that would not compile.

/** In both languages: a setting that says nothing to somebody does not compile either. */
export interface Words {
  readonly en: string;
  readonly de: string;
}

export interface Setting {
  /** What it does, in Markdown. */
  readonly words: Words;
  readonly scope: "resource" | "window" | "machine-overridable";
  /** The rest of its JSON schema. */
  readonly schema: Readonly<Record<string, unknown>> & { readonly default: unknown };
  /** What each value of an `enum` means, in its order. */
  readonly values?: Readonly<Record<string, Words>>;
}

/** `rules.customizations` is a list in an object for the server, and one setting for people. */
type ServerSetting = Exclude<keyof ClientSettings, "rules"> | "rules.customizations";

const SERVER_SETTINGS: Readonly<Record<ServerSetting, Setting>> = {
  enable: {
    words: {
      en: "Whether Mooring checks anything in this folder.",
      de: "Ob Mooring in diesem Ordner etwas prüft.",
    },
    scope: "resource",
    schema: { type: "boolean", default: true },
  },
  run: {
    words: {
      en: "When Mooring looks for findings anew.",
      de: "Wann Mooring erneut nach Befunden sucht.",
    },
    scope: "resource",
    schema: { type: "string", default: "onType" },
    values: {
      onType: { en: "While you type.", de: "Während des Tippens." },
      onSave: { en: "When a file is saved.", de: "Beim Speichern einer Datei." },
      manual: {
        en: "Only when you run **Mooring: Check Workspace**.",
        de: "Nur, wenn Sie **Mooring: Arbeitsbereich prüfen** ausführen.",
      },
    },
  },
  scope: {
    words: {
      en: "Which files are checked. A finding may depend on files that are not: those are read too.",
      de: "Welche Dateien geprüft werden. Ein Befund kann von anderen Dateien abhängen: Auch diese werden gelesen.",
    },
    scope: "resource",
    schema: { type: "string", default: "workspace" },
    values: {
      openFiles: { en: "Files that are open.", de: "Geöffnete Dateien." },
      changedFiles: {
        en: "Files that differ from the last commit, and those that change while you work.",
        de: "Dateien, die vom letzten Commit abweichen oder sich während der Arbeit ändern.",
      },
      workspace: { en: "All files.", de: "Alle Dateien." },
    },
  },
  configPath: {
    words: {
      en: "A configuration file that counts instead of those that Mooring finds, relative to the folder. Empty: the nearest `mooring.config.json`, `mooring.config.jsonc` or `package.json` above each file.",
      de: "Eine Konfigurationsdatei, die anstelle der gefundenen gilt, relativ zum Ordner. Leer: die jeweils nächste `mooring.config.json`, `mooring.config.jsonc` oder `package.json` oberhalb der Datei.",
    },
    scope: "resource",
    schema: { type: "string", default: "" },
  },
  "rules.customizations": {
    words: {
      en: 'Severities in the editor only; the command line does not see them. `*` stands for anything, and where several entries match a rule, the last one wins. Example: `[{ "rule": "floating-*", "severity": "hint" }]`. What everybody in the project should see belongs in `mooring.config.json`.',
      de: 'Schweregrade nur im Editor; die Befehlszeile kennt sie nicht. `*` steht für Beliebiges, und wenn mehrere Einträge auf eine Regel passen, gilt der letzte. Beispiel: `[{ "rule": "floating-*", "severity": "hint" }]`. Was alle im Projekt sehen sollen, gehört in `mooring.config.json`.',
    },
    scope: "resource",
    schema: {
      type: "array",
      default: [],
      items: {
        type: "object",
        additionalProperties: false,
        required: ["rule", "severity"],
        properties: {
          rule: { type: "string" },
          severity: { type: "string", enum: ["error", "warning", "information", "hint", "off"] },
        },
      },
    },
  },
  overlap: {
    words: {
      en: "What becomes of a finding where another linter that is active, such as ESLint with typescript-eslint, oxlint or Biome, reports the same on the same line.",
      de: "Was mit einem Befund geschieht, wenn ein anderer aktiver Linter, etwa ESLint mit typescript-eslint, oxlint oder Biome, in derselben Zeile dasselbe meldet.",
    },
    scope: "resource",
    schema: { type: "string", default: "defer" },
    values: {
      defer: {
        en: "It is left to the other linter. Its explanation and its repairs stay where they are, and the status says how many were left.",
        de: "Er bleibt dem anderen Linter überlassen. Erklärung und Behebungen bleiben, und der Status sagt, wie viele es sind.",
      },
      both: { en: "Both report it.", de: "Beide melden ihn." },
    },
  },
  timeBudget: {
    words: {
      en: "How many milliseconds the check of one file may take before the status names the file.",
      de: "Wie viele Millisekunden die Prüfung einer Datei dauern darf, bevor der Status die Datei nennt.",
    },
    scope: "resource",
    schema: { type: "number", default: 1000, minimum: 1 },
  },
};

export const SETTINGS: Readonly<Record<string, Setting>> = {
  ...SERVER_SETTINGS,
  "trace.server": {
    words: {
      en: "How much of the conversation with the language server **Mooring: Show Output** shows. The log level of that output has to be `Trace`.",
      de: "Wie viel vom Gespräch mit dem Sprachserver **Mooring: Ausgabe anzeigen** zeigt. Die Protokollebene dieser Ausgabe muss `Trace` sein.",
    },
    scope: "window",
    schema: { type: "string", default: "off" },
    values: {
      off: { en: "Nothing.", de: "Nichts." },
      messages: { en: "Which messages are sent.", de: "Welche Nachrichten gesendet werden." },
      verbose: { en: "What is in them, too.", de: "Auch, was darin steht." },
    },
  },
};
