import { insertAfter } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import type { Node } from "../../analysis/syntax.ts";

/**
 * Ends the second promise that `finally` makes. Nothing is hidden by it: the first promise still
 * rejects for everybody who holds it.
 */
export function ignoreMirror(expression: Node): Fix[] {
  return [
    {
      title: "Leave the rejection to the promise itself",
      safety: "suggestion",
      edits: [insertAfter(expression, ".catch(() => {})")],
    },
  ];
}
