import { insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Way } from "../../analysis/facts/guard-timers.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  type CallExpression,
  is,
  isFunctionLike,
  isInside,
  isJavaScript,
  isOneOf,
  type Node,
  sourceFileOf,
  textOf,
  wrapped,
} from "../../analysis/syntax.ts";
import { unusedName } from "./unused-name.ts";
import { indentOf, statementBefore } from "./statements.ts";

const isStatement = isOneOf("ReturnStatement", "VariableStatement", "ExpressionStatement");

/** Keeps the handle in a variable beside the promise, and clears it when that has settled. */
export function clearWhenSettled(timer: CallExpression, promise: Node): Fix[] {
  const statement = ancestor(promise, isStatement);
  const inner = wrapped(timer);
  const holder = inner.parent;
  const isArrowBody = is.ArrowFunction(holder);
  if (statement === undefined || (!isArrowBody && !is.ExpressionStatement(holder))) return [];
  if (!startsIn(statement, promise)) return [];
  const file = sourceFileOf(statement);
  const name = unusedName(file, ["timer", "timeout", "raceTimer"]);
  if (name === undefined) return [];
  const type = isJavaScript(file) ? "" : ": ReturnType<typeof setTimeout> | undefined";
  const kept = isArrowBody
    ? [insertBefore(inner, `{ ${name} = `), insertAfter(inner, "; }")]
    : [insertBefore(inner, `${name} = `)];
  return [
    {
      title: `Clear it with 'clearTimeout' when the promise has settled`,
      safety: "suggestion",
      edits: [
        ...statementBefore(statement, `let ${name}${type};`),
        ...kept,
        insertAfter(promise, `.finally(() => clearTimeout(${name}))`),
      ],
      chosen: [name],
    },
  ];
}

/** Whether the promise is made by the statement itself and not by a function inside it. */
function startsIn(statement: Node, promise: Node): boolean {
  const fn = ancestor(promise, isFunction);
  return fn === undefined || !isInside(fn, statement);
}

function isFunction(node: Node | undefined): node is Node {
  return isFunctionLike(node);
}

/** `clearTimeout(timer);` at the start of each callback that settles the promise without it. */
export function clearOnWays(
  handle: string,
  ways: readonly Way[],
  clearing: "clearTimeout" | "clearInterval" = "clearTimeout",
): Fix[] {
  const edits = [];
  for (const { fn } of ways) {
    const body = fn?.body;
    if (body === undefined) return [];
    const clear = `${clearing}(${handle});`;
    if (!is.Block(body)) {
      if (is.ObjectLiteralExpression(body)) return [];
      edits.push(insertBefore(body, `{ ${clear} `), insertAfter(body, "; }"));
      continue;
    }
    const [first] = body.statements;
    if (first === undefined) return [];
    const isOneLine = !textOf(body).includes("\n");
    edits.push(insertBefore(first, isOneLine ? `${clear} ` : `${clear}\n${indentOf(first)}`));
  }
  return [{ title: `Clear '${handle}' on the other ways too`, safety: "suggestion", edits }];
}
