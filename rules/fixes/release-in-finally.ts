import type { Unreleased } from "../../analysis/facts/resources.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  childrenOf,
  is,
  isOneOf,
  type Node,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
  wrapped,
} from "../../analysis/syntax.ts";
import { declaresForLater, movedIn, type Range, replaceRange, stepOf } from "./statement-range.ts";
import { indentOf, statementRemoved } from "./statements.ts";

/** Releases on every way out: by `await using`, or in a `finally` block. */
export function releaseOnEveryWay(found: Unreleased, program: Program): Fix[] {
  const statement = ancestor(found.name, is.VariableStatement);
  if (statement === undefined || !is.Block(statement.parent)) return [];
  if (statement.declarationList.declarations.length !== 1) return [];
  const releases = found.releases.map(statementReleasing);
  // A release that is part of something else, or stands under a condition, is left to people.
  if (releases.some((it) => it === undefined)) return [];
  const removed = releases.filter((it) => it !== undefined);
  return [...byUsing(found, statement, removed, program), ...inFinally(found, statement, removed)];
}

/** `await handle.close();` as a statement. */
function statementReleasing(mention: Node): Node | undefined {
  const member = wrapped(wrapped(mention).parent);
  const call = wrapped(member.parent);
  if (!is.CallExpression(member.parent)) return undefined;
  return statementOf(is.AwaitExpression(call.parent) ? call.parent : call);
}

const isFinallyOrIf = isOneOf("TryStatement", "IfStatement");

function byUsing(
  { name }: Unreleased,
  statement: Node,
  releases: readonly Node[],
  program: Program,
): Fix[] {
  const { disposal } = program.types.value(name);
  if (disposal !== "async" && disposal !== "both") return [];
  // A block that would be left empty belongs to something that has to be taken apart.
  const isPlain = releases.every(
    (it) =>
      !is.Block(it.parent) || it.parent === statement.parent || it.parent.statements.length > 1,
  );
  if (!isPlain || releases.some((it) => isFinallyOrIf(it.parent))) return [];
  const file = sourceFileOf(statement);
  const start = startOf(statement, file);
  const keyword = /^(?:const|let|var)\b/.exec(textOf(statement))?.[0];
  if (keyword === undefined) return [];
  return [
    {
      title: `Release '${name.text}' by 'await using' when the block ends`,
      safety: "suggestion",
      edits: [
        { file: file.fileName, start, end: start + keyword.length, text: "await using" },
        ...releases.map(statementRemoved),
      ],
    },
  ];
}

function inFinally({ name }: Unreleased, statement: Node, releases: readonly Node[]): Fix[] {
  const siblings = childrenOf(statement.parent);
  const behind = siblings.slice(siblings.indexOf(statement) + 1);
  const [only, another] = releases;
  if (only === undefined || another !== undefined || !behind.includes(only)) return [];
  const inside = behind.slice(0, behind.indexOf(only));
  const first = inside[0];
  const end = inside.at(-1);
  const last = behind.at(-1);
  if (first === undefined || end === undefined || last === undefined) return [];
  // What is declared in between and needed behind stays with the resource.
  const isNeeded = declaresForLater({ first, last: end });
  const range: Range = isNeeded ? { first, last } : { first, last: end };
  const replaced: Range = isNeeded ? range : { first, last: only };
  const indent = indentOf(statement);
  const step = stepOf(statement);
  const body = movedIn(range, step, [only]);
  const text = `try {\n${indent}${step}${body}\n${indent}} finally {\n${indent}${step}${textOf(only)}\n${indent}}`;
  return [
    {
      title: `Release '${name.text}' in a finally block`,
      safety: "suggestion",
      edits: [replaceRange(replaced, text)],
    },
  ];
}
