import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { PromiseType } from "../../analysis/engine/type-engine.ts";
import { branchesOf } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
} from "../../analysis/syntax.ts";

/**
 * `.catch(report)` with the handler that the file itself uses for other promises, else with
 * `console.error`. What has no `catch`, or may be something that `?.` cannot pass over, is made a
 * promise first. Only on plain calls: elsewhere it would need parentheses and a guess.
 */
export function catchRejection(expression: Node, program: Program): Fix[] {
  const call = unwrapped(expression);
  if (!is.CallExpression(call) || branchesOf(call).length !== 1) return [];
  const handler = rejectionHandlerFor(call);
  const edits = catching(call, handler, program.types.promise(call));
  if (edits.length === 0) return [];
  return [{ title: `Handle a rejection with '${handler}'`, safety: "suggestion", edits }];
}

function catching(call: CallExpression, handler: string, promise: PromiseType): Edit[] {
  const { extent, names, nullable, orVoid } = promise;
  const hasCatch = names.every(({ name }) => name === "Promise");
  const isBare = names.every(({ name }) => name === "PromiseLike" || name === "Thenable");
  if (names.length === 0 || !(hasCatch || isBare)) return [];
  if (extent === "some" || orVoid) {
    const end = `).catch(${handler})`;
    return [insertBefore(call, "Promise.resolve("), insertAfter(call, end)];
  }
  if (extent !== "all") return [];
  const access = nullable && !isChain(call) ? "?." : ".";
  const method = hasCatch ? `catch(${handler})` : `then(undefined, ${handler})`;
  return [insertAfter(call, `${access}${method}`)];
}

/** The handler that the file itself uses for other promises, else `console.error`. */
export function rejectionHandlerFor(node: Node): string {
  return handlerUsedIn(node) ?? "console.error";
}

/** A name that is handed to `.catch` at the top level of the file's own scope. */
function handlerUsedIn(node: Node): string | undefined {
  const file = sourceFileOf(node);
  const declared = new Set(file.statements.flatMap(namesDeclaredBy));
  const used = [...file.text.matchAll(/\.catch\((?<name>[A-Za-z_$][\w$]*)\)/g)];
  return used
    .map((it) => it.groups?.["name"])
    .find((it) => it !== undefined && declared.has(it) && !IGNORES.test(it));
}

/** Names of handlers that let the error vanish, which is nobody's remedy. */
const IGNORES = /noop|ignore|swallow|suppress|nothing/i;

/** What a statement at the top of a file makes visible everywhere in it. */
function namesDeclaredBy(statement: Node): string[] {
  if (is.FunctionDeclaration(statement)) return [nameOf(statement.name) ?? ""];
  if (is.VariableStatement(statement)) {
    return statement.declarationList.declarations.map((it) => nameOf(it.name) ?? "");
  }
  if (!is.ImportDeclaration(statement)) return [];
  const { name, namedBindings } = statement.importClause ?? {};
  const named = is.NamedImports(namedBindings)
    ? namedBindings.elements.map((it) => it.name.text)
    : [];
  return [nameOf(name) ?? "", ...named];
}

/** `a?.b()` hands its undefined on to `.catch` by itself. */
function isChain(node: Node): boolean {
  const inner = unwrapped(node);
  if (is.CallExpression(inner) || is.PropertyAccessExpression(inner)) {
    return inner.questionDotToken !== undefined || isChain(inner.expression);
  }
  return false;
}
