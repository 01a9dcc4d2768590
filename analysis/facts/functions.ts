import type { Program } from "../program.ts";
import {
  type FunctionLike,
  hasModifier,
  is,
  isClassLike,
  isFunctionExpression,
  Kind,
  type Node,
  nameOf,
  type PropertyAccess,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { mentionsOfName } from "./accesses.ts";
import { flowOwner } from "./flow-graph.ts";
import { rootClass, rootOfThis } from "./locations.ts";
import { isExported } from "./sharing.ts";

// By which name is a function known, and who can call it?
//
// From syntax: its own name, or that of the variable or property that it is put into. *Open* are
// functions that code outside of the file may get hold of: exported ones, public methods of classes
// and of objects that are handed out. Mentions are those of the very variable, and a method's
// receiver has to be `this` of its class or to have its type; one of type `any` is passed over.

/** Whether code that this file does not show may call the function. */
export function isOpen(fn: FunctionLike, program: Program): boolean {
  const holder = holderOfMethod(fn);
  if (holder === undefined) return isOutside(fn, program);
  const member = isFunctionExpression(fn) ? wrapped(fn).parent : fn;
  return !isHidden(member);
}

/** The class or object literal that the function is a method of. */
export function holderOfMethod(fn: FunctionLike): Node | undefined {
  const holder = isFunctionExpression(fn) ? wrapped(fn).parent : fn;
  const { parent } = holder;
  if (isClassLike(parent)) return parent;
  if (!is.ObjectLiteralExpression(parent)) return undefined;
  return holder === fn || is.PropertyAssignment(holder) ? parent : undefined;
}

/** Whether a variable's object leaves the function: returned, or put somewhere else. */
export function isHandedOut(variable: Node & { readonly name: Node }, program: Program): boolean {
  const name = nameOf(variable.name);
  if (name === undefined) return false;
  return mentionsOfName(name, sourceFileOf(variable), program).some((it) => {
    const { parent } = wrapped(it);
    return (
      is.ReturnStatement(parent) ||
      is.PropertyAssignment(parent) ||
      is.ShorthandPropertyAssignment(parent)
    );
  });
}

export function isOutsideVariable(variable: Node, program: Program): boolean {
  const statement = variable.parent.parent;
  return isExported(statement, program) || isExported(variable, program);
}

/** Whether `object.name` is the method; `this` tells by itself, other receivers by their type. */
function isMethod(access: PropertyAccess, fn: FunctionLike, program: Program): boolean {
  const receiver = unwrapped(access.expression);
  const root = is.ThisKeyword(receiver) ? rootOfThis(receiver) : undefined;
  if (root !== undefined && root.kind !== "variable") {
    const holder = holderOfMethod(fn);
    return holder === root.owner || (isClassLike(holder) && rootClass(holder) === root.owner);
  }
  const name = isFunctionExpression(fn) ? wrapped(fn).parent : fn;
  const file = sourceFileOf(fn).fileName;
  return (program.types.symbol(access.name)?.declarations ?? []).some(
    (it) => it.file === file && it.start === name.pos,
  );
}

/** A function of a module that others can import, or that another function hands out. */
export function isOutside(fn: FunctionLike, program: Program): boolean {
  if (isFunctionExpression(fn)) {
    const { parent } = wrapped(fn);
    if (is.ExportAssignment(parent)) return true;
    return is.VariableDeclaration(parent) && isAtTop(parent) && isOutsideVariable(parent, program);
  }
  return is.FunctionDeclaration(fn) && isExported(fn, program);
}

function isAtTop(node: Node): boolean {
  return is.SourceFile(flowOwner(node));
}

/** `private`, `protected` and `#name`; an underscore in front says the same. */
export function isHidden(member: Node): boolean {
  if (hasModifier(member, Kind.PrivateKeyword) || hasModifier(member, Kind.ProtectedKeyword))
    return true;
  const name = "name" in member && isNode(member.name) ? member.name : undefined;
  return is.PrivateIdentifier(name) || (nameOf(name)?.startsWith("_") ?? false);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** The places of the file that name the function: as a variable, or as a member of `this`. */
export function mentionsOfFunction(fn: FunctionLike, program: Program): readonly Node[] {
  const name = nameOfFunction(fn);
  if (name === undefined) return [];
  const file = sourceFileOf(fn);
  const isMember = holderOfMethod(fn) !== undefined;
  const own = isMember ? undefined : program.types.symbol(nameNode(fn))?.id;
  return mentionsOfName(name, file, program).flatMap((it) => {
    const { parent } = it;
    if (isMember) {
      const isIt = is.PropertyAccessExpression(parent) && parent.name === it;
      return isIt && isMethod(parent, fn, program) ? parent : [];
    }
    if (it === fn.name || (is.PropertyAccessExpression(parent) && parent.name === it)) return [];
    if ("name" in parent && parent.name === it) return [];
    return own === undefined || program.types.symbol(it)?.id === own ? it : [];
  });
}

/** The name by which a function is known: its own, or that of the variable or property it is in. */
export function nameOfFunction(fn: FunctionLike): string | undefined {
  const own = nameOf(fn.name);
  if (own !== undefined) return own;
  const { parent } = wrapped(fn);
  const isHeld =
    is.VariableDeclaration(parent) ||
    is.PropertyDeclaration(parent) ||
    is.PropertyAssignment(parent);
  return isHeld ? nameOf(parent.name) : undefined;
}

export function nameNode(fn: FunctionLike): Node {
  const { parent } = wrapped(fn);
  const isHeld =
    is.VariableDeclaration(parent) ||
    is.PropertyDeclaration(parent) ||
    is.PropertyAssignment(parent);
  return fn.name ?? (isHeld ? parent.name : fn);
}
