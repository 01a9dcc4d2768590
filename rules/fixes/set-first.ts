import type { Edit } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  is,
  isInside,
  type Node,
  type NodeOf,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
} from "../../analysis/syntax.ts";
import { unitOf } from "./indents.ts";
import { declaresForLater, movedIn, type Range, replaceRange } from "./statement-range.ts";
import { indentOf } from "./statements.ts";

/**
 * Sets a flag right behind the test that found it unset, so that nobody else passes the test, and puts
 * the work that was in between under the `try` whose `finally` sets it back. Where the flag is set back
 * by a plain statement, a `try` is put around all of it.
 */
export function setFirst(name: string, read: Node, set: Node, resets: readonly Node[]): Fix[] {
  const [reset, another] = resets;
  const flag = statementOf(set);
  const back = reset && statementOf(reset);
  const test = ancestor(read, is.IfStatement);
  if (flag === undefined || back === undefined || test === undefined || another !== undefined)
    return [];
  const { parent } = flag;
  if (!is.Block(parent) || test.parent !== parent || !isInside(read, test.expression)) return [];
  if (test.elseStatement !== undefined) return [];
  const { statements } = parent;
  const at = statements.indexOf(flag);
  const before = statements.slice(statements.indexOf(test) + 1, at);
  const edits = intoTry(before, flag, back, statements[at + 1]) ?? aroundAll(before, flag, back);
  if (edits === undefined) return [];
  return [{ title: `Set '${name}' right after the test`, safety: "suggestion", edits }];
}

/** `flag = true; try { … } finally { flag = false; }`: what came before goes to the head of the block. */
function intoTry(
  before: readonly Node[],
  flag: Node,
  back: Node,
  next: Node | undefined,
): Edit[] | undefined {
  const [first] = before;
  const last = before.at(-1);
  if (first === undefined || last === undefined || !is.TryStatement(next)) return undefined;
  // A `catch` would see the failures of what is moved in, too.
  if (next.catchClause !== undefined || back.parent !== next.finallyBlock) return undefined;
  const range = { first, last };
  if (isNeededBehind(range, next)) return undefined;
  const file = sourceFileOf(flag);
  const indent = indentOf(flag);
  const unit = unitOf(file);
  const head = `${textOf(flag)}\n${indent}try {\n${indent}${unit}${movedIn(range, unit, [])}`;
  const end = startOf(next.tryBlock, file) + 1;
  return [{ file: file.fileName, start: startOf(first, file), end, text: head }];
}

/** Whether something that is declared there is used behind the whole statement. */
function isNeededBehind(range: Range, whole: NodeOf<"TryStatement">): boolean {
  const { parent } = whole;
  const isLast = is.Block(parent) && parent.statements.at(-1) === whole;
  return !isLast && declaresForLater({ first: range.first, last: whole });
}

function aroundAll(before: readonly Node[], flag: Node, back: Node): Edit[] | undefined {
  const { parent } = flag;
  const [first] = before;
  if (!is.Block(parent) || back.parent !== parent || first === undefined) return undefined;
  const last = parent.statements[parent.statements.indexOf(back) - 1];
  if (last === undefined || back.pos < flag.pos) return undefined;
  if (declaresForLater({ first, last: back })) return undefined;
  const indent = indentOf(flag);
  const unit = unitOf(sourceFileOf(flag));
  const body = movedIn({ first, last }, unit, [flag]);
  const text = `${textOf(flag)}\n${indent}try {\n${indent}${unit}${body}\n${indent}} finally {\n${indent}${unit}${textOf(back)}\n${indent}}`;
  return [replaceRange({ first, last: back }, text)];
}
