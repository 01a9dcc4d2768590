import type {
  CancellationToken,
  DocumentDiagnosticParams,
  DocumentDiagnosticReport,
} from "vscode-languageserver";
import { throwIfCancelled, turn } from "../pause.ts";
import type { Session } from "../session.ts";

/** What is wrong in one file, as its text is by the time that the answer is made. */
export async function documentDiagnostics(
  session: Session,
  { textDocument, previousResultId }: DocumentDiagnosticParams,
  token: CancellationToken,
): Promise<DocumentDiagnosticReport> {
  await turn();
  throwIfCancelled(token);
  await session.settle(token);
  const entry = session.check(session.documents.pathOf(textDocument.uri));
  const resultId = entry?.id;
  if (resultId !== undefined && resultId === previousResultId) {
    return { kind: "unchanged", resultId };
  }
  return {
    kind: "full",
    items: [...(entry?.diagnostics ?? [])],
    ...(resultId === undefined ? {} : { resultId }),
  };
}
