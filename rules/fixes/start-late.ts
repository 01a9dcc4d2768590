import { replace } from "../../analysis/edit.ts";
import { constantBehind } from "../../analysis/facts/callees.ts";
import type { Held } from "../../analysis/facts/held-promises.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { ancestor, is, isInside, isLoop, type Node, textOf, walk } from "../../analysis/syntax.ts";
import { onlyDeclarationIn } from "./await-held.ts";
import { statementRemoved } from "./statements.ts";

/**
 * Moves a call to the one place where its promise is awaited. What it is given must be the same
 * there: constants, and functions, which are not assigned to. The work then runs later than before,
 * so this is for choosing, not for applying.
 */
export function startWhereAwaited(held: Held, look: Node, program: Program): Fix[] {
  const { declaration, promise, name, mentions, isArray } = held;
  const statement = onlyDeclarationIn(declaration);
  const isOnlyMention = mentions.reads.length === 1 && mentions.blind.length === 0;
  if (statement === undefined || isArray || !isOnlyMention || mentions.writes.length > 0) return [];
  if (!is.AwaitExpression(look.parent) || !is.CallExpression(promise)) return [];
  if (isInLoop(look, statement.parent) || !staysTheSame(promise, program)) return [];
  return [
    {
      title: `Start '${name}' where it is awaited`,
      safety: "suggestion",
      edits: [statementRemoved(statement), replace(look, textOf(promise))],
    },
  ];
}

/** Whether it would be started again and again. */
function isInLoop(look: Node, block: Node): boolean {
  const loop = ancestor(look, isLoop);
  return loop !== undefined && isInside(loop, block);
}

function staysTheSame(promise: Node, program: Program): boolean {
  let same = true;
  walk(promise, (it) => {
    if (!same || is.PropertyAccessExpression(it) || is.ElementAccessExpression(it)) same = false;
    else if (is.Identifier(it)) same = isConstant(it, program);
    return same ? undefined : "skip";
  });
  return same;
}

function isConstant(name: Node, program: Program): boolean {
  if (!is.Identifier(name)) return false;
  const kind = program.types.symbol(name)?.kind;
  if (kind === "function" || kind === "class" || kind === "parameter") return true;
  return constantBehind(name, program) !== undefined;
}
