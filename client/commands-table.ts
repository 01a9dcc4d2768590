import type { Words } from "./settings-table.ts";

// The commands of the extension. package.json and its translations are generated from this table,
// and client/commands.ts does not compile when it lacks one of them.

export interface CommandEntry {
  readonly title: Words;
  readonly icon?: string;
  /** When it is in the command palette; always, if nothing is said. */
  readonly when?: string;
}

/** Editors in which there is something to repair. */
const IN_SOURCE =
  "editorLangId == typescript || editorLangId == typescriptreact || editorLangId == javascript || editorLangId == javascriptreact";

/** Editors that there are patterns for. */
const WITH_PATTERNS = `${IN_SOURCE} || editorLangId == rust || editorLangId == python || editorLangId == go`;

export const COMMANDS = {
  "mooring.checkWorkspace": {
    title: { en: "Check Workspace", de: "Arbeitsbereich prüfen" },
    when: "workspaceFolderCount > 0",
  },
  "mooring.fixAllInFile": {
    title: { en: "Fix All in File", de: "Alles in der Datei beheben" },
    when: IN_SOURCE,
  },
  "mooring.fixAllInWorkspace": {
    title: { en: "Fix All in Workspace…", de: "Alles im Arbeitsbereich beheben …" },
    when: "workspaceFolderCount > 0",
  },
  "mooring.explainRule": { title: { en: "Explain Rule…", de: "Regel erklären …" } },
  "mooring.createConfiguration": {
    title: { en: "Create Configuration", de: "Konfiguration anlegen" },
    when: "workspaceFolderCount > 0",
  },
  "mooring.insertPattern": {
    title: { en: "Insert Pattern…", de: "Muster einfügen …" },
    when: WITH_PATTERNS,
  },
  "mooring.restartServer": {
    title: { en: "Restart Server", de: "Server neu starten" },
    icon: "$(debug-restart)",
  },
  "mooring.showOutput": {
    title: { en: "Show Output", de: "Ausgabe anzeigen" },
    icon: "$(output)",
  },
  "mooring.collectInformation": {
    title: { en: "Collect Diagnostic Information", de: "Diagnoseinformationen sammeln" },
  },
  "mooring.openWalkthrough": {
    title: { en: "Open Walkthrough", de: "Exemplarische Vorgehensweise öffnen" },
  },
  "mooring.openSample": {
    title: { en: "Open Sample with Bugs", de: "Beispiel mit Fehlern öffnen" },
  },
  "mooring.showMenu": { title: { en: "Show Status…", de: "Status anzeigen …" } },
} as const satisfies Readonly<Record<string, CommandEntry>>;

export type CommandId = keyof typeof COMMANDS;
