import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import { isOneOf, type Node, sourceFileOf, startOf } from "../../analysis/syntax.ts";

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
  const inner = `${outer}  `;
  return [
    insertBefore(statement, `{\n${inner}${text}\n${inner}`),
    insertAfter(statement, `\n${outer}}`),
  ];
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
