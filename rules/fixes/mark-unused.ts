import { insertBefore } from "../../analysis/edit.ts";
import type { Signal } from "../../analysis/facts/signals.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is } from "../../analysis/syntax.ts";

/** `_signal`: the name that says that a parameter is there for the signature alone. */
export function markUnused({ declaration, member, variable }: Signal): Fix[] {
  if (member !== undefined || !is.Parameter(declaration.parent)) return [];
  return [
    {
      title: `Call it '_${variable}': it is not used on purpose`,
      safety: "suggestion",
      edits: [insertBefore(declaration, "_")],
    },
  ];
}
