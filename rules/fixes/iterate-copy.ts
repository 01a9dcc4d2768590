import { insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { type Node, textOf, unwrapped } from "../../analysis/syntax.ts";

/** `for (const job of [...this.jobs])`: the loop goes through what was there when it began. */
export function iterateCopy(
  { expression }: { readonly expression: Node },
  program: Program,
): Fix[] {
  if (program.types.value(expression).iteration !== "sync") return [];
  return [
    {
      title: `Go through a copy of '${textOf(unwrapped(expression))}'`,
      safety: "suggestion",
      edits: [insertBefore(expression, "[..."), insertAfter(expression, "]")],
    },
  ];
}
