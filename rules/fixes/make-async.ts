import { type Edit, insertBefore } from "../../analysis/edit.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  is,
  isAsync,
  isFunctionExpression,
  isGenerator,
  type Node,
  statementOf,
} from "../../analysis/syntax.ts";
import { prefixKeyword } from "./prefix-keyword.ts";

/**
 * Lets whoever calls the function wait: by returning the promise where it is the last thing the
 * function does, or by making the function async. Only for a function expression in a place that
 * takes a promise; a named function has callers that would have to change with it.
 */
export function letCallerWait(expression: Node, program: Program): Fix[] {
  const owner = enclosingFunction(expression);
  if (!isFunctionExpression(owner) || isAsync(owner) || isGenerator(owner)) return [];
  if (owner.type !== undefined || program.types.slot(owner).result !== "promise") return [];
  const edits = [insertBefore(owner, "async "), ...prefixKeyword(expression, "await")];
  return [
    ...returnPromise(expression, owner.body),
    { title: "Make the function async and await the promise", safety: "suggestion", edits },
  ];
}

function returnPromise(expression: Node, body: Node | undefined): Fix[] {
  if (!is.Block(body) || body.statements.at(-1) !== statementOf(expression)) return [];
  const edits: Edit[] = [insertBefore(expression, "return ")];
  return [{ title: "Return the promise", safety: "suggestion", edits }];
}
