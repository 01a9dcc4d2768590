import type { WorkspaceEdit } from "vscode-languageserver";
import type { Report } from "../../analysis/report.ts";
import { allowInFile, allowOnLine, REASON } from "../allow.ts";
import { dryRepair, hides } from "../dry-repair.ts";
import { editsBetween } from "../line-diff.ts";
import { outdated } from "../pause.ts";
import { allFound } from "../results.ts";
import type { Session } from "../session.ts";
import { record } from "../settings.ts";
import { snippetEditOf, workspaceEditOf } from "../workspace-edits.ts";

/** What a code action carries until somebody chooses it. */
export interface ActionData {
  readonly kind: "fix" | "rule" | "all" | "allow on line" | "allow in file";
  readonly uri: string;
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  /** Of the fix, where the action is one. */
  readonly title: string;
}

/** The edit of an action; undefined where there turns out to be nothing to change. */
export function editFor(data: unknown, session: Session): WorkspaceEdit | undefined {
  const { kind, uri, rule, start, end, title } = record(data);
  if (typeof uri !== "string") throw outdated();
  const path = session.documents.pathOf(uri);
  const entry = session.check(path);
  const folder = session.folders.of(path);
  const report = (entry === undefined ? [] : allFound(entry)).find(
    (it) => it.rule === rule && it.start === start && it.end === end,
  );
  // The action is about a text that has changed since.
  if (report === undefined) throw outdated();

  switch (kind) {
    case "fix": {
      const fix = report.fixes.find((it) => it.title === title);
      if (fix === undefined) throw outdated();
      return workspaceEditOf(fix.edits, session, fix);
    }
    case "rule":
      return repairedWhere(
        (it) => it.rule === rule && bestDoesNotHide(it) && isWithinReach(it),
        "suggestion",
      );
    case "all":
      return repairedWhere(() => true, "safe");
    case "allow on line":
    case "allow in file":
      return allowing(report, kind, session);
    default:
      throw outdated();
  }

  /** Not every client takes a file that comes along. */
  function isWithinReach({ fixes: [best] }: Report): boolean {
    return best?.creates === undefined || session.client.createsFiles;
  }

  function repairedWhere(wanted: (report: Report) => boolean, safety: "safe" | "suggestion") {
    const repair = folder.attempt("repairing a file", (analyser) =>
      dryRepair(analyser, [path], { safety, wanted }),
    );
    const edits = (repair?.files ?? []).flatMap(({ file, original, text }) =>
      editsBetween(original, text).map((it) => ({ file, ...it })),
    );
    return edits.length === 0
      ? undefined
      : workspaceEditOf(edits, session, { creates: repair?.created });
  }
}

function bestDoesNotHide({ fixes: [best] }: Report): boolean {
  return best !== undefined && !hides(best);
}

/**
 * Where the client knows snippets, the reason is selected so that it is written next; elsewhere it
 * is left out, and a finding asks for it.
 */
export function allowing(
  report: Report,
  kind: "allow on line" | "allow in file",
  session: Session,
): WorkspaceEdit | undefined {
  const program = session.folders.of(report.file).current?.programOf(report.file);
  if (program === undefined) return undefined;
  const { snippetEdits } = session.client;
  const make = kind === "allow on line" ? allowOnLine : allowInFile;
  const edit = make(report, program, snippetEdits);
  if (edit === undefined) return undefined;
  return snippetEdits ? snippetEditOf(edit, REASON, session) : workspaceEditOf([edit], session);
}
