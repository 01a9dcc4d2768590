import { type Edit, insertBefore } from "../../analysis/edit.ts";
import { pathFromEntry } from "../../analysis/facts/flow.ts";
import { chainCallOf } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  enclosingFunction,
  type FunctionLike,
  is,
  isAsync,
  isFunctionExpression,
  isGenerator,
  isOneOf,
  type Node,
  type NodeOf,
  nameOf,
  skipTrivia,
  sourceFileOf,
  startOf,
  statementOf,
} from "../../analysis/syntax.ts";
import { prefixKeyword } from "./prefix-keyword.ts";

/**
 * Lets whoever calls the function wait: by returning the promise where it is the last thing the
 * function does, or by making the function async. Only for a function expression in a place that
 * takes a promise; a named function has callers that would have to change with it.
 */
export function letCallerWait(expression: Node, program: Program): Fix[] {
  const owner = enclosingFunction(expression);
  if (!isFunctionExpression(owner) || isAsync(owner) || isGenerator(owner)) return [];
  if (owner.type !== undefined || program.types.slot(owner).result !== "promise") return [];
  const edits = [insertBefore(owner, "async "), ...prefixKeyword(expression, "await")];
  return [
    ...returnPromise(expression, owner, program),
    { title: "Make the function async and await the promise", safety: "suggestion", edits },
  ];
}

/** A callback of a chain gives the chain its type, which is not ours to change. */
function returnPromise(expression: Node, owner: FunctionLike, program: Program): Fix[] {
  const { body } = owner;
  if (!is.Block(body) || body.statements.at(-1) !== statementOf(expression)) return [];
  if (bodyHas(body, (it) => is.ReturnStatement(it) && it.expression !== undefined)) return [];
  const typesChain = chainCallOf(owner, program) !== undefined;
  if (typesChain && program.types.value(expression).gives !== "nothing") return [];
  const edits: Edit[] = [insertBefore(expression, "return ")];
  return [{ title: "Return the promise", safety: "suggestion", edits }];
}

/**
 * `return p` as `return await p`, in a function that gives promises already and becomes async: so
 * its callers get what they got, only that what was thrown at once is a rejection now.
 */
export function awaitInAsyncFunction(expression: Node, program: Program): Fix[] {
  const owner = enclosingFunction(expression);
  if (owner === undefined || !becomesAsync(owner, program)) return [];
  const edits = [asyncModifier(owner), ...prefixKeyword(expression, "await")];
  return [{ title: "Make the function async and await the promise", safety: "suggestion", edits }];
}

const canBeAsync = isOneOf(
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunction",
  "MethodDeclaration",
);

/** Whether all that the function gives are plain promises, so that its type stays the same. */
function becomesAsync(owner: FunctionLike, program: Program): boolean {
  if (!canBeAsync(owner) || isAsync(owner) || isGenerator(owner)) return false;
  if (owner.type !== undefined) {
    return is.TypeReference(owner.type) && nameOf(owner.type.typeName) === "Promise";
  }
  const hasOther = bodyHas(owner, (it) => is.ReturnStatement(it) && !givesPromise(it, program));
  return !hasOther && pathFromEntry(owner, { until: "end" }, program) === undefined;
}

function givesPromise({ expression }: NodeOf<"ReturnStatement">, program: Program): boolean {
  if (expression === undefined) return false;
  const { extent, names, nullable } = program.types.promise(expression);
  return extent === "all" && !nullable && names.every(({ name }) => name === "Promise");
}

/** `async ` in front of the function, behind `export` and `static`. */
function asyncModifier(owner: FunctionLike): Edit {
  const file = sourceFileOf(owner);
  const last = owner.modifiers?.at(-1);
  const start =
    last === undefined ? startOf(owner, file) : skipTrivia(file.text, last.end, owner.end);
  return { file: file.fileName, start, end: start, text: "async " };
}
