import { type Edit, insertAfter, replace } from "../../analysis/edit.ts";
import type { Access } from "../../analysis/facts/access-kinds.ts";
import { typeOfPlace } from "../../analysis/facts/place-types.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  declarationKeyword,
  is,
  isAssignment,
  isClassLike,
  isJavaScript,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { indentOf } from "./statements.ts";

/**
 * `this.conn = await (this.connPending ??= connect().then(…).finally(…))` for
 * `this.conn = await connect()`: whoever comes while the work is under way waits for the same
 * promise. The place is filled before the promise is forgotten, so that nobody comes in between, and
 * the promise is forgotten when it rejects, so that the next call tries again.
 */
export function sharePromise(write: Access, program: Program): Fix[] {
  const { at, reference, value, location } = write;
  const awaited = value && unwrapped(value);
  if (!isAssignment(at) || !is.AwaitExpression(awaited)) return [];
  const work = unwrapped(awaited.expression);
  if (!is.CallExpression(work) || !isRealPromise(work, program)) return [];
  const target = unwrapped(reference);
  const holder = declarationBeside(write);
  if (holder === undefined || location.path.length > 1) return [];
  const own = is.PropertyAccessExpression(target) ? target.name : target;
  const plain = (nameOf(own) ?? "it").replace(/^[#_]+/, "");
  const name = freeIn(`${plain}Pending`, at);
  const isHidden = is.PrivateIdentifier(own);
  const pending = is.PropertyAccessExpression(target)
    ? `${textOf(target.expression)}.${isHidden ? "#" : ""}${name}`
    : name;
  const parameter = own === target ? freeIn("made", at) : plain;
  const indent = indentOf(at);
  const text = [
    `(${pending} ??= ${textOf(work)}`,
    `${indent}  .then((${parameter}) => (${textOf(target)} = ${parameter}))`,
    `${indent}  .finally(() => {`,
    `${indent}    ${pending} = undefined;`,
    `${indent}  }))`,
  ].join("\n");
  return [
    {
      title: `Let all calls wait for the same '${plain}'`,
      safety: "suggestion",
      edits: [holder(isHidden ? `#${name}` : name), replace(awaited.expression, text)],
      chosen: [name],
    },
  ];
}

function isRealPromise(work: Node, program: Program): boolean {
  const { extent, names } = program.types.promise(work);
  return extent === "all" && names.every((it) => it.name === "Promise" && it.module === "lib");
}

/** Declares the promise next to the place that its value goes to. */
function declarationBeside({
  location: { root },
  reference,
}: Access): ((name: string) => Edit) | undefined {
  const js = isJavaScript(sourceFileOf(reference));
  if (root.kind === "variable") {
    const { declaration } = root;
    const list = declaration.parent;
    const statement = list.parent;
    if (!is.VariableDeclaration(declaration) || !is.VariableDeclarationList(list)) return undefined;
    if (!is.VariableStatement(statement) || declarationKeyword(list) === "const") return undefined;
    const type = js ? "" : typeOfPlace(declaration);
    if (type === undefined) return undefined;
    const typed = js ? "" : `: Promise<${type}> | undefined`;
    return (name) => insertAfter(statement, `\n${indentOf(statement)}let ${name}${typed};`);
  }
  const { owner } = root;
  const target = unwrapped(reference);
  if (!isClassLike(owner) || !is.PropertyAccessExpression(target)) return undefined;
  const wanted = nameOf(target.name);
  const field = owner.members.find(
    (it) => is.PropertyDeclaration(it) && nameOf(it.name) === wanted,
  );
  if (field === undefined || !is.PropertyDeclaration(field)) return undefined;
  const type = js ? "" : typeOfPlace(field);
  if (type === undefined) return undefined;
  const isStatic = root.kind === "static" ? "static " : "";
  return (name) => {
    const access = js || name.startsWith("#") ? "" : "private ";
    const typed = js ? "" : `: Promise<${type}> | undefined`;
    return insertAfter(field, `\n${indentOf(field)}${access}${isStatic}${name}${typed};`);
  };
}

/** The name, or the name with a number behind it, that the file does not use yet. */
function freeIn(name: string, near: Node): string {
  const { text } = sourceFileOf(near);
  const isUsed = (it: string) => new RegExp(`\\b${it}\\b`).test(text);
  if (!isUsed(name)) return name;
  let at = 2;
  while (isUsed(`${name}${String(at)}`)) at += 1;
  return `${name}${String(at)}`;
}
