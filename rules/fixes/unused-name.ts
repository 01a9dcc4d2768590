import { is, type Node, type SourceFile, sourceFileOf, walk } from "../../analysis/syntax.ts";

/** The first of the names that the whole file does not use for anything. */
export function unusedName(at: Node, names: readonly string[]): string | undefined {
  const used = namesIn(sourceFileOf(at));
  return names.find((it) => !used.has(it));
}

/** Follows from the text alone, so it lives as long as the tree does. */
const known = new WeakMap<SourceFile, ReadonlySet<string>>();

function namesIn(file: SourceFile): ReadonlySet<string> {
  const before = known.get(file);
  if (before !== undefined) return before;
  const used = new Set<string>();
  walk(file, (it) => {
    if (is.Identifier(it)) used.add(it.text);
    return undefined;
  });
  known.set(file, used);
  return used;
}
