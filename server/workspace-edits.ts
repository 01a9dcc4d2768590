import type {
  ChangeAnnotation,
  CreateFile,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver";
import type { Edit, NewFile } from "../analysis/edit.ts";
import { textEditOf, withLineBreaksOf } from "./convert.ts";
import type { Session } from "./session.ts";

/** The edits as the client understands them, against the texts that it has. */
export function workspaceEditOf(
  edits: readonly Edit[],
  session: Session,
  created: readonly NewFile[] = [],
): WorkspaceEdit {
  const files = [...new Set(edits.map((it) => it.file))];
  const perFile = files.map((path) => ({
    path,
    edits: edits
      .filter((it) => it.file === path)
      .map((it): TextEdit => textEditOf(it, session.linesOf(path))),
  }));
  if (session.client.documentChanges) {
    const changes = perFile.map((it) => documentEdit(it.path, it.edits, session));
    return { documentChanges: [...creationsOf(created, session), ...changes] };
  }
  const changes = perFile.map((it) => [session.uriOf(it.path), it.edits] as const);
  return { changes: Object.fromEntries(changes) };
}

/** Files that come with a fix, in the same step that undo takes back. */
function creationsOf(created: readonly NewFile[], session: Session) {
  return created.flatMap(({ file, text }): (CreateFile | TextDocumentEdit)[] => {
    const uri = session.uriOf(file);
    const start = { line: 0, character: 0 };
    return [
      { kind: "create", uri, options: { ignoreIfExists: true } },
      {
        textDocument: { uri, version: null },
        edits: [{ range: { start, end: start }, newText: text }],
      },
    ];
  });
}

/** An insertion that leaves the cursor on the words that are to be replaced. */
export function snippetEditOf(
  { file, start, end, text }: Edit,
  placeholder: string,
  session: Session,
): WorkspaceEdit {
  const lines = session.linesOf(file);
  const [before = "", after = ""] = withLineBreaksOf(lines.text, text).split(placeholder);
  const stop = placeholder.replace(/[\\$}]/g, "\\$&");
  const value = `${escaped(before)}\${1:${stop}}${escaped(after)}`;
  const edit = { range: lines.range(start, end), snippet: { kind: "snippet" as const, value } };
  return { documentChanges: [documentEdit(file, [edit], session)] };
}

/** Edits that the client shows and lets people take or leave, file by file. */
export function annotatedEditOf(
  files: readonly {
    readonly path: string;
    readonly label: string;
    readonly edits: readonly Edit[];
  }[],
  session: Session,
): WorkspaceEdit {
  if (!session.client.changeAnnotations) {
    return workspaceEditOf(
      files.flatMap((it) => it.edits),
      session,
    );
  }
  const changeAnnotations: Record<string, ChangeAnnotation> = {};
  const documentChanges = files.map(({ path, label, edits }) => {
    changeAnnotations[label] = { label, needsConfirmation: true };
    const lines = session.linesOf(path);
    const annotated = edits.map((it) => ({ ...textEditOf(it, lines), annotationId: label }));
    return documentEdit(path, annotated, session);
  });
  return { documentChanges, changeAnnotations };
}

function documentEdit(
  path: string,
  edits: TextDocumentEdit["edits"],
  session: Session,
): TextDocumentEdit {
  // A client refuses an edit for a version that is not the one it has.
  const version = session.documents.at(path)?.version ?? null;
  return { textDocument: { uri: session.uriOf(path), version }, edits };
}

/** The signs that mean something in a snippet. */
function escaped(text: string): string {
  return text.replace(/[\\$]/g, "\\$&");
}
