import { type Edit, insertBefore } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  statementOf,
} from "../../analysis/syntax.ts";
import { isInList } from "./statements.ts";

/**
 * Between `if (bad) reject(e);` and the `resolve(v);` right behind it. `return` only where nothing
 * follows that it would leave out.
 */
export function settleOnce(first: CallExpression, second: CallExpression): Fix[] {
  const settles = statementOf(first);
  const again = statementOf(second);
  const branch = settles && branchOf(settles);
  if (settles === undefined || again === undefined || branch === undefined) return [];
  const { parent } = branch;
  if (!isInList(branch) || !is.Block(parent) || parent !== again.parent) return [];
  const { statements } = parent;
  if (statements[statements.indexOf(branch) + 1] !== again) return [];
  const otherwise: Fix = {
    title: "Settle it only otherwise, with 'else'",
    safety: "safe",
    edits: [otherwiseBefore(branch, again)],
  };
  if (statements.at(-1) !== again || !isBodyOfFunction(parent)) return [otherwise];
  const name = nameOf(first.expression) ?? "settling";
  return [
    {
      title: `Return after '${name}'`,
      safety: "safe",
      edits: [insertBefore(settles, "return ")],
    },
    otherwise,
  ];
}

/** `else` stands behind the brace of what comes before it, where nothing else does. */
function otherwiseBefore(branch: Node, again: Node): Edit {
  const file = sourceFileOf(branch);
  const start = branch.end;
  const end = startOf(again, file);
  const isClear = file.text.slice(start, end).trim() === "" && file.text.charAt(start - 1) === "}";
  return isClear
    ? { file: file.fileName, start, end, text: " else " }
    : insertBefore(again, "else ");
}

/** The `if` without `else` that the statement is the last one of. */
function branchOf(statement: Node): Node | undefined {
  const block = statement.parent;
  const isLast = is.Block(block) && block.statements.at(-1) === statement;
  const branch = isLast ? block.parent : block;
  return is.IfStatement(branch) && branch.elseStatement === undefined ? branch : undefined;
}

function isBodyOfFunction({ parent }: Node): boolean {
  return is.ArrowFunction(parent) || is.FunctionExpression(parent);
}
