import type { CommandId } from "./commands-table.ts";
import type { Words } from "./settings-table.ts";

// The walkthrough: a bug to look at, to understand, to repair, and then one's own code. Each step
// shows client/walkthrough/<id>.md beside it, in German `<id>.nls.de.md`.

export interface Step {
  readonly id: string;
  readonly title: Words;
  readonly description: Words;
  readonly button: Words;
  readonly command: CommandId;
}

export const WALKTHROUGH: {
  readonly title: Words;
  readonly description: Words;
  readonly steps: readonly Step[];
} = {
  title: { en: "Get Started with Mooring", de: "Erste Schritte mit Mooring" },
  description: {
    en: "Find a concurrency bug, understand it, repair it.",
    de: "Einen Nebenläufigkeitsfehler finden, verstehen und beheben.",
  },
  steps: [
    {
      id: "see",
      title: { en: "See a bug", de: "Einen Fehler sehen" },
      description: {
        en: "The sample is a small checkout with mistakes that no compiler reports.",
        de: "Das Beispiel ist eine kleine Kasse mit Fehlern, die kein Compiler meldet.",
      },
      button: { en: "Open the Sample", de: "Beispiel öffnen" },
      command: "mooring.openSample",
    },
    {
      id: "understand",
      title: { en: "Understand it", de: "Ihn verstehen" },
      description: {
        en: "Hover over a squiggle to read what happens at run time. Each rule has a page, which needs no network.",
        de: "Zeigen Sie auf eine Wellenlinie, um zu lesen, was zur Laufzeit geschieht. Jede Regel hat eine Seite, die kein Netz braucht.",
      },
      button: { en: "Explain a Rule", de: "Eine Regel erklären" },
      command: "mooring.explainRule",
    },
    {
      id: "repair",
      title: { en: "Repair it", de: "Ihn beheben" },
      description: {
        en: "The light bulb (Ctrl+. or ⌘.) offers the repairs of a finding, the best one first. Each has been tried: it removes the finding and makes no new one.",
        de: "Die Glühbirne (Strg+. oder ⌘.) bietet die Behebungen eines Befunds an, die beste zuerst. Jede ist erprobt: Sie beseitigt den Befund und erzeugt keinen neuen.",
      },
      button: { en: "Fix All in File", de: "Alles in der Datei beheben" },
      command: "mooring.fixAllInFile",
    },
    {
      id: "workspace",
      title: { en: "Check your own code", de: "Den eigenen Code prüfen" },
      description: {
        en: "Findings of all files stand in the Problems view, of those too that are not open.",
        de: "Die Befunde aller Dateien stehen in der Ansicht „Probleme“, auch die von nicht geöffneten.",
      },
      button: { en: "Check Workspace", de: "Arbeitsbereich prüfen" },
      command: "mooring.checkWorkspace",
    },
  ],
};
