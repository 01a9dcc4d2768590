import { replace } from "../../analysis/edit.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type Node, textOf, unwrapped } from "../../analysis/syntax.ts";

/** Runs a generator to its end, in a loop that has no use for the values. */
export function iterate(expression: Node, kind: "async" | "sync"): Fix[] {
  const statement = expression.parent;
  if (!is.ExpressionStatement(statement)) return [];
  if (kind === "async" && !canAwaitAt(expression)) return [];
  const generator = is.AwaitExpression(expression) ? unwrapped(expression.expression) : expression;
  const loop = kind === "async" ? "for await" : "for";
  const text = `${loop} (const _ of ${textOf(generator)}) {}`;
  const title = `Run it to its end with '${loop}'`;
  return [{ title, safety: "suggestion", edits: [replace(statement, text)] }];
}
