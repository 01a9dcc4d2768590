import { insertAfter, insertBefore } from "../../analysis/edit.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type Node } from "../../analysis/syntax.ts";

/** `for (const x of await Promise.all(xs))`: all have a handler before the first one settles. */
export function waitForAllFirst(promises: Node): Fix[] {
  const loop = promises.parent;
  if (!is.ForOfStatement(loop) || loop.expression !== promises || !canAwaitAt(promises)) return [];
  return [
    {
      title: "Wait for all of them first",
      safety: "suggestion",
      edits: [insertBefore(promises, "await Promise.all("), insertAfter(promises, ")")],
    },
  ];
}
