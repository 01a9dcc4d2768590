import { insertAfter, replace } from "../../analysis/edit.ts";
import type { VainRemoval } from "../../analysis/facts/vain-removals.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, isFunctionExpression, textOf, unwrapped } from "../../analysis/syntax.ts";

/** Removes what was added, where the two differ in one thing. */
export function removeWhatWasAdded({
  because,
  call,
  event,
  listener,
  added,
  target,
}: VainRemoval): Fix[] {
  if (added === undefined || listener === undefined || event === undefined) return [];
  const fix = (title: string, edit: Fix["edits"][number]): Fix[] => [
    { title, safety: "suggestion", edits: [edit] },
  ];
  if (because === "event") {
    const name = textOf(added.event);
    return fix(`Remove it for the event ${name.replaceAll(/["`]/g, "'")}`, replace(event, name));
  }
  if (because === "target" && target !== undefined && added.target !== undefined) {
    const name = textOf(added.target);
    return fix(`Remove it from '${name}'`, replace(target, name));
  }
  if (because === "capture" && call.arguments.length === 2 && added.capture === true) {
    return fix("Remove it for the same phase, with 'true'", insertAfter(listener, ", true"));
  }
  const other = unwrapped(added.listener);
  const isNamed = is.Identifier(other) || is.PropertyAccessExpression(other);
  if (because === "never" && isNamed && !isFunctionExpression(other)) {
    return fix(`Remove '${textOf(other)}', which was added`, replace(listener, textOf(other)));
  }
  return [];
}
