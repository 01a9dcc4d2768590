import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  type FunctionLike,
  is,
  isAsync,
  type Node,
  sourceFileOf,
  startOf,
  textOf,
  walk,
} from "../../analysis/syntax.ts";
import { unitOf } from "./indents.ts";
import { rejectionHandlerFor } from "./catch-rejection.ts";
import { prefixKeyword } from "./prefix-keyword.ts";

/** Puts the body of an async function into `try`, with the handler that the file uses elsewhere. */
export function catchInFunction(fn: FunctionLike): Fix[] {
  const { body } = fn;
  // Behind the `catch` there would be no value to return.
  if (body === undefined || !isAsync(fn) || !givesNothing(fn)) return [];
  const handler = rejectionHandlerFor(fn);
  const edits = is.Block(body) ? aroundBlock(body, handler) : aroundExpression(body, handler);
  return [{ title: `Catch a rejection with '${handler}'`, safety: "suggestion", edits }];
}

/** Whether the promise of the function settles with no value, as its own text shows. */
export function givesNothing({ type, body }: FunctionLike): boolean {
  if (type !== undefined) return /^Promise<(?:void|unknown|any)>$/.test(textOf(type));
  if (!is.Block(body)) return true;
  return !bodyHas(body, (it) => is.ReturnStatement(it) && it.expression !== undefined);
}

export function aroundExpression(body: Node, handler: string): Edit[] {
  return [
    insertBefore(body, "{ try { "),
    ...(is.AwaitExpression(body) ? [] : prefixKeyword(body, "await")),
    insertAfter(body, `; } ${catching(handler, " ")} }`),
  ];
}

export function aroundBlock(block: Node, handler: string): Edit[] {
  const text = textOf(block);
  if (!text.includes("\n")) {
    return [insertBefore(block, "{ try "), insertAfter(block, ` ${catching(handler, " ")} }`)];
  }
  const outer = lastIndentOf(text);
  const step =
    /\n(?<indent>[ \t]*)\S/.exec(text)?.groups?.["indent"]?.slice(outer.length) ||
    unitOf(sourceFileOf(block));
  const inner = outer + step;
  return [
    insertBefore(block, `{\n${inner}try `),
    ...linesOf(block).map((start) => insertAt(block, start, step)),
    insertAfter(block, ` ${catching(handler, `\n${inner}`, step)}\n${outer}}`),
  ];
}

function catching(handler: string, line: string, step = ""): string {
  const error = handler === "error" ? "cause" : "error";
  return `catch (${error}) {${line}${step}${handler}(${error});${line}}`;
}

export function lastIndentOf(text: string): string {
  return /[ \t]*$/.exec(text.slice(text.lastIndexOf("\n") + 1, -1))?.[0] ?? "";
}

/** Where the lines below the first begin, but for those inside a text, which would change it. */
export function linesOf(block: Node): number[] {
  const file = sourceFileOf(block);
  const texts: Node[] = [];
  walk(block, (it) => {
    if (is.TemplateExpression(it) || is.NoSubstitutionTemplateLiteral(it)) texts.push(it);
    return undefined;
  });
  const isInText = (line: number) => texts.some((it) => startOf(it, file) < line && line < it.end);
  const lines: number[] = [];
  let line = file.text.indexOf("\n", startOf(block, file)) + 1;
  while (line !== 0 && line < block.end) {
    if (!isInText(line) && !/[\r\n]/.test(file.text.charAt(line))) lines.push(line);
    line = file.text.indexOf("\n", line) + 1;
  }
  return lines;
}

export function insertAt(node: Node, start: number, text: string): Edit {
  return { file: sourceFileOf(node).fileName, start, end: start, text };
}
