import { type SourceFile } from "../../analysis/syntax.ts";

/** By how much the file moves in what stands in a block: a tab, two spaces, four. */
export function unitOf(file: SourceFile): string {
  const before = known.get(file);
  if (before !== undefined) return before;
  const unit = read(file.text);
  known.set(file, unit);
  return unit;
}

/** Follows from the text alone, so it lives as long as the tree does. */
const known = new WeakMap<SourceFile, string>();

/**
 * Most often the first line of a block is moved in by one unit against the line that opens it, so
 * the step that is seen most often there is the unit.
 */
function read(text: string): string {
  const seen = new Map<string, number>();
  for (const { groups } of text.matchAll(OPENED)) {
    const { outer = "", inner = "" } = groups ?? {};
    const step = inner.startsWith(outer) ? inner.slice(outer.length) : "";
    if (step !== "" && step.length <= 8) seen.set(step, (seen.get(step) ?? 0) + 1);
  }
  const [most] = [...seen].toSorted((a, b) => b[1] - a[1]);
  return most?.[0] ?? "  ";
}

const OPENED = /^(?<outer>[ \t]*)\S.*[{[(]\r?\n(?=(?<inner>[ \t]+)\S)/gm;

/** Lines for the place of the node: each pair of spaces in front of one is a unit of the file. */
export function linesIn(file: SourceFile, indent: string, lines: readonly string[]): string {
  const unit = unitOf(file);
  const moved = lines.map((it) => {
    const own = /^(?: {2})*/.exec(it)?.[0].length ?? 0;
    return unit.repeat(own / 2) + it.slice(own);
  });
  return moved.join(`\n${indent}`);
}
