import { is, type Node, sourceFileOf, walk } from "../../analysis/syntax.ts";

/** The first of the names that the whole file does not use for anything. */
export function unusedName(at: Node, names: readonly string[]): string | undefined {
  const used = new Set<string>();
  walk(sourceFileOf(at), (it) => {
    if (is.Identifier(it)) used.add(it.text);
    return undefined;
  });
  return names.find((it) => !used.has(it));
}
