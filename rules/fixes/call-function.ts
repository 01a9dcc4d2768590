import { type Edit, insertAfter } from "../../analysis/edit.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type Node, nameOf, unwrapped } from "../../analysis/syntax.ts";
import { withoutAwait } from "./drop-await.ts";

/** `save` as `save()`, where it can be called like that; `await` stays if there is reason to. */
export function callFunction(reference: Node, program: Program): Fix[] {
  const inner = unwrapped(reference);
  const name = nameOf(is.PropertyAccessExpression(inner) ? inner.name : inner);
  const { nullable, leastArguments, callResult } = program.types.value(reference);
  if (name === undefined || nullable || 0 < leastArguments) return [];
  const edits: Edit[] = [insertAfter(inner, "()")];
  const { parent } = reference;
  if (is.AwaitExpression(parent) && callResult?.extent === "none") edits.push(withoutAwait(parent));
  return [{ title: `Call '${name}'`, safety: "suggestion", edits }];
}
