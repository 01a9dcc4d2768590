import { type Edit, insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import { calledName } from "../../analysis/facts/race-timers.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  enclosingFunction,
  is,
  isOneOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { holdMutexAround } from "./hold-mutex.ts";
import { unitOf } from "./indents.ts";
import { beside } from "./node-modules.ts";
import { indentOf, isInList } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

/**
 * The lock, and the file written under another name that is then put in the place of the old one: so
 * that nobody, in no process, reads half a file. By itself that would hide that a change is lost.
 */
export function holdAndReplace(write: CallExpression, program: Program): Fix[] {
  const [held] = holdMutexAround(write, program);
  const moved = written(write);
  if (held === undefined || moved === undefined) return [];
  return [
    {
      ...held,
      title: `${held.title}, and replace the file in one step`,
      edits: [...held.edits, ...moved.edits],
      chosen: [...(held.chosen ?? []), moved.name],
    },
  ];
}

const isPath = isOneOf("Identifier", "PropertyAccessExpression", "StringLiteral");

function written(
  write: CallExpression,
): { readonly name: string; readonly edits: readonly Edit[] } | undefined {
  const [path] = write.arguments;
  const awaited = wrapped(write).parent;
  const statement = is.AwaitExpression(awaited) ? statementOf(awaited) : undefined;
  if (path === undefined || !isPath(unwrapped(path)) || calledName(write) !== "writeFile")
    return undefined;
  const body = enclosingFunction(write)?.body;
  if (statement === undefined || !isInList(statement) || body === undefined) return undefined;
  const rename = beside(write.expression, "rename");
  const name = unusedName(write, ["temporary", "temporaryPath"]);
  if (rename === undefined || name === undefined || !textOf(body).includes("\n")) return undefined;
  const line = `\n${indentOf(statement)}${unitOf(sourceFileOf(statement))}`;
  const text = is.StringLiteral(unwrapped(path))
    ? `\`${textOf(path).slice(1, -1)}.\${process.pid}.tmp\``
    : `\`\${${textOf(path)}}.\${process.pid}.tmp\``;
  return {
    name,
    edits: [
      ...rename.edits,
      insertBefore(statement, `const ${name} = ${text};${line}`),
      replace(path, name),
      insertAfter(statement, `${line}await ${rename.text}(${name}, ${textOf(path)});`),
    ],
  };
}
