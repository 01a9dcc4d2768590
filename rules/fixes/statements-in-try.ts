import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import {
  bodyHas,
  is,
  isOneOf,
  type Node,
  type NodeOf,
  sourceFileOf,
  startOf,
  textOf,
  walk,
} from "../../analysis/syntax.ts";
import { insertAt } from "./catch-in-function.ts";
import { unitOf } from "./indents.ts";
import { between } from "./statement-range.ts";
import { indentOf, statementAfter } from "./statements.ts";

// Statements moved into a block by what is put in front of their lines, so that other edits of the
// same fix can change something inside of them.

/**
 * `open` and `close` around the statements from one to another of the same list, which are moved in
 * by one unit; undefined where that would change a text over several lines, or hide a function.
 */
export function aroundStatements(
  first: Node,
  last: Node,
  { open, close }: { readonly open: string; readonly close: readonly string[] },
): Edit[] | undefined {
  const statements = between(first, last);
  if (statements.some((it) => is.FunctionDeclaration(it) || bodyHas(it, is.FunctionDeclaration))) {
    return undefined;
  }
  const file = sourceFileOf(first);
  const start = startOf(first, file);
  const unit = unitOf(file);
  const indent = indentOf(first);
  const lines: number[] = [];
  for (let line = file.text.indexOf("\n", start) + 1; 0 < line && line < last.end; ) {
    if (!/[\r\n]/.test(file.text.charAt(line))) lines.push(line);
    line = file.text.indexOf("\n", line) + 1;
  }
  const isInText = (it: Node) =>
    lines.some((line) => startOf(it, file) < line && line < it.end) && isText(it);
  let changesText = false;
  for (const statement of statements) {
    changesText ||= isInText(statement);
    walk(statement, (it) => {
      changesText ||= isInText(it);
      return changesText ? "skip" : undefined;
    });
  }
  if (changesText) return undefined;
  const closing = close.map((it) => `\n${indent}${it.replace(/^ {2}/, unit)}`).join("");
  return [
    insertBefore(first, `${open}\n${indent}${unit}`),
    ...lines.map((line) => insertAt(first, line, unit)),
    insertAfter(last, closing),
  ];
}

const isText = isOneOf("TemplateExpression", "NoSubstitutionTemplateLiteral", "JsxText");

/** `try { … } finally { … }`. */
export function finallyAround(first: Node, last: Node, statement: string): Edit[] | undefined {
  return aroundStatements(first, last, {
    open: "try {",
    close: ["} finally {", `  ${statement}`, "}"],
  });
}

/** A statement in the `finally` of a `try` that is all of a block; undefined: the block has more in it. */
export function atEndOfTry(block: NodeOf<"Block">, statement: string): Edit[] | undefined {
  const [only, another] = block.statements;
  if (!is.TryStatement(only) || another !== undefined || !textOf(block).includes("\n")) {
    return undefined;
  }
  const indent = indentOf(only);
  const inner = indent + unitOf(sourceFileOf(block));
  const last = only.finallyBlock?.statements.at(-1);
  if (only.finallyBlock === undefined) {
    return [insertAfter(only, ` finally {\n${inner}${statement}\n${indent}}`)];
  }
  return last && statementAfter(last, statement);
}
