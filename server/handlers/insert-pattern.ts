import type { Range } from "vscode-languageserver";
import { around, wrapsSelection } from "../../snippets/adapt.ts";
import type { Language } from "../../snippets/pattern.ts";
import { textEditOf } from "../convert.ts";
import type { Document } from "../documents.ts";
import { formsIn, hasRuntime, offerAsIs, PatternWriter, placedAt } from "../patterns.ts";
import type { PatternChoice } from "../protocol.ts";
import type { Session } from "../session.ts";
import { record } from "../settings.ts";
import { previewOf } from "./pattern-words.ts";

/** By the name that editors have for it. */
const LANGUAGES: Readonly<Record<string, Language>> = {
  typescript: "typescript",
  typescriptreact: "typescript",
  javascript: "javascript",
  javascriptreact: "javascript",
  rust: "rust",
  python: "python",
  go: "go",
};

/**
 * All patterns for a place in a file, to choose from: those that can be put around what is selected
 * where something is. Empty for a language that we have none in.
 */
export function listPatterns(session: Session, params: unknown): readonly PatternChoice[] {
  const { language, uri, range } = record(params);
  const known = typeof language === "string" ? LANGUAGES[language] : undefined;
  if (known === undefined) return [];
  const document =
    typeof uri === "string" ? session.documents.at(session.documents.pathOf(uri)) : undefined;
  const isOurs = known === "typescript" || known === "javascript";
  if (document === undefined || !isOurs) {
    return formsIn(known).map((it) => choice(offerAsIs(it), undefined, true));
  }
  return choicesIn(session, document, rangeOf(range, document));
}

function choicesIn(session: Session, document: Document, [start, end]: readonly [number, number]) {
  const { files } = session.folders.of(document.path);
  const writer = new PatternWriter(document, files, { start, end });
  const isInstalled = hasRuntime(document.path, files);
  const selected = dedented(document.text, start, end);
  const forms = formsIn(writer.language).filter((it) => start === end || wrapsSelection(it.code));
  const choices = forms.map((form) => {
    const offer = writer.offer(form);
    const snippet = start === end ? offer.snippet : around(offer.snippet, selected);
    const placed = placedAt({ ...offer, snippet }, start, end);
    return choice(placed, document, form.code.form === "plain" || isInstalled);
  });
  return choices.toSorted((a, b) => Number(b.isInstalled) - Number(a.isInstalled));
}

function choice(
  { pattern, code, snippet, head }: ReturnType<typeof offerAsIs>,
  document: Document | undefined,
  isInstalled: boolean,
): PatternChoice {
  const { id, prefix, title, when, whenNot } = pattern;
  const { form, also, language } = code;
  return {
    id,
    prefix,
    title,
    when,
    whenNot,
    form,
    also,
    language,
    isInstalled,
    snippet,
    head: head === undefined || document === undefined ? null : textEditOf(head, document.lines),
    preview: `${head === undefined ? "" : `${head.text.trim()}\n\n`}${previewOf(snippet)}\n`,
  };
}

/** What a client sends as a range; the start of the file where it is none. */
function rangeOf(given: unknown, { lines }: Document): readonly [number, number] {
  const { start, end } = record(given);
  const offsetOf = (position: unknown) => {
    const { line, character } = record(position);
    if (typeof line !== "number" || typeof character !== "number") return 0;
    return lines.offset({ line, character } satisfies Range["start"]);
  };
  return [offsetOf(start), offsetOf(end)];
}

/** The text between the offsets without the indentation that all of its lines have. */
export function dedented(text: string, start: number, end: number): string {
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(line))?.[0] ?? "";
  return text
    .slice(start, end)
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((it) => (it.startsWith(indent) ? it.slice(indent.length) : it.trimStart()))
    .join("\n")
    .replace(/^\s*/, "")
    .trimEnd();
}
