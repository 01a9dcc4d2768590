import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { QUICK_FIX } from "../capabilities.ts";
import { problemDiagnosticOf } from "../convert.ts";
import type { Session } from "../session.ts";

/**
 * What was meant by a name that a configuration has and Mooring does not know. Problems are about the
 * configuration as it was saved, so nothing is offered while the text is another one.
 */
export function configurationActions(
  session: Session,
  path: string,
  { textDocument, range, context }: CodeActionParams,
): CodeAction[] {
  const isWanted = context.only?.some((it) => it === "" || it === QUICK_FIX) ?? true;
  const document = session.documents.at(path);
  const { files } = session.folders.of(path);
  if (!isWanted || document === undefined || files.read(path) !== document.text) return [];
  const { lines } = document;
  const [start, end] = [lines.offset(range.start), lines.offset(range.end)];
  return session.problems.flatMap((problem): CodeAction[] => {
    const { file, instead } = problem;
    const isHere = file === path && problem.start <= end && start <= problem.end;
    if (!isHere || instead === undefined) return [];
    const edit = { range: lines.range(instead.start, instead.end), newText: instead.text };
    return [
      {
        title: `Write ${instead.text}`,
        kind: QUICK_FIX,
        isPreferred: true,
        diagnostics: [problemDiagnosticOf(problem, lines)],
        edit: session.client.documentChanges
          ? {
              documentChanges: [
                {
                  textDocument: { uri: textDocument.uri, version: document.version },
                  edits: [edit],
                },
              ],
            }
          : { changes: { [textDocument.uri]: [edit] } },
      },
    ];
  });
}
