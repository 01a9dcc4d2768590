import { type Node, sourceFileOf, startOf } from "./syntax.ts";

/** Replaces the text between two offsets of a file. Edits of one fix never overlap. */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A file that a fix needs and that is not there yet. */
export interface NewFile {
  readonly file: string;
  readonly text: string;
}

export function insertBefore(node: Node, text: string): Edit {
  const file = sourceFileOf(node);
  const start = startOf(node, file);
  return { file: file.fileName, start, end: start, text };
}

export function insertAfter(node: Node, text: string): Edit {
  return { file: sourceFileOf(node).fileName, start: node.end, end: node.end, text };
}

export function replace(node: Node, text: string): Edit {
  const file = sourceFileOf(node);
  return { file: file.fileName, start: startOf(node, file), end: node.end, text };
}

/** Removes what stands between the two offsets of the node's file. */
export function removeRange(node: Node, start: number, end: number): Edit {
  return { file: sourceFileOf(node).fileName, start, end, text: "" };
}

/** The words of a new text and what is between them; a string, such as the path of an import, is one piece. */
export function piecesOf(text: string): readonly string[] {
  return text.split(/("[^"\n]*"|'[^'\n]*'|[\w$]+)/);
}

/** Edits are given against the original text, so the last one is applied first. */
export function applyEdits(
  original: string,
  edits: readonly Pick<Edit, "start" | "end" | "text">[],
): string {
  let text = original;
  // Two insertions at one offset keep the order in which they were listed.
  const ordered = edits.map((edit, index) => ({ edit, index }));
  ordered.sort((a, b) => b.edit.start - a.edit.start || b.index - a.index);
  for (const { edit } of ordered) {
    text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  }
  return text;
}

/** Whether two edits touch the same text, so that only one of them can be applied. */
export function overlap(a: Edit, b: Edit): boolean {
  if (a.file !== b.file) return false;
  if (a.start === a.end && b.start === b.end) return a.start === b.start;
  return a.start < b.end && b.start < a.end;
}
