import type {
  ChangeAnnotation,
  CreateFile,
  SnippetTextEdit,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver";
import { type Edit, type NewFile, piecesOf } from "../analysis/edit.ts";
import { textEditOf, withLineBreaksOf } from "./convert.ts";
import type { Session } from "./session.ts";

/** What an edit brings along besides its texts. */
export interface Extras {
  readonly creates?: readonly NewFile[] | undefined;
  /** Words in the new texts to put the cursor on, where the client can. */
  readonly chosen?: readonly string[] | undefined;
}

/** The edits as the client understands them, against the texts that it has. */
export function workspaceEditOf(
  edits: readonly Edit[],
  session: Session,
  { creates = [], chosen = [] }: Extras = {},
): WorkspaceEdit {
  const files = [...new Set(edits.map((it) => it.file))];
  const perFile = files.map((path) => ({ path, own: edits.filter((it) => it.file === path) }));
  const textEdits = (path: string, own: readonly Edit[]): TextEdit[] =>
    own.map((it) => textEditOf(it, session.linesOf(path)));
  if (session.client.documentChanges) {
    const changes = perFile.map(({ path, own }) => {
      const stops = session.client.snippetEdits ? editsWithStops(own, chosen, session) : undefined;
      return documentEdit(path, stops ?? textEdits(path, own), session);
    });
    return { documentChanges: [...creationsOf(creates, session), ...changes] };
  }
  const changes = perFile.map(
    ({ path, own }) => [session.uriOf(path), textEdits(path, own)] as const,
  );
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

/**
 * The edits of one file as snippets with a stop on each of the words; undefined where none of them
 * is in the new texts, or where the client would indent what is indented already.
 */
function editsWithStops(
  edits: readonly Edit[],
  words: readonly string[],
  session: Session,
): SnippetTextEdit[] | undefined {
  const indexes = new Map<string, number>();
  const snippets: SnippetTextEdit[] = [];
  for (const { file, start, end, text } of edits) {
    const lines = session.linesOf(file);
    const range = lines.range(start, end);
    const before = lines.text.slice(lines.offset({ ...range.start, character: 0 }), start);
    const relative = withoutIndent(withLineBreaksOf(lines.text, text), before);
    if (relative === undefined) return undefined;
    const value = withStops(relative, words, indexes);
    snippets.push({ range, snippet: { kind: "snippet", value } });
  }
  return indexes.size === 0 ? undefined : snippets;
}

/**
 * A client gives all lines of a snippet but the first the indentation of the line where it goes;
 * VS Code does so with empty lines, too.
 */
function withoutIndent(text: string, before: string): string | undefined {
  const indent = /^[ \t]*/.exec(before)?.[0] ?? "";
  const [first = "", ...rest] = text.split("\n");
  if (rest.some((it) => !it.startsWith(indent))) return undefined;
  return [first, ...rest.map((it) => it.slice(indent.length))].join("\n");
}

/** One number for each word, whichever edit it stands in: the places are written together. */
function withStops(text: string, words: readonly string[], indexes: Map<string, number>): string {
  return piecesOf(text)
    .map((part) => {
      if (!words.includes(part)) return escaped(part);
      const index = indexes.get(part) ?? indexes.size + 1;
      indexes.set(part, index);
      return `\${${index}:${escaped(part, "}")}}`;
    })
    .join("");
}

/** An insertion that leaves the cursor on the words that are to be replaced. */
export function snippetEditOf(
  { file, start, end, text }: Edit,
  placeholder: string,
  session: Session,
): WorkspaceEdit {
  const lines = session.linesOf(file);
  const [before = "", after = ""] = withLineBreaksOf(lines.text, text).split(placeholder);
  const value = `${escaped(before)}\${1:${escaped(placeholder, "}")}}${escaped(after)}`;
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

/** The signs that mean something in a snippet, and inside a placeholder also its end. */
function escaped(text: string, more = ""): string {
  return text.replace(/[\\$}]/g, (sign) => (sign === "}" && more === "" ? sign : `\\${sign}`));
}
