import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import type { LateAnswer } from "../../analysis/facts/late-answers.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type FunctionLike,
  is,
  isInside,
  type Node,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
} from "../../analysis/syntax.ts";
import { keptBeside } from "./beside-function.ts";
import { indentOf, isInList } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

/**
 * A number for each call, counted up where it asks: the answer is kept only if no newer call has
 * asked since.
 */
export function keepNewest(late: LateAnswer): Fix[] {
  const { at, pause, fn } = late;
  const asking = statementAround(pause, fn);
  const counter = asking && keptBeside(late, ["latest", "newest", "latestCall"], COUNTER);
  const turn = unusedName(at, ["turn", "call", "thisCall"]);
  if (asking === undefined || counter === undefined || turn === undefined) return [];
  const kept = keptOnlyIf(`${turn} === ${counter.text}`, late);
  if (kept === undefined) return [];
  const separator = isOneLine(asking) ? " " : `\n${indentOf(asking)}`;
  const count = insertBefore(asking, `const ${turn} = ++${counter.text};${separator}`);
  return [
    {
      title: "Keep the answer only if no newer call has begun",
      safety: "suggestion",
      edits: [...counter.edits, count, ...kept],
    },
  ];
}

const COUNTER = {
  field: (name: string) => `${name} = 0;`,
  variable: (name: string) => `let ${name} = 0;`,
  reference: "(0)",
};

/** The statement of the function in which the node is, where another one can stand in front of it. */
export function statementAround(node: Node, fn: FunctionLike): Node | undefined {
  for (let at = node; at !== fn && !is.SourceFile(at); at = at.parent) {
    if (flowOwner(at) === fn && isInList(at)) return at;
  }
  return undefined;
}

/**
 * The write behind a look; what is waited for in it comes first. `step` is by how much the lines are
 * moved in by what the fix puts around them.
 */
export function keptOnlyIf(
  condition: string,
  { at, pause }: LateAnswer,
  step = "",
): Edit[] | undefined {
  const look = `if (${condition}) `;
  const statement = statementOf(at);
  if (statement === undefined) return undefined;
  if (!is.AwaitExpression(pause) || !isInside(pause, at)) return [insertBefore(statement, look)];
  const name = unusedName(at, ["answer", "result", "loaded"]);
  if (name === undefined || !isInList(statement)) return undefined;
  const separator = isOneLine(statement) ? " " : `\n${indentOf(statement)}${step}`;
  // What is waited for stays where it is, since a fix may change something in it as well.
  const file = sourceFileOf(statement);
  const start = startOf(statement, file);
  const before = file.text.slice(start, startOf(pause, file));
  return [
    { file: file.fileName, start, end: start + before.length, text: `const ${name} = ` },
    insertAfter(pause, `;${separator}${look}${before}${name}`),
  ];
}

export function isOneLine(statement: Node): boolean {
  return !textOf(statement.parent).includes("\n");
}
