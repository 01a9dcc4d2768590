import { insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import { accessesTo } from "../../analysis/facts/accesses.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import type { StaleUse } from "../../analysis/facts/stale-uses.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  enclosingFunction,
  hasQuestionDot,
  is,
  isLoop,
  isOneOf,
  type Node,
  nameOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { indentOf, isInList } from "./statements.ts";

/** `this.conn?.ping()`: nothing is done where the place is empty by now. Only for statements. */
export function useIfThere({ use, location }: StaleUse, program: Program): Fix[] {
  const access = wrapped(use).parent;
  const call = is.PropertyAccessExpression(access) ? wrapped(access).parent : undefined;
  if (!is.PropertyAccessExpression(access) || !is.CallExpression(call)) return [];
  const outer = wrapped(call);
  const isStatement =
    statementOf(call) !== undefined ||
    (is.AwaitExpression(outer.parent) && statementOf(outer.parent) !== undefined);
  if (!isStatement || unwrapped(call.expression) !== access || hasQuestionDot(call)) return [];
  if (is.NonNullExpression(use.parent)) return [];
  const isFollowed = accessesTo(location, sourceFileOf(use), program).some(
    (it) => flowOwner(it.at) === flowOwner(use) && use.end < it.reference.pos,
  );
  if (isFollowed) return [];
  return [
    {
      title: `Use '${textOf(use)}' only if it is still there`,
      safety: "suggestion",
      edits: [insertAfter(access.expression, "?")],
    },
  ];
}

/** One constant for the test and for the use, so that both are about the same object. */
export function keepChecked({ use, condition, location }: StaleUse, program: Program): Fix[] {
  const { read } = condition;
  const statement = ancestor(read, is.IfStatement);
  const isTested = statement !== undefined && isWithin(read, statement.expression);
  if (statement === undefined || !isTested || !isInList(statement)) return [];
  if (enclosingFunction(use) !== enclosingFunction(read)) return [];
  if (ancestor(read, isLoop) !== ancestor(use, isLoop) || !isInside(use, statement.parent))
    return [];
  if (is.BindingElement(read) || textOf(read) !== textOf(use)) return [];
  const inner = unwrapped(use);
  const plain = nameOf(is.PropertyAccessExpression(inner) ? inner.name : inner);
  const name = is.PropertyAccessExpression(inner)
    ? plain?.replace(/^[#_]+/, "")
    : `${plain ?? "it"}Now`;
  const { text } = sourceFileOf(use);
  if (name === undefined || new RegExp(`(?<![.#])\\b${name}\\b(?!\\s*[?!]?\\s*:)`).test(text))
    return [];
  const owner = flowOwner(use);
  const later = accessesTo(location, sourceFileOf(use), program).filter(
    (it) => flowOwner(it.at) === owner && read.pos <= it.reference.pos,
  );
  // Another value is another object.
  if (later.some((it) => it.kind === "write" || is.BindingElement(it.reference))) return [];
  if (!later.every((it) => isWithin(it.reference, statement.parent))) return [];
  return [
    {
      title: `Keep '${textOf(use)}' in a constant for the test and the use`,
      safety: "suggestion",
      edits: [
        insertBefore(statement, `const ${name} = ${textOf(use)};\n${indentOf(statement)}`),
        ...later.filter((it) => it.kind === "read").map((it) => replace(it.reference, name)),
      ],
    },
  ];
}

function isWithin(node: Node, outer: Node): boolean {
  return outer.pos <= node.pos && node.end <= outer.end;
}

function isInside(node: Node, block: Node): boolean {
  return isWithin(node, block) && isBlock(block);
}

const isBlock = isOneOf("Block", "SourceFile", "CaseClause", "DefaultClause", "ModuleBlock");
