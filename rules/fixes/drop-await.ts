import { type Edit, removeRange } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  type Node,
  type NodeOf,
  sourceFileOf,
  startOf,
  statementOf,
} from "../../analysis/syntax.ts";

/** Removes `await`, and with it the pause. */
export function dropAwait(node: NodeOf<"AwaitExpression">): Fix[] {
  if (wouldStartAnew(node)) return [];
  return [{ title: "Drop the await", safety: "suggestion", edits: [withoutAwait(node)] }];
}

export function withoutAwait(node: NodeOf<"AwaitExpression">): Edit {
  const file = sourceFileOf(node);
  return removeRange(node, startOf(node, file), startOf(node.expression, file));
}

/** `for await (` as `for (`. */
export function dropLoopAwait({ awaitModifier }: NodeOf<"ForOfStatement">): Fix[] {
  return awaitModifier === undefined ? [] : dropKeyword(awaitModifier);
}

/** `await using` as `using`. */
export function dropUsingAwait(list: NodeOf<"VariableDeclarationList">): Fix[] {
  return dropKeyword(list);
}

/** Removes the keyword with which the node begins, and the space behind it. */
function dropKeyword(node: Node): Fix[] {
  const file = sourceFileOf(node);
  const start = startOf(node, file);
  const keyword = /^await\s*/.exec(file.text.slice(start, start + 100))?.[0] ?? "";
  const edits = [removeRange(node, start, start + keyword.length)];
  return [{ title: "Drop the await", safety: "suggestion", edits }];
}

/** Where the operand begins a statement or an arrow's body, it could be read as something else. */
function wouldStartAnew(node: NodeOf<"AwaitExpression">): boolean {
  const starts = statementOf(node) !== undefined || is.ArrowFunction(node.parent);
  const file = sourceFileOf(node);
  const text = file.text.slice(startOf(node.expression, file), node.end);
  return starts && /^(?:[[({`+\-/]|async\b|function\b|class\b|let\b)/.test(text);
}
