import type { AnnotationModel } from "../primitives/primitive.ts";
import type { Program } from "../program.ts";
import {
  is,
  isClassLike,
  isFunctionLike,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  wrapped,
} from "../syntax.ts";

// What does the user say of a class, a function or a place?
//
// In the comment in front of a declaration: `/** @singleOwner */` on a class, `/** @reentrant */` on a
// function, `/** @guardedBy lock */` on a field or a variable. Only the last comment of that kind counts,
// as with any documentation, and a tag in back quotes is talked about. The configuration says the same
// of declarations by their names, `Class`, `Class.member` or `name`, in whichever file they are. What is
// said is believed; rules/wrong-annotation looks whether the code agrees.

export type Tag = "singleOwner" | "reentrant" | "guardedBy";

export interface Annotation {
  readonly tag: Tag;
  /** What stands behind the tag: the lock, for `guardedBy`; empty: nothing does. */
  readonly value: string;
  readonly from: "comment" | "configuration";
}

/** All that is said of a declaration: a class, a member, a function, or the statement of a variable. */
export function annotationsOn(declaration: Node, program: Program): readonly Annotation[] {
  return [...inComment(declaration), ...inConfiguration(declaration, program)];
}

/** Whether somebody says so of the declaration. */
export function isAnnotated(declaration: Node, tag: Tag, program: Program): boolean {
  return annotationsOn(declaration, program).some((it) => it.tag === tag);
}

function inComment(declaration: Node): readonly Annotation[] {
  const file = sourceFileOf(declaration);
  const start = startOf(declaration, file);
  if (start === declaration.pos) return [];
  const before = file.text.slice(declaration.pos, start);
  if (!before.includes("@")) return [];
  // Comments one after the other: in a line comment, `/**` begins nothing.
  const comments = before.match(/\/\/[^\n]*|\/\*[^]*?\*\//g) ?? [];
  const comment = comments.findLast((it) => it.startsWith("/**")) ?? "";
  return [...comment.matchAll(TAGS)].flatMap(({ groups = {} }): readonly Annotation[] => {
    const { tag, value = "" } = groups;
    if (tag !== "singleOwner" && tag !== "reentrant" && tag !== "guardedBy") return [];
    return [{ tag, value: tag === "guardedBy" ? value : "", from: "comment" }];
  });
}

const TAGS = /(?<![`\w{])@(?<tag>singleOwner|reentrant|guardedBy)\b[ \t]*(?<value>[\w$.#]*)/g;

function inConfiguration(declaration: Node, program: Program): readonly Annotation[] {
  if (!program.models.hasAnnotations) return [];
  const name = qualifiedName(declaration);
  const model = name === undefined ? undefined : program.models.annotation(name);
  return model === undefined ? [] : said(model);
}

function said({ singleOwner, reentrant, guardedBy }: AnnotationModel): readonly Annotation[] {
  const from = "configuration" as const;
  return [
    ...(singleOwner === true ? [{ tag: "singleOwner", value: "", from } as const] : []),
    ...(reentrant === true ? [{ tag: "reentrant", value: "", from } as const] : []),
    ...(guardedBy === undefined ? [] : [{ tag: "guardedBy", value: guardedBy, from } as const]),
  ];
}

/** `Pool`, `Pool.size`, `refill`: how the configuration calls a declaration. */
export function qualifiedName(declaration: Node): string | undefined {
  if (is.VariableStatement(declaration)) {
    const [only, another] = declaration.declarationList.declarations;
    return another === undefined ? nameOf(only?.name) : undefined;
  }
  const name =
    isClassLike(declaration) || isFunctionLike(declaration) || is.PropertyDeclaration(declaration)
      ? nameOf(declaration.name)
      : undefined;
  const holder = declaration.parent;
  if (!isClassLike(holder)) return name ?? nameOfHolder(declaration);
  const owner = nameOf(holder.name) ?? nameOfHolder(holder);
  return owner === undefined || name === undefined ? undefined : `${owner}.${name}`;
}

/** `const Pool = class { … }`. */
function nameOfHolder(value: Node): string | undefined {
  const holder = wrapped(value).parent;
  return is.VariableDeclaration(holder) ? nameOf(holder.name) : undefined;
}
