import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Overlap } from "../../analysis/facts/overlaps.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  is,
  isAsync,
  isFunctionLike,
  isInside,
  isOneOf,
  type Node,
  textOf,
  sourceFileOf,
} from "../../analysis/syntax.ts";
import { unitOf } from "./indents.ts";
import { insertAt, lastIndentOf, linesOf } from "./catch-in-function.ts";
import { statementBefore } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

const isStatement = isOneOf("ReturnStatement", "VariableStatement", "ExpressionStatement");

/** Leaves a run out while the last one is not over. */
export function guardRuns({ call, callback }: Overlap): Fix[] {
  const statement = ancestor(call, isStatement);
  const body = callback?.body;
  if (callback === undefined || body === undefined || statement === undefined) return [];
  const around = ancestor(call, isFunction);
  if (!isAsync(callback) || (around !== undefined && isInside(around, statement))) return [];
  const name = unusedName(call, ["running", "isRunning", "runs"]);
  if (name === undefined) return [];
  const edits = is.Block(body) ? aroundBlock(body, name) : aroundExpression(body, name);
  return [
    {
      title: "Leave a run out while the last one is not over",
      safety: "suggestion",
      edits: [...statementBefore(statement, `let ${name} = false;`), ...edits],
      chosen: [name],
    },
  ];
}

function isFunction(node: Node | undefined): node is Node {
  return isFunctionLike(node);
}

function aroundExpression(body: Node, name: string): Edit[] {
  return [
    insertBefore(body, `{ if (${name}) return; ${name} = true; try { `),
    insertAfter(body, `; } finally { ${name} = false; } }`),
  ];
}

function aroundBlock(block: Node, name: string): Edit[] {
  const text = textOf(block);
  if (!text.includes("\n")) {
    return [
      insertBefore(block, `{ if (${name}) return; ${name} = true; try `),
      insertAfter(block, ` finally { ${name} = false; } }`),
    ];
  }
  const outer = lastIndentOf(text);
  const step =
    /\n(?<indent>[ \t]*)\S/.exec(text)?.groups?.["indent"]?.slice(outer.length) ||
    unitOf(sourceFileOf(block));
  const inner = outer + step;
  return [
    insertBefore(block, `{\n${inner}if (${name}) return;\n${inner}${name} = true;\n${inner}try `),
    ...linesOf(block).map((start) => insertAt(block, start, step)),
    insertAfter(block, ` finally {\n${inner}${step}${name} = false;\n${inner}}\n${outer}}`),
  ];
}
