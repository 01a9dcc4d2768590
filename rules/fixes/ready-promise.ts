import { type Edit, replace } from "../../analysis/edit.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type ClassLike,
  enclosingFunction,
  type FunctionLike,
  is,
  isClassLike,
  isJavaScript,
  isOneOf,
  Kind,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  textOf,
} from "../../analysis/syntax.ts";
import { indentOf } from "./statements.ts";

/** Keeps what a constructor starts in a field `ready`, for methods and users to wait for. */
export function keepReadyPromise(expression: Node, program: Program): Fix[] {
  const owner = enclosingFunction(expression);
  const statement = expression.parent;
  if (!is.Constructor(owner) || !is.ExpressionStatement(statement)) return [];
  // In a branch, the field would stay empty on the other one.
  if (statement.parent !== owner.body || !isClassLike(owner.parent)) return [];
  if (isTaken("ready", owner, owner.parent)) return [];
  const { extent, names, nullable } = program.types.promise(expression);
  if (extent !== "all" || nullable || names.some(({ name }) => name !== "Promise")) return [];
  const marked = `this.ready.catch(() => {});`;
  const kept = `this.ready = ${textOf(expression)};\n${indentOf(statement)}${marked}`;
  const gives = program.types.value(expression).gives === "nothing" ? "void" : "unknown";
  return [
    {
      title: "Keep the promise in a field 'ready' to wait for",
      safety: "suggestion",
      edits: [
        ...declaration(owner, `readonly ready: Promise<${gives}>;`),
        replace(statement, kept),
      ],
    },
  ];
}

const hasName = isOneOf("PropertyDeclaration", "MethodDeclaration", "GetAccessor", "SetAccessor");

/** What a base class calls its members cannot be seen from here. */
function isTaken(name: string, owner: FunctionLike, { members, heritageClauses }: ClassLike) {
  return (
    heritageClauses?.some(({ token }) => token === Kind.ExtendsKeyword) === true ||
    owner.parameters.some((it) => nameOf(it.name) === name) ||
    members.some((it) => hasName(it) && nameOf(it.name) === name)
  );
}

/** A field above the constructor, and above the comment that belongs to it. */
function declaration(owner: Node, text: string): Edit[] {
  const file = sourceFileOf(owner);
  if (isJavaScript(file)) return [];
  const lineEnd = file.text.indexOf("\n", owner.pos);
  const start = startOf(owner, file);
  const insertion =
    0 <= lineEnd && lineEnd < start
      ? { start: lineEnd, end: lineEnd, text: `\n${indentOf(owner)}${text}` }
      : { start, end: start, text: `${text} ` };
  return [{ file: file.fileName, ...insertion }];
}
