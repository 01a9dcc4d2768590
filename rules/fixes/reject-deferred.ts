import { insertAfter } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  methodCall,
  type Node,
  type NodeOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";

/** Rejects the deferred as well; not where naming it once more would do something once more. */
export function rejectDeferred(
  expression: Node,
  resolver: NodeOf<"PropertyAccessExpression">,
): Fix[] {
  const callback = methodCall(unwrapped(expression))?.args[0];
  if (callback === undefined || !isPath(resolver.expression)) return [];
  const deferred = textOf(resolver.expression);
  return [
    {
      title: `Pass the rejection on to '${deferred}'`,
      safety: "suggestion",
      edits: [insertAfter(callback, `, (error) => ${deferred}.reject(error)`)],
    },
  ];
}

/** `deferred`, `this.ready`: naming it has no effect. */
function isPath(node: Node): boolean {
  if (is.PropertyAccessExpression(node)) return isPath(node.expression);
  return is.Identifier(node) || is.ThisKeyword(node);
}
