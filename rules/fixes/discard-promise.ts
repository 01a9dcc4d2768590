import type { Fix } from "../../analysis/rule.ts";
import type { Node } from "../../analysis/syntax.ts";
import { prefixKeyword } from "./prefix-keyword.ts";

/** Never the preferred fix: it hides the promise and leaves the rejection. */
export function discardPromise(expression: Node): Fix[] {
  return [
    {
      title: "Ignore the promise: a rejection still ends the process",
      safety: "suggestion",
      edits: prefixKeyword(expression, "void"),
    },
  ];
}
