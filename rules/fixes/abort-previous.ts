import type { Fix } from "../../analysis/rule.ts";
import { ancestor, is, type Node } from "../../analysis/syntax.ts";
import { statementBefore } from "./statements.ts";

/** `this.controller?.abort();` in front of the statement that replaces it. */
export function abortPrevious(node: Node, name: string): Fix[] {
  const statement = ancestor(node, is.ExpressionStatement);
  if (statement === undefined) return [];
  return [
    {
      title: `Abort the previous one with '${name}?.abort()'`,
      safety: "suggestion",
      edits: statementBefore(statement, `${name}?.abort();`),
    },
  ];
}
