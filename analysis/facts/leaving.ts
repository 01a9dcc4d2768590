import type { Program } from "../program.ts";
import {
  bodyHas,
  declarationKeyword,
  enclosingFunction,
  type FunctionLike,
  is,
  isAssignment,
  isAsync,
  isFunctionLike,
  isGenerator,
  isOneOf,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  textOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { dominates } from "./dataflow.ts";
import { branchesOf, isHandled, isLazy, isPromise, mayFloat } from "./promises.ts";
import { mayReject } from "./summaries.ts";
import { isOnlyReasonForAsync, isPromiseByUse } from "./waited-elsewhere.ts";

// What does a `return` leave behind, and does it matter to the promise that is returned?
//
// When a function returns, control goes out of every block around the statement. A `catch` that
// stood ready no longer does, `finally` blocks run, `using` declarations are disposed of, and a
// `for await` closes its iterator: all while a promise that is returned without `await` is still
// pending. What is left is told from syntax alone and exact. Whether it matters is a judgement that
// prefers silence: a `catch` matters to what may reject, unless it only hands on what it caught; a
// `finally` matters if it does something, unless it looks after the very promise, or puts back a
// variable that stands for "what is going on right now" (in functions that are not async, where
// that is the custom). An async generator awaits what it returns; whoever runs a plain generator
// may do so too, so generators are left alone.

/** Something that ends, or starts, when control leaves a block. */
export type Left =
  | { readonly kind: "catch"; readonly at: NodeOf<"CatchClause"> }
  | { readonly kind: "finally"; readonly at: NodeOf<"Block"> }
  | { readonly kind: "using"; readonly at: NodeOf<"VariableDeclaration"> }
  | { readonly kind: "iteration"; readonly at: NodeOf<"ForOfStatement"> };

export interface Escape {
  /** The returned expressions that are pending promises. */
  readonly promises: readonly Node[];
  /** What matters to them and is left, from the inside out. */
  readonly left: readonly Left[];
  /** All that is lost is what a `catch` does before it throws the error again. */
  readonly onlyRethrows: boolean;
  /** Nothing is known of the types; that these are promises is only likely. */
  readonly assumed: boolean;
}

/** What a promise escapes that this statement returns; undefined where nothing is lost. */
export function escapeBy(
  statement: NodeOf<"ReturnStatement">,
  program: Program,
): Escape | undefined {
  const { expression } = statement;
  const owner = enclosingFunction(statement);
  if (expression === undefined || owner === undefined || isGenerator(owner)) return undefined;
  const all = leftByReturn(statement);
  if (all.length === 0) return undefined;
  const promises = branchesOf(expression).filter((it) => mayEscape(it, owner, program));
  const pending = promises.filter((it) => !isSettled(it, statement, program));
  const rejecting = promises.filter((it) => mayRejectLater(it, statement, program));
  const left = all.filter((it) =>
    it.kind === "catch"
      ? rejecting.length > 0 && !losesNothing(it.at, owner) && !doesTheSame(it.at, expression)
      : pending.length > 0 && (it.kind !== "finally" || doesSomething(it.at, pending, owner)),
  );
  if (left.length === 0) return undefined;
  const isPending = left.some(({ kind }) => kind !== "catch");
  return {
    promises: isPending ? pending : rejecting,
    left,
    assumed: promises.every((it) => isAssumed(it, program)),
    onlyRethrows: left.every((it) => it.kind === "catch" && rethrows(it.at)),
  };
}

/** What a `return` at this place leaves, from the inside out. */
export function leftByReturn(statement: Node): readonly Left[] {
  const left: Left[] = [];
  for (let from = statement, at = from.parent; at !== undefined; from = at, at = at.parent) {
    if (isFunctionLike(at) || is.SourceFile(at) || is.ClassStaticBlockDeclaration(at)) break;
    if (is.TryStatement(at)) left.push(...leftOfTry(at, from));
    else if (hasStatements(at)) left.push(...disposedIn(at.statements, from));
    else if (is.ForStatement(at) && from === at.statement) left.push(...disposed(at.initializer));
    else if (is.ForOfStatement(at) && from === at.statement) {
      left.push(...disposed(at.initializer));
      if (at.awaitModifier !== undefined) left.push({ kind: "iteration", at });
    }
  }
  return left;
}

/** Whether the promise is read from what the loop goes over, or belongs to its element. */
export function usesIteration(promise: Node, loop: NodeOf<"ForOfStatement">): boolean {
  const source = rootOf(loop.expression);
  if (namesIn(loop.initializer).has(nameOf(rootOf(promise)) ?? "")) return true;
  const name = nameOf(source);
  return (
    name !== undefined &&
    !is.CallExpression(unwrapped(loop.expression)) &&
    namesIn(promise).has(name)
  );
}

/** `resolve` or `reject` for `Promise.resolve(…)` and `Promise.reject(…)`. */
export function settledMethod(expression: Node | undefined): "resolve" | "reject" | undefined {
  const call = expression && methodCall(unwrapped(expression));
  if (call === undefined || nameOf(unwrapped(call.receiver)) !== "Promise") return undefined;
  return call.method === "resolve" || call.method === "reject" ? call.method : undefined;
}

const hasStatements = isOneOf("Block", "CaseClause", "DefaultClause");

function* leftOfTry(node: NodeOf<"TryStatement">, from: Node): Iterable<Left> {
  const { tryBlock, catchClause, finallyBlock } = node;
  if (from === tryBlock && catchClause !== undefined) yield { kind: "catch", at: catchClause };
  if (from !== finallyBlock && finallyBlock !== undefined) {
    yield { kind: "finally", at: finallyBlock };
  }
}

/** What was declared with `using` before this statement of the list, the last one first. */
function disposedIn(statements: readonly Node[], before: Node): readonly Left[] {
  return statements
    .slice(0, statements.indexOf(before))
    .flatMap((it) => (is.VariableStatement(it) ? disposed(it.declarationList) : []))
    .toReversed();
}

function disposed(list: Node | undefined): readonly Left[] {
  if (!is.VariableDeclarationList(list) || !declarationKeyword(list).endsWith("using")) return [];
  return list.declarations.map((at) => ({ kind: "using", at }));
}

/** `T | Promise<T>` counts, whatever `T` is: at times it is a promise. */
function mayEscape(expression: Node, owner: FunctionLike, program: Program): boolean {
  const { extent, names } = program.types.promise(expression);
  if (extent === "none") return false;
  if (names.length === 0 && !isPromiseByUse(expression, program)) {
    return isOnlyReasonForAsync(expression);
  }
  if (mayFloat(expression, program)) return false;
  if (isAsync(owner)) return true;
  // A query that nobody has started yet, and a rejection that is spelled out, are just values. Who
  // ends a chain with `finally` has thought of what comes after the return.
  if (isLazy(expression, program) || settledMethod(expression) === "reject") return false;
  const last = methodCall(unwrapped(expression))?.method;
  return last !== "finally" && last !== "catch";
}

function isAssumed(expression: Node, program: Program): boolean {
  const { extent, names } = program.types.promise(expression);
  return extent === "unknown" && names.length === 0 && !isPromiseByUse(expression, program);
}

function mayRejectLater(expression: Node, statement: Node, program: Program): boolean {
  if (isHandled(expression, program)) return false;
  const settled = isSettled(expression, statement, program);
  if (settled && settledMethod(expression) !== "reject") return false;
  return mayReject(expression, program) !== undefined;
}

/** A promise that was awaited before, or `Promise.resolve(value)`, where that is no promise. */
function isSettled(expression: Node, statement: Node, program: Program): boolean {
  const name = nameOf(expression);
  if (name !== undefined) return isAwaitedBefore(name, statement, program);
  const [value] = methodCall(unwrapped(expression))?.args ?? [];
  return (
    settledMethod(expression) !== undefined && (value === undefined || !isPromise(value, program))
  );
}

function isAwaitedBefore(name: string, statement: Node, program: Program): boolean {
  const owner = enclosingFunction(statement);
  return (
    owner !== undefined &&
    bodyHas(
      owner,
      (it) =>
        is.AwaitExpression(it) &&
        nameOf(unwrapped(it.expression)) === name &&
        dominates(it, statement, program),
    )
  );
}

function rethrows({ variableDeclaration, block }: NodeOf<"CatchClause">): boolean {
  const caught = nameOf(variableDeclaration?.name);
  const last = block.statements.at(-1);
  return is.ThrowStatement(last) && caught !== undefined && nameOf(last.expression) === caught;
}

function losesNothing(clause: NodeOf<"CatchClause">, owner: FunctionLike): boolean {
  const { variableDeclaration, block } = clause;
  const [first] = block.statements;
  const caught = nameOf(variableDeclaration?.name);
  if (is.ThrowStatement(first) && caught !== undefined && caught === nameOf(first.expression)) {
    return true;
  }
  // `return Promise.reject(error)` makes a rejection of what was thrown; a rejection is one already.
  const last = block.statements.at(-1);
  return !isAsync(owner) && is.ReturnStatement(last) && settledMethod(last.expression) === "reject";
}

/** `catch { return buildIndex(cwd); }` would do nothing but begin the same work again. */
function doesTheSame({ block }: NodeOf<"CatchClause">, returned: Node): boolean {
  const [only, another] = block.statements;
  const again = is.ReturnStatement(only) && another === undefined ? only.expression : undefined;
  return again !== undefined && textOf(again) === textOf(returned);
}

function doesSomething(
  block: NodeOf<"Block">,
  promises: readonly Node[],
  owner: FunctionLike,
): boolean {
  if (block.statements.length === 0) return false;
  const mentioned = namesIn(block);
  if (promises.every((it) => mentioned.has(nameOf(it) ?? ""))) return false;
  return isAsync(owner) || !block.statements.every(restores);
}

/** `current = previous;` */
function restores(statement: Node): boolean {
  if (!is.ExpressionStatement(statement)) return false;
  const { expression } = statement;
  return isAssignment(expression) && is.Identifier(unwrapped(expression.right));
}

function rootOf(expression: Node): Node {
  const inner = unwrapped(expression);
  if (
    is.PropertyAccessExpression(inner) ||
    is.ElementAccessExpression(inner) ||
    is.CallExpression(inner)
  ) {
    return rootOf(inner.expression);
  }
  return inner;
}

function namesIn(node: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (it: Node) => void (is.Identifier(it) && names.add(it.text));
  add(node);
  walk(node, (it) => {
    add(it);
    return undefined;
  });
  return names;
}
