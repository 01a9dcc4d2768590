import { is, isOneOf, type SourceFile, startOf, walk } from "./syntax.ts";

/** A `mooring-allow` comment, as written; whether it allows anything is for others to say. */
export interface AllowComment {
  readonly start: number;
  readonly end: number;
  /** With the braces around it, where it stands between elements of JSX. */
  readonly whole: Range;
  readonly rules: readonly NamedRule[];
  /** Empty where none is given. */
  readonly reason: string;
  /** The line that it speaks of, from 0; or the file; or nothing, for want of code. */
  readonly scope: number | "file" | "nothing";
}

export interface NamedRule {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

const WORD = "mooring-allow";

/** The comments that begin with `mooring-allow` or `mooring-allow-file`, in source order. */
export function allowComments(file: SourceFile): readonly AllowComment[] {
  // Hardly any file has one, and looking for a word costs next to nothing.
  if (!file.text.includes(WORD)) return [];
  const comments = commentsIn(file);
  const lines = new CodeLines(file.text, comments);
  return comments.flatMap((it) => parse(file, it, lines) ?? []);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Comment extends Range {
  readonly whole: Range;
}

const PATTERN =
  /^(?<opening>[/*\s]*)mooring-allow(?<wide>-file)?(?=[\s:*]|$)(?<gap>[^\S\n]*)(?<rules>[\w-]+(?:\s*,\s*[\w-]+)*)?\s*(?::(?<reason>[^]*))?/;

function parse(file: SourceFile, comment: Comment, lines: CodeLines): AllowComment | undefined {
  const text = file.text.slice(comment.start, comment.end);
  const groups = PATTERN.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { opening = "", wide = "", gap = "", rules = "", reason = "" } = groups;
  const from = comment.start + opening.length + WORD.length + wide.length + gap.length;
  return {
    ...comment,
    rules: [...rules.matchAll(/[\w-]+/g)].map(({ 0: id, index }) => ({
      id,
      start: from + index,
      end: from + index + id.length,
    })),
    reason: reason.replace(/\*+\/$/, "").trim(),
    scope: wide === "" ? lines.spokenOf(comment) : isAtTop(file, comment) ? "file" : "nothing",
  };
}

function isAtTop(file: SourceFile, comment: Range): boolean {
  // Directives such as "use client" have to stand first themselves.
  const first = file.statements.find((it) => !/^["']/.test(file.text.slice(startOf(it, file))));
  return first === undefined || comment.end <= startOf(first, file);
}

const opaque = isOneOf(
  "StringLiteral",
  "NoSubstitutionTemplateLiteral",
  "TemplateHead",
  "TemplateMiddle",
  "TemplateTail",
  "RegularExpressionLiteral",
  "JsxText",
);

/**
 * The comments of a file. Two slashes start one everywhere but inside of strings, templates,
 * regular expressions and the text of JSX; the tree says where these are, so nothing is guessed.
 */
function commentsIn(file: SourceFile): Comment[] {
  const literals: Range[] = [];
  const braces: Range[] = [];
  walk(file, (node) => {
    const range = { start: startOf(node, file), end: node.end };
    if (opaque(node)) literals.push(range);
    // The tree has no comments: one in braces between elements is an expression that is not there.
    if (is.JsxExpression(node) && node.expression === undefined) braces.push(range);
    return undefined;
  });
  literals.sort((a, b) => a.start - b.start);

  const { text } = file;
  const comments: Comment[] = [];
  const add = (start: number, end: number) => {
    const whole = braces.find((it) => it.start <= start && end <= it.end) ?? { start, end };
    comments.push({ start, end, whole });
    return end;
  };
  let literal = 0;
  let at = text.startsWith("#!") ? endOfLine(text, 0) : 0;
  while (at < text.length) {
    while ((literals[literal]?.end ?? Number.POSITIVE_INFINITY) <= at) literal += 1;
    const next = literals[literal];
    if (next !== undefined && next.start <= at) {
      at = next.end;
      continue;
    }
    if (text.startsWith("//", at)) {
      at = add(at, endOfLine(text, at));
    } else if (text.startsWith("/*", at)) {
      const close = text.indexOf("*/", at + 2);
      at = add(at, close < 0 ? text.length : close + 2);
    } else {
      at += 1;
    }
  }
  return comments;
}

function endOfLine(text: string, from: number): number {
  const length = text.slice(from).search(/[\r\n\u2028\u2029]/);
  return length < 0 ? text.length : from + length;
}

/** Which lines hold code, and not only white space and comments. */
class CodeLines {
  private readonly starts: readonly number[];
  private readonly bare: readonly string[];

  constructor(text: string, comments: readonly Comment[]) {
    let bare = "";
    let at = 0;
    for (const { start, end } of comments.map((it) => it.whole)) {
      if (start < at) continue;
      bare += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, " ");
      at = end;
    }
    this.bare = (bare + text.slice(at)).split("\n");
    const starts: number[] = [];
    let offset = 0;
    for (const line of this.bare) {
      starts.push(offset);
      offset += line.length + 1;
    }
    this.starts = starts;
  }

  /** The line of the comment, if it shares it with code; else the next line with code. */
  spokenOf({ whole: { start, end } }: Comment): number | "nothing" {
    const first = this.lineAt(start);
    if (this.holdsCode(first)) return first;
    for (let line = this.lineAt(end - 1); line < this.bare.length; line += 1) {
      if (this.holdsCode(line)) return line;
    }
    return "nothing";
  }

  private holdsCode(line: number): boolean {
    return (this.bare[line] ?? "").trim() !== "";
  }

  private lineAt(offset: number): number {
    return this.starts.findLastIndex((start) => start <= offset);
  }
}
