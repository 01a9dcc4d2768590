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
  const path = session.documents.pathOf(textDocument.uri);
  const entry = session.check(path);
  const resultId = entry?.id;
  const isSame = resultId !== undefined && resultId === previousResultId;
  session.answered(path, entry, !isSame);
  if (isSame) return { kind: "unchanged", resultId };
  return {
    kind: "full",
    items: [...(entry?.diagnostics ?? [])],
    ...(resultId === undefined ? {} : { resultId }),
  };
}
