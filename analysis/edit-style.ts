import type { Edit } from "./edit.ts";
import { is, isOneOf, type SourceFile, startOf, walk } from "./syntax.ts";

// The text of a fix in the style of the file that it goes into: its semicolons, quotes and line ends.
//
// Fixes write `;`, `"` and `\n`. What a fix has taken over from the file stays as it is: a line, or a
// string, that stands there already with the same words is the author's own. May be wrong about a
// file that mixes styles; then the style of the majority counts.

export interface TextStyle {
  readonly quote: '"' | "'";
  readonly semicolon: ";" | "";
  readonly newline: "\n" | "\r\n";
}

interface Offsets {
  readonly start: number;
  readonly end: number;
}

const NOWHERE: Offsets = { start: 0, end: 0 };

/** Follows from the text alone, so it lives as long as the tree does. */
const known = new WeakMap<SourceFile, TextStyle>();

/** How most of the file is written; `except` is text that does not count. */
export function textStyle(file: SourceFile, except: Offsets = NOWHERE): TextStyle {
  if (except !== NOWHERE) return read(file, except);
  const before = known.get(file);
  if (before !== undefined) return before;
  const style = read(file, except);
  known.set(file, style);
  return style;
}

function read(file: SourceFile, except: Offsets): TextStyle {
  const quotes = { '"': 0, "'": 0 };
  const ends = { with: 0, without: 0 };
  walk(file, (node) => {
    if (startOf(node, file) < except.end && except.start < node.end) return undefined;
    if (is.StringLiteral(node)) {
      const quote = file.text.charAt(startOf(node, file));
      // What is quoted in markup, or to keep its own quotes, shows no preference.
      if ((quote === '"' || quote === "'") && !is.JsxAttribute(node.parent)) quotes[quote] += 1;
    } else if (endsWithSemicolon(node)) {
      ends[file.text.charAt(node.end - 1) === ";" ? "with" : "without"] += 1;
    }
    return undefined;
  });
  return {
    quote: quotes["'"] > quotes['"'] ? "'" : '"',
    semicolon: ends.without > ends.with ? "" : ";",
    newline: file.text.includes("\r\n") ? "\r\n" : "\n",
  };
}

const endsWithSemicolon = isOneOf(
  "ExpressionStatement",
  "VariableStatement",
  "ReturnStatement",
  "ImportDeclaration",
  "ThrowStatement",
);

/** The edits as somebody would have written them in this file; those of other files as they are. */
export function inStyleOf(file: SourceFile, edits: readonly Edit[]): readonly Edit[] {
  if (edits.every(({ text }) => !/[;"\n]/.test(text))) return edits;
  const style = textStyle(file);
  if (style.quote === '"' && style.semicolon === ";" && style.newline === "\n") return edits;
  return edits.map((it) =>
    it.file === file.fileName ? { ...it, text: styled(it, file.text, style) } : it,
  );
}

function styled({ text, end }: Edit, whole: string, style: TextStyle): string {
  let result = text;
  if (style.quote === "'") {
    result = result.replace(PLAIN_STRING, (it) =>
      whole.includes(it) ? it : `'${it.slice(1, -1)}'`,
    );
  }
  if (style.semicolon === "") {
    const rest = /^[^\n]*/.exec(whole.slice(end))?.[0].trim() ?? "";
    const lines = result.split("\n");
    result = lines
      .map((line, index) => {
        const isLast = index === lines.length - 1;
        if (isLast && rest !== "") return line;
        const next = isLast ? whole.slice(end) : lines.slice(index + 1).join("\n");
        return mayDropEnd(line, next, whole) ? line.slice(0, -1) : line;
      })
      .join("\n");
  }
  return style.newline === "\n" ? result : result.replace(/\r?\n/g, style.newline);
}

/** What would be taken for the rest of the line above; a comment is not. */
const JOINS = /^\s*(?:[([`+-]|\/(?![/*]))/;

/** A string without anything in it that another quote would change the meaning of. */
const PLAIN_STRING = /"[^"'`\\\n$]*"/g;

/** Whether the line ends in a semicolon of the fix that the line below does not need. */
function mayDropEnd(line: string, next: string, whole: string): boolean {
  if (!line.endsWith(";") || JOINS.test(next)) return false;
  return !whole.includes(line.trim());
}
