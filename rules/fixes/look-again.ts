import { insertBefore } from "../../analysis/edit.ts";
import { accessesTo } from "../../analysis/facts/accesses.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import { wayBetween } from "../../analysis/facts/pauses.ts";
import type { StaleUse } from "../../analysis/facts/stale-uses.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  is,
  isInside,
  isLoop,
  isOneOf,
  Kind,
  type Node,
  type NodeOf,
  sourceFileOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { indentOf, isInList } from "./statements.ts";

/**
 * The test of the place once more, between the pause and the use, with the same way out. What is
 * tested is whether there is something, which TypeScript allows though it believes that there is;
 * a comparison with anything else it would call senseless (TS2367). Nothing of the sort where the
 * place is used once more behind another pause: each pause needs a look of its own.
 */
export function lookAgain(stale: StaleUse, program: Program): Fix[] {
  const { use, condition, location, pauses } = stale;
  const branch = ancestor(condition.read, is.IfStatement);
  const statement = listedAround(use);
  if (branch === undefined || statement === undefined) return [];
  const exit = wayOut(branch);
  if (exit === undefined || !isInside(condition.read, branch.expression)) return [];
  const owner = flowOwner(use);
  if (flowOwner(branch) !== owner || flowOwner(statement) !== owner) return [];
  if (ancestor(branch, isLoop) !== ancestor(statement, isLoop)) return [];
  if (isInside(statement, branch) || pauses.some((it) => isInside(it, statement))) return [];
  const later = accessesTo(location, sourceFileOf(use), program).filter(
    (it) => flowOwner(it.at) === owner && use.end <= it.reference.pos,
  );
  const isPaused = later.some(
    (it) => (wayBetween(use, it.reference, program)?.pauses.length ?? 0) > 0,
  );
  if (isPaused) return [];
  const test = testOf(branch.expression, use);
  return [
    {
      title: `Look again whether '${textOf(use)}' is there, behind the pause`,
      safety: "suggestion",
      edits: [insertBefore(statement, `if (${test}) ${exit}\n${indentOf(statement)}`)],
    },
  ];
}

/** The statement that the node is in, where another one can stand in front of it. */
function listedAround(node: Node): Node | undefined {
  for (let at = node.parent; !is.SourceFile(at); at = at.parent) {
    if (isStatement(at)) return isInList(at) ? at : undefined;
  }
  return undefined;
}

/** What evaluates the use first, before anything that it decides about. */
const isStatement = isOneOf(
  "ExpressionStatement",
  "VariableStatement",
  "ReturnStatement",
  "ThrowStatement",
  "IfStatement",
  "ForOfStatement",
);

/** `return;`, where that is all that the test decides about. */
function wayOut({ thenStatement, elseStatement }: NodeOf<"IfStatement">): string | undefined {
  if (elseStatement !== undefined) return undefined;
  const [only, another] = is.Block(thenStatement) ? thenStatement.statements : [thenStatement];
  const leaves = is.ReturnStatement(only) || is.ThrowStatement(only) || isJump(only);
  return leaves && another === undefined && !textOf(only).includes("\n") ? textOf(only) : undefined;
}

const isJump = isOneOf("ContinueStatement", "BreakStatement");

/** The condition as it is where it is about the place alone. */
function testOf(condition: Node, use: Node): string {
  const node = unwrapped(condition);
  const isComparison =
    is.BinaryExpression(node) &&
    (node.operatorToken.kind === Kind.EqualsEqualsToken ||
      node.operatorToken.kind === Kind.EqualsEqualsEqualsToken);
  return isComparison && textOf(unwrapped(node.left)) === textOf(use)
    ? textOf(node)
    : `!${textOf(use)}`;
}
