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
  type NodeOf,
  textOf,
  sourceFileOf,
} from "../../analysis/syntax.ts";
import { unitOf } from "./indents.ts";
import { insertAt, lastIndentOf, linesOf } from "./catch-in-function.ts";
import { atEndOfTry } from "./statements-in-try.ts";
import { indentOf, statementBefore } from "./statements.ts";
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

/** A `try` that is all of the body gets the rest of what it takes; there is none around it. */
function aroundTry(block: NodeOf<"Block">, name: string): Edit[] | undefined {
  const [only] = block.statements;
  const ended = only && atEndOfTry(block, `${name} = false;`);
  if (only === undefined || ended === undefined) return undefined;
  const indent = indentOf(only);
  return [
    insertBefore(only, `if (${name}) return;\n${indent}${name} = true;\n${indent}`),
    ...ended,
  ];
}

function aroundBlock(block: NodeOf<"Block">, name: string): Edit[] {
  const own = aroundTry(block, name);
  if (own !== undefined) return own;
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
