import type { Edit } from "../../analysis/edit.ts";
import { is, type Node, type SourceFile, sourceFileOf, startOf } from "../../analysis/syntax.ts";
import { attachedStart, hasEmptyLine, type ImportLike, type ModuleStyle } from "./module-style.ts";

// Where an import goes that has none to join. Nothing that has to be at the top of a file, and no
// comment about the file or about another import, changes its place.

/** Where an import of its own goes: beside others of its kind, else below whatever opens the file. */
export function placeImport(
  file: SourceFile,
  imports: readonly ImportLike[],
  from: string,
  line: string,
  style: ModuleStyle,
): Edit {
  const run = firstRun(file, imports);
  const [first] = run;
  if (first === undefined) return atTop(file, line, style);
  const packages = run.filter((it) => groupOf(it.specifier) === groupOf(from));
  const isSorted = packages.every((it, index) => {
    const next = packages[index + 1];
    return next === undefined || order(it.specifier, next.specifier) <= 0;
  });
  const above = isSorted
    ? packages.findLast((it) => order(it.specifier, from) <= 0)
    : packages.at(-1);
  const anchor = above ?? (packages[0] === undefined ? lastBefore(run, from) : undefined);
  if (anchor !== undefined) return below(anchor.statement, line, style);
  const next = packages[0] ?? first;
  const isTop = next === first;
  // A comment at the very top may be about the whole file, so nothing is put above it.
  if (isTop && attachedStart(next.statement) !== startOf(next.statement, file)) {
    return below(next.statement, line, style);
  }
  const at = attachedStart(next.statement);
  return { file: file.fileName, start: at, end: at, text: `${line}${style.newline}` };
}

/** The last one of an earlier kind, or of those at the top that are there for what they do. */
function lastBefore(run: readonly ImportLike[], from: string): ImportLike | undefined {
  const head = run.findIndex(bringsNames);
  return run.findLast((it, index) => groupOf(it.specifier) < groupOf(from) || index < head);
}

function bringsNames({ namespace, defaultName, braces }: ImportLike): boolean {
  return namespace !== undefined || defaultName !== undefined || braces !== undefined;
}

/** Built-in modules, then packages, then files of one's own. */
function groupOf(specifier: string): number {
  if (specifier.startsWith("node:")) return 0;
  return /^(?:[./#~]|@\/)/.test(specifier) ? 2 : 1;
}

/** The first imports that stand together, since whatever comes later is an exception. */
function firstRun(file: SourceFile, imports: readonly ImportLike[]): readonly ImportLike[] {
  const [first] = imports;
  if (first === undefined) return [];
  const start = file.statements.indexOf(first.statement);
  return imports.filter((it, index) => file.statements.indexOf(it.statement) === start + index);
}

/** On a line of its own below a statement and what is noted behind it. */
function below(statement: Node, line: string, { newline }: ModuleStyle): Edit {
  const file = sourceFileOf(statement);
  const rest =
    /^[^\S\r\n]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/)?[^\S\r\n]*(?=\r?\n|$)/.exec(
      file.text.slice(statement.end),
    );
  const at = statement.end + (rest?.[0].length ?? 0);
  const after = rest === null ? newline : "";
  return { file: file.fileName, start: at, end: at, text: `${newline}${line}${after}` };
}

/** Below `#!`, directives, and the comments that are about the file. */
function atTop(file: SourceFile, line: string, { newline }: ModuleStyle): Edit {
  const at = headEnd(file);
  const isStart = at === 0 || file.text.slice(0, at) === "\ufeff";
  const rest = file.text.slice(at);
  const before = isStart || file.text.slice(0, at).endsWith("\n") ? "" : newline + newline;
  const tail = /^\s*$/.test(rest)
    ? before === ""
      ? newline
      : ""
    : gapBelow(rest, before, newline);
  return { file: file.fileName, start: at, end: at, text: `${before}${line}${tail}` };
}

/** One empty line between the import and what follows it. */
function gapBelow(rest: string, before: string, newline: string): string {
  if (before === "") return newline + newline;
  return hasEmptyLine(/^\s*/.exec(rest)?.[0] ?? "") ? "" : newline;
}

/** The offset behind the last of them. */
function headEnd(file: SourceFile): number {
  const { text, statements } = file;
  const behind = statements.findIndex((it) => !isDirective(it));
  const directive = statements[(behind < 0 ? statements.length : behind) - 1];
  if (directive !== undefined) return directive.end + lineRest(text, directive.end);
  let at = text.startsWith("\ufeff") ? 1 : 0;
  let end = at;
  if (text.startsWith("#!", at)) {
    at += lineRest(text, at);
    end = at;
  }
  for (;;) {
    const comment = /^\s*(\/\/[^\r\n]*|\/\*[^]*?\*\/)/.exec(text.slice(at));
    if (comment?.[1] === undefined) return end;
    at += comment[0].length;
    const gap = /^\s*/.exec(text.slice(at))?.[0] ?? "";
    if (hasEmptyLine(gap) || at + gap.length === text.length || isAboutFile(comment[1])) end = at;
  }
}

function isDirective(statement: Node): boolean {
  return is.ExpressionStatement(statement) && is.StringLiteral(statement.expression);
}

function lineRest(text: string, from: number): number {
  return /^[^\r\n]*/.exec(text.slice(from))?.[0].length ?? 0;
}

/** What tools and lawyers want to find at the top. */
function isAboutFile(comment: string): boolean {
  return /^\/\/\/|^\/\*!|@ts-|@(?:license|jest|vitest|jsx|flow|file)|eslint|oxlint|biome|prettier|tslint|copyright|mooring-allow-file/i.test(
    comment,
  );
}

/** Without regard to case first, so that `channel` and `Mutex` are in order. */
export function order(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (x !== y) return x < y ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
