import { isPromise } from "../../analysis/facts/promises.ts";
import { mayReject } from "../../analysis/facts/summaries.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import {
  ancestor,
  is,
  isFunctionExpression,
  isOneOf,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  statementOf,
  textOf,
  unwrapped,
  walkBody,
} from "../../analysis/syntax.ts";
import { handleEmptyCatch, handleEmptyHandler } from "../fixes/log-and-rethrow.ts";
import { nameOfCall } from "../words/names.ts";

// See swallowed-rejection.md for what this means to the user.
//
// Nothing in braces, and nothing that says why: a comment, or `_` for the error, states the intent.
// What cleans up after a failure, in `catch` or `finally`, may fail without anybody being the wiser.
export const swallowedRejection = defineRule({
  id: "swallowed-rejection",
  summary: "A rejection is caught by an empty handler, and nothing says that it may be ignored.",
  severity: "hint",
  profile: "strict",
  equivalents: ["eslint/no-empty"],
  on: { kinds: ["CallExpression", "CatchClause"] },

  *check(node, program) {
    if (is.CatchClause(node)) yield* swallowedByCatch(node, program);
    if (is.CallExpression(node)) yield* swallowedByHandler(node, program);
  },
});

function* swallowedByHandler(node: NodeOf<"CallExpression">, program: Program): Iterable<Finding> {
  const call = methodCall(node);
  if (call === undefined || (call.method !== "catch" && call.method !== "then")) return;
  const handler = call.args[call.method === "catch" ? 0 : 1];
  if (!isFunctionExpression(handler) || !is.Block(handler.body)) return;
  const [caught] = handler.parameters;
  if (!isSilent(handler.body, caught?.name) || isCleaningUp(node)) return;
  if (isMarker(node, call.receiver) || !isPromise(call.receiver, program)) return;
  yield {
    at: handler,
    message: `A failure of this ${nameOfCall(call.receiver)} vanishes here.`,
    why: "The code goes on as if it had worked, and nothing tells why the result is missing.",
    fixes: handleEmptyHandler(node, handler, handler.body),
  };
}

function* swallowedByCatch(clause: NodeOf<"CatchClause">, program: Program): Iterable<Finding> {
  if (!isSilent(clause.block, clause.variableDeclaration?.name) || isCleaningUp(clause)) return;
  const { parent } = clause;
  const awaited = is.TryStatement(parent) ? awaitedIn(parent.tryBlock, program) : undefined;
  if (awaited === undefined) return;
  yield {
    at: clause,
    message: `A failure of this ${nameOfCall(awaited)} vanishes here.`,
    why: "The code goes on as if it had worked, and nothing tells why the result is missing.",
    notes: [{ at: awaited, message: "may reject" }],
    fixes: handleEmptyCatch(clause),
  };
}

/** The first promise that is awaited in the block and may reject. */
function awaitedIn(block: Node, program: Program): Node | undefined {
  let awaited: Node | undefined;
  walkBody(block, (it) => {
    if (!is.AwaitExpression(it) || awaited !== undefined) return undefined;
    if (mayReject(it.expression, program) !== undefined) awaited = it.expression;
    return undefined;
  });
  return awaited;
}

function isSilent(block: NodeOf<"Block">, caught: Node | undefined): boolean {
  if (block.statements.length > 0 || nameOf(caught)?.startsWith("_") === true) return false;
  return /^\{\s*\}$/.test(textOf(block));
}

/** `p.catch(() => {});` marks a promise as handled that somebody else waits for. */
function isMarker(call: Node, receiver: Node): boolean {
  return statementOf(call) !== undefined && isName(unwrapped(receiver));
}

function isName(node: Node): boolean {
  if (is.CallExpression(node)) return node.arguments.length > 0 && node.arguments.every(isName);
  return is.Identifier(node) || is.PropertyAccessExpression(node);
}

const isHandling = isOneOf("CatchClause", "TryStatement");

function isCleaningUp(node: Node): boolean {
  for (let at = ancestor(node, isHandling); at !== undefined; at = ancestor(at, isHandling)) {
    if (is.CatchClause(at)) return true;
    const last = is.TryStatement(at) ? at.finallyBlock : undefined;
    if (last !== undefined && last.pos <= node.pos) return true;
  }
  return false;
}
