import { type Edit, insertAfter, replace } from "../../analysis/edit.ts";
import type { Access } from "../../analysis/facts/access-kinds.ts";
import { writesTo } from "../../analysis/facts/accesses.ts";
import { isHidden } from "../../analysis/facts/functions.ts";
import { fills } from "../../analysis/facts/memos.ts";
import { typeOfPlace } from "../../analysis/facts/place-types.ts";
import { isExported } from "../../analysis/facts/sharing.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  declarationKeyword,
  enclosingFunction,
  is,
  isAssignment,
  isClassLike,
  isJavaScript,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { linesIn } from "./indents.ts";
import { indentOf } from "./statements.ts";

/**
 * `this.conn = await (this.connPending ??= connect().catch(…))` for `this.conn = await connect()`:
 * whoever comes while the work is under way waits for the same promise, which is forgotten when it
 * rejects, so that the next call tries again. Where something else may empty the place, the promise
 * is forgotten in any case, and fills the place before it is, so that nobody comes in between.
 *
 * Of a flag it is the only thing that the function waits for before it sets it.
 */
export function sharePromise(write: Access, pauses: readonly Node[], program: Program): Fix[] {
  const awaited = awaitedFor(write, pauses);
  if (awaited === undefined) return [];
  const work = unwrapped(awaited.expression);
  if (!is.CallExpression(work) || !isRealPromise(work, program)) return [];
  const { at, reference, location } = write;
  const target = unwrapped(reference);
  const isFlag = !isWhole(write, awaited);
  const isKept = isKeptForGood(write, program);
  const holder = declarationBeside(write, isFlag ? "unknown" : undefined);
  if (holder === undefined || location.path.length > 1 || (isFlag && !isKept)) return [];
  const own = is.PropertyAccessExpression(target) ? target.name : target;
  const plain = (nameOf(own) ?? "it").replace(/^[#_]+/, "");
  const name = freeIn(`${plain}Pending`, at);
  const isPrivate = is.PrivateIdentifier(own);
  const pending = is.PropertyAccessExpression(target)
    ? `${textOf(target.expression)}.${isPrivate ? "#" : ""}${name}`
    : name;
  const parameter = own === target ? freeIn("made", at) : plain;
  const file = sourceFileOf(at);
  const error = isJavaScript(file) ? "error" : "error: unknown";
  const lines = isKept
    ? [
        `(${pending} ??= ${textOf(work)}.catch((${error}) => {`,
        `  ${pending} = undefined;`,
        `  throw error;`,
        `}))`,
      ]
    : [
        `(${pending} ??= ${textOf(work)}`,
        `  .then((${parameter}) => (${textOf(target)} = ${parameter}))`,
        `  .finally(() => {`,
        `    ${pending} = undefined;`,
        `  }))`,
      ];
  const text = linesIn(file, indentOf(awaited), lines);
  return [
    {
      title: `Let all calls wait for the same '${plain}'`,
      safety: "suggestion",
      edits: [holder(isPrivate ? `#${name}` : name), replace(awaited.expression, text)],
      chosen: [name],
    },
  ];
}

function isWhole({ value }: Access, awaited: Node): boolean {
  return value !== undefined && unwrapped(value) === awaited;
}

/** What fills the place, or what a flag is set after, where that is all that is waited for. */
export function awaitedFor(
  { at, value }: Access,
  pauses: readonly Node[],
): NodeOf<"AwaitExpression"> | undefined {
  const given = value && unwrapped(value);
  if (!isAssignment(at)) return undefined;
  if (is.AwaitExpression(given)) return given;
  const [pause, another] = pauses;
  const isFlag = is.TrueKeyword(given) && another === undefined && is.AwaitExpression(pause);
  const isOfSame = isFlag && enclosingFunction(pause) === enclosingFunction(at);
  return isOfSame && is.ExpressionStatement(pause.parent) ? pause : undefined;
}

/** Whether nothing takes away again what is put there, as far as other code can reach the place. */
export function isKeptForGood({ at, location }: Access, program: Program): boolean {
  const { root, path } = location;
  if (root.kind === "variable") {
    if (isExported(root.declaration, program)) return false;
  } else {
    const [name] = path;
    const members = isClassLike(root.owner) ? root.owner.members : [];
    const member = members.find((it) => is.PropertyDeclaration(it) && nameOf(it.name) === name);
    if (member === undefined || !isHidden(member)) return false;
  }
  const changes = writesTo(location, sourceFileOf(at), program);
  return changes.every((it) => it.at === at || fills(it));
}

function isRealPromise(work: Node, program: Program): boolean {
  const { extent, names } = program.types.promise(work);
  return extent === "all" && names.every((it) => it.name === "Promise" && it.module === "lib");
}

/** Declares the promise next to the place that its value goes to, of the type of that if no other is given. */
function declarationBeside(access: Access, given: string | undefined) {
  const declared = declarationOfPlace(access);
  if (declared === undefined) return undefined;
  const { declaration, whole, before } = declared;
  const js = isJavaScript(sourceFileOf(whole));
  const type = js ? "" : (given ?? typeOfPlace(declaration));
  if (type === undefined) return undefined;
  const typed = js ? "" : `: Promise<${type}> | undefined`;
  return (name: string): Edit =>
    insertAfter(whole, `\n${indentOf(whole)}${before(name, "let ")}${name}${typed};`);
}

export interface DeclaredPlace {
  readonly declaration: NodeOf<"VariableDeclaration"> | NodeOf<"PropertyDeclaration">;
  /** The statement or member, behind which another can be put. */
  readonly whole: Node;
  /** What stands before the name of another one beside it: modifiers of a member, or the keyword. */
  readonly before: (name: string, keyword: string) => string;
}

/** Where the place is declared: a variable in a statement, or a field of a class. */
export function declarationOfPlace({
  location: { root },
  reference,
}: Access): DeclaredPlace | undefined {
  if (root.kind === "variable") {
    const { declaration } = root;
    const list = declaration.parent;
    const statement = list.parent;
    if (!is.VariableDeclaration(declaration) || !is.VariableDeclarationList(list)) return undefined;
    if (!is.VariableStatement(statement) || declarationKeyword(list) === "const") return undefined;
    return { declaration, whole: statement, before: (_, keyword) => keyword };
  }
  const { owner } = root;
  const target = unwrapped(reference);
  if (!isClassLike(owner) || !is.PropertyAccessExpression(target)) return undefined;
  const wanted = nameOf(target.name);
  const field = owner.members.find(
    (it) => is.PropertyDeclaration(it) && nameOf(it.name) === wanted,
  );
  if (field === undefined || !is.PropertyDeclaration(field)) return undefined;
  const isPlain = isJavaScript(sourceFileOf(field));
  const before = (name: string, keyword: string) => {
    const access = isPlain || name.startsWith("#") ? "" : "private ";
    const isFixed = keyword === "const " && !isPlain ? "readonly " : "";
    return `${access}${root.kind === "static" ? "static " : ""}${isFixed}`;
  };
  return { declaration: field, whole: field, before };
}

/** The name, or the name with a number behind it, that the file does not use yet. */
export function freeIn(name: string, near: Node): string {
  const { text } = sourceFileOf(near);
  const isUsed = (it: string) => new RegExp(`\\b${it}\\b`).test(text);
  if (!isUsed(name)) return name;
  let at = 2;
  while (isUsed(`${name}${String(at)}`)) at += 1;
  return `${name}${String(at)}`;
}
