import { is, isFunctionLike, isLoop, type Node, type NodeOf, walkBody } from "../syntax.ts";

// What takes the place of the way in which a `try` block has ended?
//
// A `finally` block runs on whichever way control leaves: with a result, with an error, out of a
// loop. Where the block itself says where to go, that way is forgotten, an error as well as a
// result. Told from syntax and exact: `return`, a `break` or `continue` that leaves the block, a
// `throw` that no `catch` inside the block stands ready for. What is called in the block may throw
// too; whether it does is for others to ask.

export type Jump =
  | NodeOf<"ReturnStatement">
  | NodeOf<"BreakStatement">
  | NodeOf<"ContinueStatement">
  | NodeOf<"ThrowStatement">;

/** The statements of a `finally` block that decide where control goes from there. */
export function jumpsOutOf(block: NodeOf<"Block">): readonly Jump[] {
  const jumps: Jump[] = [];
  walkBody(block, (node) => {
    if (isJump(node) && leaves(node, block)) jumps.push(node);
    return undefined;
  });
  return jumps;
}

/** What would be forgotten: how the blocks before a `finally` end by themselves. */
export function outcomesOf({
  tryBlock,
  catchClause,
}: NodeOf<"TryStatement">): readonly (NodeOf<"ReturnStatement"> | NodeOf<"ThrowStatement">)[] {
  const outcomes: (NodeOf<"ReturnStatement"> | NodeOf<"ThrowStatement">)[] = [];
  for (const block of [tryBlock, catchClause?.block]) {
    if (block === undefined) continue;
    walkBody(block, (node) => {
      if (is.ReturnStatement(node)) outcomes.push(node);
      const thrown = is.ThrowStatement(node) && (block !== tryBlock || catchClause === undefined);
      if (thrown && leaves(node, block)) outcomes.push(node);
      return undefined;
    });
  }
  return outcomes;
}

function isJump(node: Node): node is Jump {
  if (is.BreakStatement(node) || is.ContinueStatement(node)) return true;
  return is.ReturnStatement(node) || is.ThrowStatement(node);
}

function leaves(jump: Jump, block: NodeOf<"Block">): boolean {
  if (is.ReturnStatement(jump)) return true;
  for (let from: Node = jump, at = from.parent; from !== block; from = at, at = at.parent) {
    if (isFunctionLike(at)) return false;
    if (is.ThrowStatement(jump)) {
      if (is.TryStatement(at) && from === at.tryBlock && at.catchClause !== undefined) return false;
    } else if (isTargetOf(jump, at)) return false;
  }
  return true;
}

/** Whether `break` or `continue` goes to the end of this statement. */
function isTargetOf(
  jump: NodeOf<"BreakStatement"> | NodeOf<"ContinueStatement">,
  at: Node,
): boolean {
  if (jump.label !== undefined) {
    return is.LabeledStatement(at) && at.label.text === jump.label.text;
  }
  return isLoop(at) || (is.BreakStatement(jump) && is.SwitchStatement(at));
}
