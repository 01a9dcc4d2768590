import { insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { StateUpdate } from "../../analysis/facts/state-updates.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, isInside, unwrapped, walkBody } from "../../analysis/syntax.ts";

/**
 * `setItems((items) => [...items, item])` for `setItems([...items, item])`: the setter is given a
 * function, which starts from what is there. Only where the value itself mentions the state, and
 * does not wait inside.
 */
export function setFromPrevious({ call, setter, read }: StateUpdate): Fix[] {
  const [value] = call.arguments;
  if (value === undefined || !isInside(read, value)) return [];
  let waits = false;
  walkBody(value, (node) => {
    waits ||= is.AwaitExpression(node);
    return undefined;
  });
  if (waits) return [];
  const edits = is.ObjectLiteralExpression(unwrapped(value))
    ? [insertBefore(value, `(${read.text}) => (`), insertAfter(value, ")")]
    : [insertBefore(value, `(${read.text}) => `)];
  return [{ title: `Hand '${setter.text}' a function`, safety: "suggestion", edits }];
}
