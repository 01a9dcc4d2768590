import type {
  CompletionItem,
  CompletionItemKind,
  CompletionList,
  CompletionParams,
  InsertTextFormat,
  MarkupContent,
} from "vscode-languageserver";
import { ancestor, is, type Node, type SourceFile, startOf, walk } from "../../analysis/syntax.ts";
import type { Pattern, PatternCode } from "../../snippets/pattern.ts";
import { expandSnippet, parseSnippet } from "../../snippets/snippet-text.ts";
import { textEditOf } from "../convert.ts";
import { formsIn, hasRuntime, type PatternOffer, PatternWriter, placedAt } from "../patterns.ts";
import type { Session } from "../session.ts";
import { record } from "../settings.ts";
import { aboutPattern } from "./pattern-words.ts";

const SNIPPET_KIND = 15 satisfies CompletionItemKind;
const PLAIN_TEXT = 1 satisfies InsertTextFormat;
const SNIPPET = 2 satisfies InsertTextFormat;

/** So many letters of a native word have to be there, which may be anybody's. */
const LEAST_OF_A_WORD = 3;

/**
 * Patterns, where a statement begins with what may become their prefix, or a native word for them.
 * Waits for nothing but the text, and reads that only when some pattern fits.
 */
export function complete(
  session: Session,
  { textDocument, position }: CompletionParams,
): CompletionList {
  const none: CompletionList = { isIncomplete: false, items: [] };
  const path = session.documents.pathOf(textDocument.uri);
  const document = session.documents.at(path);
  if (document === undefined || !/\.[cm]?[jt]sx?$/.test(path)) return none;
  const end = document.lines.offset(position);
  const before = document.text.slice(document.text.lastIndexOf("\n", end - 1) + 1, end);
  const word = /(?:^|[^\w$.#@-])([A-Za-z][\w-]*)$/.exec(before)?.[1];
  if (word === undefined) return none;
  const language = /\.[cm]?jsx?$/.test(path) ? "javascript" : "typescript";
  const fitting = formsIn(language).flatMap((it, index) => {
    const fit = wordFor(it.pattern, it.code, word);
    // The client's own list has them already.
    const isKnown = it.code.form === "plain" && session.options["snippets"] === "contributed";
    return fit === undefined || isKnown ? [] : [{ ...it, fit, index }];
  });
  if (fitting.length === 0) return { ...none, isIncomplete: true };

  const start = end - word.length;
  const { files } = session.folders.of(path);
  const writer = new PatternWriter(document, files, { start, end });
  if (!beginsStatement(writer.file, start)) return none;
  const isInstalled = hasRuntime(path, files);
  const items = fitting.map(({ fit, index, ...form }): CompletionItem => {
    const offer = placedAt(writer.offer(form), start, end);
    const { pattern, code, head } = offer;
    const isFirst = (code.form === "runtime") === isInstalled;
    return {
      label: pattern.prefix,
      labelDetails: { description: originOf(code, isInstalled) },
      detail: pattern.title,
      kind: SNIPPET_KIND,
      filterText: fit,
      sortText: `${isFirst ? 0 : 1}${String(index).padStart(3, "0")}`,
      insertTextFormat: session.client.completesSnippets ? SNIPPET : PLAIN_TEXT,
      textEdit: { range: document.lines.range(start, end), newText: textOf(offer, session) },
      ...(head === undefined ? {} : { additionalTextEdits: [textEditOf(head, document.lines)] }),
      data: { pattern: pattern.id, form: code.form, language },
    };
  });
  // What fits depends on what is typed, so it is asked for again.
  return { isIncomplete: true, items };
}

/** Adds what is read about the one that the list stands at. */
export function completeItem(session: Session, item: CompletionItem): CompletionItem {
  const { pattern: id, form, language } = record(item.data);
  const found = formsIn(language === "javascript" ? "javascript" : "typescript").find(
    (it) => it.pattern.id === id && it.code.form === form,
  );
  if (found === undefined) return item;
  const documentation: MarkupContent = aboutPattern(found.pattern, found.code, session);
  return { ...item, documentation };
}

/** The word by which the pattern is meant: its prefix as far as it is typed, or a native one. */
function wordFor({ prefix }: Pattern, { also }: PatternCode, typed: string): string | undefined {
  if (prefix.startsWith(typed)) return prefix;
  if (typed.length < LEAST_OF_A_WORD) return undefined;
  return also.find((it) => it.toLowerCase().startsWith(typed.toLowerCase()));
}

function originOf({ form }: PatternCode, isInstalled: boolean): string {
  if (form === "plain") return "no dependency";
  return isInstalled ? "mooring-runtime" : "mooring-runtime, not installed";
}

function textOf({ snippet }: PatternOffer, session: Session): string {
  return session.client.completesSnippets ? snippet : expandSnippet(parseSnippet(snippet));
}

/** Whether a statement starts there: not in a text, a comment, a type or in the middle of another. */
function beginsStatement(file: SourceFile, start: number): boolean {
  let found: Node | undefined;
  walk(file, (node) => {
    if (node.end < start || start < node.pos) return "skip";
    if (is.Identifier(node) && startOf(node, file) === start) found = node;
    return undefined;
  });
  const statement = found && ancestor(found, is.ExpressionStatement);
  return statement !== undefined && startOf(statement, file) === start;
}
