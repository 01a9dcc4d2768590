import { is, isOneOf, type Node, unwrapped } from "../syntax.ts";
import type { Path } from "./flow.ts";

// What to make of a path that was found: whether to believe it, and what to show of it.

/** Whether the path leaves a `switch` without `default` because no case has matched. */
export function passesSwitch({ nodes }: Path): boolean {
  return nodes.some((node, index) => {
    const clause = node.parent;
    if (!is.CaseClause(clause) || unwrapped(clause.expression) !== node) return false;
    const block = clause.parent;
    if (!is.CaseBlock(block)) return false;
    const { clauses } = block;
    if (clauses.at(-1) !== clause || clauses.some((it) => is.DefaultClause(it))) return false;
    const next = nodes[index + 1];
    return next === undefined || next.pos < clause.pos || clause.end < next.end;
  });
}

const isJump = isOneOf("ReturnStatement", "ThrowStatement", "BreakStatement", "ContinueStatement");

/** The statement that takes the path away, where there is one. */
export function lastJump({ nodes, at }: Path): Node {
  return nodes.findLast((it) => isJump(it)) ?? partOf(at);
}

/** Loops and declarations are nodes of a path as a whole; a reader wants to see where. */
export function partOf(node: Node): Node {
  if (is.ForOfStatement(node) || is.ForInStatement(node)) return node.expression;
  return is.VariableDeclaration(node) ? node.name : node;
}
