import { insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Held, Late } from "../../analysis/facts/held-promises.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is } from "../../analysis/syntax.ts";

/** `for (const x of await Promise.all(xs))`: all of them have a handler before the first one settles. */
export function waitForAllFirst({ name, isArray }: Held, { look }: Late): Fix[] {
  const loop = look.parent;
  if (!isArray || !is.ForOfStatement(loop) || loop.expression !== look) return [];
  if (!canAwaitAt(look)) return [];
  return [
    {
      title: `Wait for all of '${name}' first`,
      safety: "suggestion",
      edits: [insertBefore(look, "await Promise.all("), insertAfter(look, ")")],
    },
  ];
}
