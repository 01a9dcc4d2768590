import { insertAfter } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import { ancestor, is, type Node, statementOf, textOf, unwrapped } from "../../analysis/syntax.ts";
import { indentOf, isInList, statementRemoved } from "./statements.ts";

/**
 * `if (first) mark(); await ready;` for `if (first) { mark(); await ready; }`: a promise that all
 * calls share is awaited by all of them, not only by the one that came first. Only where the `await`
 * ends the branch and has no `else` beside it, so that the first call does the same as before.
 */
export function awaitAlways(pause: Node): Fix[] {
  if (!is.AwaitExpression(pause) || is.CallExpression(unwrapped(pause.expression))) return [];
  const statement = statementOf(pause);
  const branch = ancestor(pause, is.IfStatement);
  if (!is.ExpressionStatement(statement) || branch === undefined) return [];
  if (unwrapped(statement.expression) !== pause || branch.elseStatement !== undefined) return [];
  const block = branch.thenStatement;
  if (!is.Block(block) || block.statements.at(-1) !== statement || !isInList(branch)) return [];
  if (block.statements.length < 2) return [];
  return [
    {
      title: `Let every call wait for '${textOf(pause.expression)}'`,
      safety: "suggestion",
      edits: [
        statementRemoved(statement),
        insertAfter(branch, `\n${indentOf(branch)}${textOf(statement)}`),
      ],
    },
  ];
}
