import type { Edit } from "../../analysis/edit.ts";
import {
  childrenOf,
  is,
  isInside,
  isOneOf,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  walk,
  walkBody,
} from "../../analysis/syntax.ts";
import { unitOf } from "./indents.ts";
import { indentOf } from "./statements.ts";

// Statements that stand in a row, to be put into a block together.

export interface Range {
  readonly first: Node;
  readonly last: Node;
}

/** The text of the statements, moved in by one step, without those that are left out. */
export function movedIn({ first, last }: Range, step: string, leftOut: readonly Node[]): string {
  const file = sourceFileOf(first);
  const start = startOf(first, file);
  const cuts = leftOut
    .filter((it) => startOf(it, file) >= start && it.end <= last.end)
    .map((it) => lineOf(it));
  const fixed = templatesIn(first, last);
  let text = "";
  let at = start;
  const copy = (to: number) => {
    for (; at < to; at += 1) {
      const char = file.text.charAt(at);
      text += char;
      const next = file.text.charAt(at + 1);
      const isBlank = next === "\n" || next === "\r";
      const isText = fixed.some((it) => startOf(it, file) < at && at < it.end);
      if (char === "\n" && !isBlank && !isText) text += step;
    }
  };
  for (const cut of cuts.toSorted((a, b) => a.start - b.start)) {
    copy(cut.start);
    at = Math.max(at, cut.end);
  }
  copy(last.end);
  return text.trimEnd();
}

/** A statement with the line that it stands on alone. */
function lineOf(node: Node): { readonly start: number; readonly end: number } {
  const file = sourceFileOf(node);
  const start = startOf(node, file);
  const lineStart = file.text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = file.text.indexOf("\n", node.end);
  const isAlone =
    file.text.slice(lineStart, start).trim() === "" &&
    0 <= lineEnd &&
    file.text.slice(node.end, lineEnd).trim() === "";
  return isAlone ? { start: lineStart, end: lineEnd + 1 } : { start, end: node.end };
}

const isTemplate = isOneOf("TemplateExpression", "NoSubstitutionTemplateLiteral", "JsxText");

function templatesIn(first: Node, last: Node): readonly Node[] {
  const found: Node[] = [];
  for (const statement of between(first, last)) {
    walk(statement, (it) => {
      if (isTemplate(it)) found.push(it);
      return undefined;
    });
  }
  return found;
}

/** The statements from one to another of the same list. */
export function between(first: Node, last: Node): readonly Node[] {
  return childrenOf(first.parent).filter((it) => first.pos <= it.pos && it.end <= last.end);
}

/** By how much a block is moved in against what is around it, as the file does it. */
export function stepOf(statement: Node): string {
  const inner = indentOf(statement);
  const outer = indentOf(statement.parent.parent);
  const step = inner.startsWith(outer) ? inner.slice(outer.length) : "";
  return step === "" ? unitOf(sourceFileOf(statement)) : step;
}

/** Whether names that the statements declare are mentioned behind them. */
export function declaresForLater({ first, last }: Range): boolean {
  const names = new Set<string>();
  for (const statement of between(first, last)) {
    walkBody(statement.parent, (it) => {
      const declares = is.VariableDeclaration(it) || is.FunctionDeclaration(it);
      if (!declares && !is.BindingElement(it)) return undefined;
      const name = isInside(it, statement) ? nameOf(it.name) : undefined;
      if (name !== undefined) names.add(name);
      return undefined;
    });
  }
  let found = false;
  const end = last.end;
  walk(first.parent, (it) => {
    found ||= is.Identifier(it) && end <= it.pos && names.has(it.text);
    return found ? "skip" : undefined;
  });
  return found;
}

export function replaceRange({ first, last }: Range, text: string): Edit {
  const file = sourceFileOf(first);
  return { file: file.fileName, start: startOf(first, file), end: last.end, text };
}
