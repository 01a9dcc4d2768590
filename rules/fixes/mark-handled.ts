import { type Edit, insertAfter } from "../../analysis/edit.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { indentOf, is, type Node, textOf } from "../../analysis/syntax.ts";

/**
 * `promise.catch(() => {});` behind the statement that made the promise. It handles nothing: it
 * tells the platform that somebody will, so that a rejection in between does not end the process.
 * Whoever awaits the promise later still gets the error.
 */
export function markHandled(name: Node, statement: Node, program: Program): Fix[] {
  const marker = markerFor(name, program);
  if (marker === undefined) return [];
  return [
    {
      title: `Mark '${textOf(name)}' as handled until it is awaited`,
      safety: "suggestion",
      edits: [insertStatementAfter(statement, marker)],
    },
  ];
}

function markerFor(name: Node, program: Program): string | undefined {
  const text = textOf(name);
  const declared = program.types.declared(name);
}
