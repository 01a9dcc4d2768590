import { insertBefore, replace } from "../../analysis/edit.ts";
import {
  enclosingFunction,
  isFunctionLike,
  type Node,
  statementOf,
  textOf,
  sourceFileOf,
} from "../../analysis/syntax.ts";
import type { TestWindow } from "../../analysis/facts/windows.ts";
import type { Fix } from "../../analysis/rule.ts";
import { isAssignment, is } from "../../analysis/syntax.ts";
import { indentOf, isInList, statementRemoved } from "./statements.ts";
import { unitOf } from "./indents.ts";

/**
 * Clears the flag before the work instead of behind it, and sets it again where the work fails. Only
 * where the clearing is the statement right behind the one that waits.
 */
export function clearFirst({ write, pauses }: TestWindow): Fix[] {
  const statement = statementOf(write.at);
  const [pause] = pauses;
  if (
    !isAssignment(write.at) ||
    statement === undefined ||
    pause === undefined ||
    pauses.length > 1
  ) {
    return [];
  }
  const work = statementOf(pause);
  if (work === undefined || !isInList(work) || work.parent !== statement.parent) return [];
  if (!isFunctionLike(enclosingFunction(write.at)) || !isNext(work, statement)) return [];
  const flag = textOf(write.at.left);
  const indent = indentOf(work);
  const inner = indent + unitOf(sourceFileOf(work));
  const text = [
    `try {`,
    `${inner}${textOf(work)}`,
    `${indent}} catch (error) {`,
    `${inner}${flag} = true;`,
    `${inner}throw error;`,
    `${indent}}`,
  ].join("\n");
  return [
    {
      title: `Clear '${flag}' before the work, and set it again if that fails`,
      safety: "suggestion",
      edits: [
        insertBefore(work, `${textOf(statement)}\n${indent}`),
        replace(work, text),
        statementRemoved(statement),
      ],
    },
  ];
}

/** Whether the one statement follows the other in their block. */
function isNext(first: Node, second: Node): boolean {
  const { parent } = first;
  const list = is.Block(parent) ? parent.statements : [];
  return list.indexOf(second) === list.indexOf(first) + 1;
}
