import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  type Node,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
} from "../../analysis/syntax.ts";
import { indentOf } from "./statements.ts";
import { unitOf } from "./indents.ts";

/**
 * `busy = true; try { … } finally { busy = false; }`: set back on every way out. Only where the flag
 * is set back in one place, at the same level, and nothing that is declared in between is used later.
 */
export function resetFinally(name: string, set: Node, resets: readonly Node[]): Fix[] {
  const [reset, another] = resets;
  const from = statementOf(set);
  const to = reset && statementOf(reset);
  if (from === undefined || to === undefined || another !== undefined) return [];
  const { parent } = from;
  if (!is.Block(parent) || to.parent !== parent) return [];
  const first = parent.statements.indexOf(from);
  const last = parent.statements.indexOf(to);
  const between = parent.statements.slice(first + 1, last);
  const [begin] = between;
  if (begin === undefined || last <= first) return [];
  const declares = between.some((it) => !is.ExpressionStatement(it) && !is.IfStatement(it));
  if (declares && last < parent.statements.length - 1) return [];
  const file = sourceFileOf(from);
  const indent = indentOf(from);
  const inner = indent + unitOf(sourceFileOf(from));
  const start = startOf(begin, file);
  const inside = file.text.slice(start, between.at(-1)?.end ?? start);
  // Lines inside of a text that spans several would change with their indentation.
  const deeper = inside.includes("`") ? inside : inside.replace(/\n(?=.)/g, `\n${unitOf(file)}`);
  const text = `try {\n${inner}${deeper}\n${indent}} finally {\n${inner}${textOf(to)}\n${indent}}`;
  return [
    {
      title: `Set '${name}' back on every way out`,
      safety: "suggestion",
      edits: [{ file: file.fileName, start, end: to.end, text }],
    },
  ];
}
