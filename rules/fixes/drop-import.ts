import { type Edit, removeRange } from "../../analysis/edit.ts";
import { is, type Node, sourceFileOf, startOf, walk } from "../../analysis/syntax.ts";
import { importsOf } from "./module-style.ts";
import { statementRemoved } from "./statements.ts";

/** Takes an import away whose only use is the one that a fix removes; nothing where there are others. */
export function importDropped(use: Node): Edit[] {
  if (!is.Identifier(use)) return [];
  const file = sourceFileOf(use);
  let mentions = 0;
  walk(file, (it) => {
    if (is.Identifier(it) && it.text === use.text) mentions += 1;
    return undefined;
  });
  for (const { named, statement, namespace, defaultName } of importsOf(file)) {
    const index = named.findIndex((it) => it.local === use.text);
    const found = named[index];
    if (found === undefined) continue;
    if (mentions !== 2) return [];
    if (named.length === 1 && namespace === undefined && defaultName === undefined) {
      return [statementRemoved(statement)];
    }
    const next = named[index + 1];
    const before = named[index - 1];
    if (next !== undefined) {
      return [removeRange(statement, startOf(found.node), startOf(next.node))];
    }
    return before === undefined ? [] : [removeRange(statement, before.node.end, found.node.end)];
  }
  return [];
}
