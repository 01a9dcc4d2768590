import { insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { type FunctionLike, is, type Node } from "../../analysis/syntax.ts";
import { rejectionHandlerFor } from "./catch-rejection.ts";

/** `poll` as `() => { poll().catch(report); }`, where the function takes nothing. */
export function wrapReference(
  reference: Node,
  functions: readonly FunctionLike[],
  program: Program,
): Fix[] {
  if (!is.Identifier(reference) && !is.PropertyAccessExpression(reference)) return [];
  if (functions.length === 0 || functions.some((it) => 0 < it.parameters.length)) return [];
  const { callResult, nullable } = program.types.value(reference);
  const isPromise = callResult?.extent === "all" && callResult.names.every(isNamedPromise);
  if (!isPromise || nullable || callResult.nullable) return [];
  const handler = rejectionHandlerFor(reference);
  return [
    {
      title: `Handle a rejection with '${handler}'`,
      safety: "suggestion",
      edits: [
        insertBefore(reference, "() => { "),
        insertAfter(reference, `().catch(${handler}); }`),
      ],
    },
  ];
}

function isNamedPromise({ name }: { readonly name: string }): boolean {
  return name === "Promise";
}
