import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Node } from "../../analysis/syntax.ts";
import { prefixKeyword } from "./prefix-keyword.ts";

/** Offered only where `await` is legal; making the function async would change its callers. */
export function awaitPromise(expression: Node, program: Program): Fix[] {
  if (!canAwaitAt(expression)) return [];
  if (program.types.value(expression).elements !== undefined) {
    const edits = [insertBefore(expression, "await Promise.all("), insertAfter(expression, ")")];
    return [{ title: "Await all the promises", safety: "safe", edits }];
  }
  const edits = prefixKeyword(expression, "await");
  return [{ title: "Await the promise", safety: "safe", edits }];
}
