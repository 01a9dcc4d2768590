import type { Program } from "../program.ts";
import {
  type ClassLike,
  enclosingClass,
  is,
  isFunctionExpression,
  isFunctionLike,
  isInside,
  Kind,
  hasModifier,
  type Node,
  nameOf,
  sourceFileOf,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { accessesTo, isInitialisation } from "./accesses.ts";
import { type Annotation, annotationsOn } from "./annotations.ts";
import { baseClass, type Location, locationOf, placeOfField } from "./locations.ts";
import { wayTo } from "./lock-identity.ts";
import { type Held, heldAt } from "./locks.ts";
import { namesakesIn } from "./names-in-file.ts";

// Which lock is said to guard a place, and who uses the place without it?
//
// `/** @guardedBy lock */` stands on a field or a variable. The lock is a field of the same class or of
// a base of it in the file, with or without `this.` in front, or a variable of the module. It is held
// where facts/locks.ts says so; one of several that a holder has (`locks.get(id)`) is as good as the
// holder, since nobody can say from outside which one is meant. What makes the object, and loads the
// module, comes before anybody else can look. *Must*, by what is said: all other accesses in the file
// count, reads too, for the one who wrote the tag has asked for it.

export interface DeclaredGuard {
  /** The field, or the statement of the variable. */
  readonly declaration: Node;
  readonly annotation: Annotation;
  readonly location: Location;
  /** As it is called in messages: `this.mutex`. */
  readonly name: string;
  /** Identities of the lock, as mentions of it have them; undefined: there is no such thing. */
  readonly ids: readonly string[] | undefined;
}

/** What a declaration of a field or variable is said to be guarded by. */
export function declaredGuard(declaration: Node, program: Program): DeclaredGuard | undefined {
  const annotation = annotationsOn(declaration, program).find((it) => it.tag === "guardedBy");
  const location = annotation && placeOf(declaration, program);
  if (annotation === undefined || location === undefined || annotation.value === "") {
    return undefined;
  }
  const written = annotation.value.replace(/^this\./, "").replace(/\.$/, "");
  const owner = is.PropertyDeclaration(declaration) ? enclosingClass(declaration) : undefined;
  const member = owner && memberCalled(written, owner);
  if (member !== undefined) {
    const ids = idsOf(member, declaration, program, true);
    return { declaration, annotation, location, name: `this.${member}`, ids };
  }
  const ids = idsOf(written, declaration, program, false);
  const isThere = ids.length > 0 || namesOfModule(declaration).has(written);
  return { declaration, annotation, location, name: written, ids: isThere ? ids : undefined };
}

function placeOf(declaration: Node, program: Program): Location | undefined {
  if (is.PropertyDeclaration(declaration)) return placeOfField(declaration);
  if (!is.VariableStatement(declaration)) return undefined;
  const [only, another] = declaration.declarationList.declarations;
  const name = another === undefined ? only?.name : undefined;
  return is.Identifier(name) ? locationOf(name, program) : undefined;
}

/** The name of a member of the class or of its bases in the file, as it is declared. */
function memberCalled(written: string, owner: ClassLike): string | undefined {
  const last = written.slice(written.lastIndexOf(".") + 1);
  const first = written.slice(0, Math.max(0, written.lastIndexOf(".")));
  if (first !== "" && first !== nameOf(owner.name)) return undefined;
  for (let at: ClassLike | undefined = owner; at !== undefined; at = baseClass(at)) {
    const name = namesOfMembers(at).find((it) => it === last || it === `#${last}`);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Fields, accessors, methods that give a lock, and parameters of the constructor that are fields. */
export function namesOfMembers(owner: ClassLike): readonly string[] {
  return owner.members.flatMap((it) => {
    const name = nameOf("name" in it && isNode(it.name) ? it.name : undefined);
    if (!is.Constructor(it)) return name ?? [];
    return it.parameters.flatMap((parameter) => {
      const isField = FIELD_MODIFIERS.some((modifier) => hasModifier(parameter, modifier));
      return isField ? (nameOf(parameter.name) ?? []) : [];
    });
  });
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value;
}

const FIELD_MODIFIERS = [
  Kind.PrivateKeyword,
  Kind.ProtectedKeyword,
  Kind.PublicKeyword,
  Kind.ReadonlyKeyword,
];

/** What a module has names for at its top. */
export function namesOfModule(near: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (node: Node | undefined) => {
    const name = nameOf(node);
    if (name !== undefined) names.add(name);
  };
  for (const statement of sourceFileOf(near).statements) {
    if (is.VariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) add(name);
    } else if (is.ImportDeclaration(statement)) {
      const clause = statement.importClause;
      clause?.forEachChild((it) => {
        if (is.Identifier(it)) add(it);
        it.forEachChild((inner) => {
          if (is.ImportSpecifier(inner)) add(inner.name);
          else if (is.Identifier(inner)) add(inner);
          return undefined;
        });
        return undefined;
      });
    } else if ("name" in statement && isNode(statement.name)) add(statement.name);
  }
  return names;
}

/** The identities that mentions of the lock have in the file. */
function idsOf(
  name: string,
  declaration: Node,
  program: Program,
  isMember: boolean,
): readonly string[] {
  const ids = new Set<string>();
  for (const mention of namesakesIn(sourceFileOf(declaration), name, program)) {
    const access = mention.parent;
    const isAccess = is.PropertyAccessExpression(access) && access.name === mention;
    if (isAccess !== isMember || isDeclared(mention)) continue;
    const way = wayTo(isAccess ? access : mention, program);
    if (way !== undefined) ids.add(way.id);
  }
  return [...ids];
}

function isDeclared(mention: Node): boolean {
  const { parent } = mention;
  return (
    (is.VariableDeclaration(parent) || is.Parameter(parent) || is.PropertyDeclaration(parent)) &&
    parent.name === mention
  );
}

/** Whether the lock is held at a node. */
export function holdsGuard(node: Node, { ids }: DeclaredGuard, program: Program): boolean {
  return heldAt(node, program).some((it) => ids?.some((id) => isOneOf(it, id)) === true);
}

/** The lock itself, one of those that it holds, or one of its faces (`lock.read`). */
function isOneOf({ lock }: Held, id: string): boolean {
  return lock.id === id || (lock.id.startsWith(id) && /^[[(.]/.test(lock.id.slice(id.length)));
}

export interface GuardedUses {
  /** Those that do not hold the lock, in source order. */
  readonly without: readonly Access[];
  readonly isEverHeld: boolean;
}

/** The uses of a guarded place in the file, what makes the object left out. */
export function guardedUses(guard: DeclaredGuard, program: Program): GuardedUses {
  const file = sourceFileOf(guard.declaration);
  const seen = new Set<Node>();
  const without: Access[] = [];
  let isEverHeld = false;
  const uses = accessesTo(guard.location, file, program).filter(
    (it) => !isInitialisation(it) && !isInConstructor(it, guard),
  );
  // A write says more than the read that is a part of it.
  for (const use of uses.toSorted(
    (a, b) => Number(a.kind === "read") - Number(b.kind === "read"),
  )) {
    if (seen.has(use.reference)) continue;
    seen.add(use.reference);
    if (holdsGuard(use.at, guard, program)) isEverHeld = true;
    else without.push(use);
  }
  return { without: without.toSorted((a, b) => a.at.pos - b.at.pos), isEverHeld };
}

/** Reads of a constructor, and what it does with its own callbacks on the spot. */
function isInConstructor({ at }: Access, { declaration }: DeclaredGuard): boolean {
  for (
    let node = at.parent;
    !is.SourceFile(node) && isInside(node, declaration.parent);
    node = node.parent
  ) {
    if (is.Constructor(node)) return true;
    if (isFunctionLike(node) && !isFunctionExpression(node)) return false;
  }
  return false;
}
