import { applyEdits, type Edit } from "../../analysis/edit.ts";
import { type Node, sourceFileOf, startOf, textOf } from "../../analysis/syntax.ts";

/** The text of a node after edits inside of it, for a fix that moves it. */
export function applyWithin(node: Node, edits: readonly Edit[]): string {
  const offset = startOf(node, sourceFileOf(node));
  const moved = edits.map((it) => ({ ...it, start: it.start - offset, end: it.end - offset }));
  return applyEdits(textOf(node), moved);
}
