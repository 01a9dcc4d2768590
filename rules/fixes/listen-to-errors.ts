import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Unheard, UnheardWait } from "../../analysis/facts/unheard-errors.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  is,
  isFunctionExpression,
  type Node,
  nameOf,
  sourceFileOf,
  statementOf,
  textOf,
  wrapped,
} from "../../analysis/syntax.ts";
import { rejectionHandlerFor } from "./catch-rejection.ts";
import { unitOf } from "./indents.ts";
import { indentOf, isInList, statementAfter } from "./statements.ts";

/**
 * Listens to the errors of what a call makes: in the function of a `new Promise`, with its `reject`; anywhere, with the
 * handler that the file uses elsewhere.
 */
export function listenToErrors(unheard: Unheard): Fix[] {
  return [...rejectWithError(unheard), ...handleError(unheard)];
}

/** Rejects the promise around it with the error. */
function rejectWithError({ call, holder }: Unheard): Fix[] {
  const fn = enclosingFunction(call);
  const construction = fn && wrapped(fn).parent;
  const statement = statementWith(call);
  if (holder.kind !== "variable" || fn === undefined || statement === undefined) return [];
  const isPromise = is.NewExpression(construction) && textOf(construction.expression) === "Promise";
  const [resolve, reject] = fn.parameters;
  if (!isPromise || resolve === undefined || !isInList(statement)) return [];
  const name = reject === undefined ? "reject" : nameOf(reject.name);
  if (name === undefined || isTaken(name, fn, reject)) return [];
  return [
    {
      title: `Reject the promise with its error, by '${name}'`,
      safety: "suggestion",
      edits: [
        ...(reject === undefined ? nextParameter(resolve, fn) : []),
        ...statementAfter(statement, `${holder.name.text}.on("error", ${name});`),
      ],
    },
  ];
}

function handleError({ call, holder }: Unheard): Fix[] {
  const handler = rejectionHandlerFor(call);
  const fix = (edits: readonly Edit[]): Fix[] => [
    { title: `Listen to its errors with '${handler}'`, safety: "suggestion", edits },
  ];
  if (holder.kind === "nowhere") {
    // What is called on it next stays where it is.
    return fix([insertAfter(call, `.on("error", ${handler})`)]);
  }
  const statement = statementWith(call);
  if (statement === undefined || !isInList(statement)) return [];
  const name = holder.kind === "variable" ? holder.name.text : undefined;
  const it = holder.kind === "member" ? textOf(holder.access) : name;
  return it === undefined ? [] : fix(statementAfter(statement, `${it}.on("error", ${handler});`));
}

function statementWith(call: Node): Node | undefined {
  const { parent } = wrapped(call);
  if (is.VariableDeclaration(parent)) {
    const statement = parent.parent.parent;
    return is.VariableStatement(statement) ? statement : undefined;
  }
  return is.BinaryExpression(parent) ? statementOf(parent) : undefined;
}

/** Rejects the promise when the emitter that it waits for fails. */
export function rejectOnError(waiting: UnheardWait): Fix[] {
  const { registration, executor } = waiting;
  const { call, target } = registration;
  const { fn } = executor;
  const [resolve, reject] = fn.parameters;
  if (target === undefined || resolve === undefined || fn.body === undefined) return [];
  const name = reject === undefined ? "reject" : nameOf(reject.name);
  if (name === undefined || enclosingFunction(call) !== fn || isTaken(name, fn, reject)) return [];
  const listens = `${textOf(target)}.once("error", ${name});`;
  const body = wrapped(call).parent === fn ? inBraces(call, listens) : besides(call, listens);
  if (body.length === 0) return [];
  const parameter = reject === undefined ? nextParameter(resolve, fn) : [];
  return [
    {
      title: `Reject the promise when it fails, with '${name}'`,
      safety: "suggestion",
      edits: [...parameter, ...body],
    },
  ];
}

function isTaken(name: string, fn: Node, reject: Node | undefined): boolean {
  return reject === undefined && new RegExp(`\\b${name}\\b`).test(textOf(fn));
}

/** `resolve =>` needs parentheses, `(resolve) =>` has them. */
function nextParameter(resolve: Node, fn: Node): Edit[] {
  const hasParentheses = textOf(fn).startsWith("(") || !isFunctionExpression(fn);
  return hasParentheses || textOf(fn).startsWith("function")
    ? [insertAfter(resolve, ", reject")]
    : [insertBefore(resolve, "("), insertAfter(resolve, ", reject)")];
}

function inBraces(call: Node, listens: string): Edit[] {
  const outer = wrapped(call);
  const indent = indentOf(outer);
  const inner = indent + unitOf(sourceFileOf(outer));
  return [
    insertBefore(outer, `{\n${inner}`),
    insertAfter(outer, `;\n${inner}${listens}\n${indent}}`),
  ];
}

function besides(call: Node, listens: string): Edit[] {
  let link = wrapped(call);
  while (is.PropertyAccessExpression(link.parent) || is.CallExpression(link.parent))
    link = link.parent;
  const statement = statementOf(link);
  if (statement === undefined || !isInList(statement)) return [];
  const isOneLine = !textOf(statement.parent).includes("\n");
  return [insertAfter(statement, isOneLine ? ` ${listens}` : `\n${indentOf(statement)}${listens}`)];
}
