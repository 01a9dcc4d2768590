import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import { unitOf } from "./indents.ts";
import { isOneOf, type Node, type NodeOf, sourceFileOf, startOf } from "../../analysis/syntax.ts";

/** The white space in front of the line that the node starts on. */
export function indentOf(node: Node): string {
  const file = sourceFileOf(node);
  const start = startOf(node, file);
  const line = file.text.lastIndexOf("\n", start - 1) + 1;
  return /^[ \t]*/.exec(file.text.slice(line, start))?.[0] ?? "";
}

/** Whether another statement can be put beside this one without braces around the two. */
export function isInList(statement: Node): boolean {
  return hasStatements(statement.parent);
}

const hasStatements = isOneOf("Block", "SourceFile", "CaseClause", "DefaultClause", "ModuleBlock");

export function statementAfter(statement: Node, text: string): Edit[] {
  if (!isInList(statement)) return [];
  return [insertAfter(statement, `\n${indentOf(statement)}${text}`)];
}

/** In front of a statement; where that stands alone behind `if` or `else`, in a block with it. */
export function statementBefore(statement: Node, text: string): Edit[] {
  const indent = indentOf(statement);
  if (isInList(statement)) return [insertBefore(statement, `${text}\n${indent}`)];
  const outer = indentOf(statement.parent);
  const inner = outer + unitOf(sourceFileOf(statement));
  return [
    insertBefore(statement, `{\n${inner}${text}\n${inner}`),
    insertAfter(statement, `\n${outer}}`),
  ];
}

/** The first statement of a block; on a line of its own where the block has several lines. */
export function atHeadOf(block: NodeOf<"Block">, text: string): Edit {
  const file = sourceFileOf(block);
  const start = startOf(block, file) + 1;
  const [first] = block.statements;
  const end = first === undefined ? block.end - 1 : startOf(first, file);
  const isTall = file.text.slice(start, end).includes("\n");
  const indent = first !== undefined && isTall ? indentOf(first) : indentOf(block) + unitOf(file);
  const inserted = isTall ? `\n${indent}${text}` : ` ${text}${first === undefined ? " " : ""}`;
  return { file: file.fileName, start, end: start, text: inserted };
}

/** The statement with its line. */
export function statementRemoved(statement: Node): Edit {
  const file = sourceFileOf(statement);
  const start = startOf(statement, file);
  const lineStart = file.text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = file.text.indexOf("\n", statement.end);
  const isAlone =
    file.text.slice(lineStart, start).trim() === "" &&
    lineEnd >= 0 &&
    file.text.slice(statement.end, lineEnd).trim() === "";
  return isAlone
    ? { file: file.fileName, start: lineStart, end: lineEnd + 1, text: "" }
    : { file: file.fileName, start, end: statement.end, text: "" };
}
