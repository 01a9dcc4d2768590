import { insertAfter, insertBefore, removeRange } from "../../analysis/edit.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  is,
  methodCall,
  type Node,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";

/**
 * `await changed.waitWhile(guard, () => queue.length === 0);` for the wait behind that `if`. Only of
 * the Condvar of mooring-runtime, installed or as a file of the project.
 */
export function waitWhile(waiting: Node, program: Program): Fix[] {
  const statement = statementOf(waiting);
  const block = statement?.parent;
  const isOnly = is.Block(block) && block.statements.length === 1;
  const branch = isOnly ? block.parent : block;
  if (!is.IfStatement(branch) || branch.elseStatement !== undefined) return [];
  const call = is.AwaitExpression(waiting) ? methodCall(unwrapped(waiting.expression)) : undefined;
  const [guard] = call?.args ?? [];
  if (statement === undefined || call === undefined || guard === undefined) return [];
  if (program.types.value(call.receiver).type?.name !== "Condvar") return [];
  const { expression } = branch;
  const pauses = (it: Node) => is.AwaitExpression(it) || is.YieldExpression(it);
  if (pauses(expression) || bodyHas(expression, pauses)) return [];
  const file = sourceFileOf(branch);
  const hasComment = /\/[/*]/.test(file.text.slice(expression.end, startOf(statement)));
  if (hasComment || /^\s*\/[/*]/.test(file.text.slice(statement.end, branch.end))) return [];
  return [
    {
      title: `Wait with 'waitWhile', which looks again after each wait`,
      safety: "suggestion",
      edits: [
        removeRange(branch, startOf(branch), startOf(statement)),
        insertBefore(call.name, "waitWhile"),
        removeRange(branch, startOf(call.name), call.name.end),
        insertAfter(guard, `, () => ${textOf(expression)}`),
        removeRange(branch, statement.end, branch.end),
      ],
    },
  ];
}
