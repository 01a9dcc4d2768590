import { replace } from "../../analysis/edit.ts";
import type { Signal } from "../../analysis/facts/signals.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type Node, textOf } from "../../analysis/syntax.ts";

/** Puts the signal of the callback where that of the function around stands, or both of them. */
export function useInnerSignal(given: Node, outer: Signal, inner: Signal): Fix[] {
  const isShort = is.ShorthandPropertyAssignment(given);
  const put = (text: string) => replace(given, isShort ? `${textOf(given)}: ${text}` : text);
  const fixes: Fix[] = [
    {
      title: `Pass '${inner.text}' on instead`,
      safety: "suggestion",
      edits: [put(inner.text)],
    },
  ];
  const canJoin = outer.model.protocol === "AbortSignal" && !outer.nullable && !inner.nullable;
  if (!canJoin) return fixes;
  const both = `AbortSignal.any([${outer.text}, ${inner.text}])`;
  return [...fixes, { title: "Pass both on, as one", safety: "suggestion", edits: [put(both)] }];
}
