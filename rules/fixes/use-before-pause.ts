import { insertBefore, replace } from "../../analysis/edit.ts";
import type { LateUse } from "../../analysis/facts/event-dispatch.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  isInside,
  type Node,
  nameOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  walk,
  wrapped,
} from "../../analysis/syntax.ts";
import { indentOf, statementRemoved } from "./statements.ts";

/**
 * Does what is done with an event in front of the first pause. A value is kept in a constant; a call
 * is moved, where it is made in any case, as a statement of the function itself.
 */
export function useBeforePause({ use, handler, pauses, model }: LateUse): Fix[] {
  const { body } = handler;
  const first = is.Block(body)
    ? body.statements.find((it) => pauses.some((pause) => isInside(pause, it)))
    : undefined;
  const event = nameOf(unwrapped(use.expression));
  if (first === undefined || event === undefined || isInside(use, first)) return [];
  const indent = indentOf(first);
  if (model.late === "null") {
    const name = unusedName(use, [use.name.text, "target", "element"]);
    if (name === undefined) return [];
    const line = `const ${name} = ${textOf(use)};\n${indent}`;
    return [
      {
        title: `Keep '${textOf(use)}' before the first pause`,
        safety: "suggestion",
        edits: [insertBefore(first, line), replace(use, name)],
      },
    ];
  }
  const statement = statementOf(wrapped(use).parent);
  if (model.late !== "ignored" || statement === undefined || statement.parent !== body) return [];
  return [
    {
      title: `Call '${textOf(use)}' before the first pause`,
      safety: "suggestion",
      edits: [insertBefore(first, `${textOf(statement)}\n${indent}`), statementRemoved(statement)],
    },
  ];
}

function unusedName(place: Node, names: readonly string[]): string | undefined {
  const used = new Set<string>();
  walk(sourceFileOf(place), (it) => {
    const { parent } = it;
    const isMember = is.PropertyAccessExpression(parent) && parent.name === it;
    if (is.Identifier(it) && !isMember) used.add(it.text);
    return undefined;
  });
  return names.find((it) => !used.has(it));
}
