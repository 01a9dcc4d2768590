import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { type Node, textOf } from "../../analysis/syntax.ts";
import { statementAfter } from "./statements.ts";

/**
 * `promise.catch(() => {});` behind the statement that made the promise. It handles nothing: it
 * tells the platform that somebody will, so that a rejection in between does not end the process.
 * Whoever awaits the promise later still gets the error.
 */
export function markHandled(name: Node, statement: Node, program: Program): Fix[] {
  const marker = markerFor(name, program);
  const edits = marker === undefined ? [] : statementAfter(statement, marker);
  if (edits.length === 0) return [];
  const title = `Mark '${textOf(name)}' as handled until it is awaited`;
  return [{ title, safety: "suggestion", edits }];
}

function markerFor(name: Node, program: Program): string | undefined {
  const text = textOf(name);
  const { extent, names, nullable } = program.types.promise(name);
  if (extent === "all" && names.every((it) => it.name === "Promise")) {
    return `${text}${nullable ? "?." : "."}catch(() => {});`;
  }
  const { elements, nullable: isMissing } = program.types.value(name);
  return elements === "all" && !isMissing ? `Promise.all(${text}).catch(() => {});` : undefined;
}
