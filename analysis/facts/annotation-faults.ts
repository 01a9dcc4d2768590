import { SHARING_DECORATORS } from "../primitives/owners.ts";
import type { Program } from "../program.ts";
import {
  enclosingClass,
  is,
  isAssignment,
  isClassLike,
  isFunctionLike,
  type Node,
  nameOf,
  unwrapped,
} from "../syntax.ts";
import { type Annotation, annotationsOn } from "./annotations.ts";
import { declaredGuard, guardedUses, namesOfMembers, namesOfModule } from "./declared-guards.ts";
import { decoratorsOf, keptForGood } from "./sharing.ts";

// What is wrong with what is said of a declaration?
//
// It stands where it says nothing: `@singleOwner` is about classes, `@reentrant` about functions,
// `@guardedBy` about fields and variables. Or it names a lock that is not there, or none. Or the code
// in the same file shows the opposite: an object for the whole module of a class whose objects are said to
// have one owner each, a container that shares them, a lock that nobody holds wherever the place is
// used. A use without the lock, where others hold it, is a fault of the use, and inconsistent-lock's.
// That calls never overlap cannot be contradicted from inside a file. *Must*: silence where in doubt.

export type Fault =
  | { readonly kind: "misplaced"; readonly annotation: Annotation }
  | { readonly kind: "no-lock"; readonly annotation: Annotation }
  | {
      readonly kind: "unknown-lock";
      readonly annotation: Annotation;
      /** The names that there are. */
      readonly names: readonly string[];
    }
  | { readonly kind: "shared"; readonly annotation: Annotation; readonly at: Node }
  | {
      readonly kind: "never-held";
      readonly annotation: Annotation;
      readonly lock: string;
      readonly at: Node;
    }
  | { readonly kind: "unknown-member"; readonly name: string; readonly names: readonly string[] };

/** The faults of what is said of a declaration. */
export function faultsOf(declaration: Node, program: Program): readonly Fault[] {
  const faults = annotationsOn(declaration, program).flatMap((annotation) => {
    const fault = faultOf(annotation, declaration, program);
    return fault === undefined ? [] : [fault];
  });
  return [...faults, ...unknownMembers(declaration, program)];
}

function faultOf(annotation: Annotation, declaration: Node, program: Program): Fault | undefined {
  if (annotation.tag === "singleOwner") {
    const owner = classIn(declaration);
    if (owner === undefined) return { kind: "misplaced", annotation };
    const at =
      keptForGood(owner, program) ??
      decoratorsOf(owner).find((it) => SHARING_DECORATORS.has(it.name))?.at;
    return at && { kind: "shared", annotation, at };
  }
  if (annotation.tag === "reentrant") {
    return hasFunction(declaration) ? undefined : { kind: "misplaced", annotation };
  }
  if (!is.PropertyDeclaration(declaration) && !is.VariableStatement(declaration)) {
    return { kind: "misplaced", annotation };
  }
  if (annotation.value === "") return { kind: "no-lock", annotation };
  const guard = declaredGuard(declaration, program);
  if (guard === undefined) return undefined;
  if (guard.ids === undefined) {
    return { kind: "unknown-lock", annotation, names: namesNear(declaration) };
  }
  const { isEverHeld, without } = guardedUses(guard, program);
  const [first] = without;
  if (isEverHeld || first === undefined) return undefined;
  return { kind: "never-held", annotation, lock: guard.name, at: first.reference };
}

function classIn(declaration: Node): Parameters<typeof keptForGood>[0] | undefined {
  if (isClassLike(declaration)) return declaration;
  const value = valueOf(declaration);
  return isClassLike(value) ? value : undefined;
}

function hasFunction(declaration: Node): boolean {
  if (isFunctionLike(declaration)) return !is.Constructor(declaration);
  const value = valueOf(declaration);
  // What a call gives may be a function: `debounce(async () => …)`.
  return value === undefined
    ? is.MethodSignature(declaration)
    : isFunctionLike(value) || is.CallExpression(value);
}

/** What a variable, a field, a property of an object or an assignment is given. */
function valueOf(declaration: Node): Node | undefined {
  if (is.VariableStatement(declaration)) {
    const [first] = declaration.declarationList.declarations;
    return first?.initializer && unwrapped(first.initializer);
  }
  if (is.PropertyDeclaration(declaration) || is.PropertyAssignment(declaration)) {
    return declaration.initializer && unwrapped(declaration.initializer);
  }
  if (is.ExportAssignment(declaration)) return unwrapped(declaration.expression);
  if (!is.ExpressionStatement(declaration)) return undefined;
  const written = unwrapped(declaration.expression);
  return isAssignment(written) ? unwrapped(written.right) : undefined;
}

function namesNear(declaration: Node): readonly string[] {
  const owner = enclosingClass(declaration);
  const members = owner === undefined ? [] : namesOfMembers(owner);
  return [...members, ...namesOfModule(declaration)];
}

/** Members that the configuration speaks of, and that the class does not have. */
function unknownMembers(declaration: Node, program: Program): readonly Fault[] {
  if (!isClassLike(declaration) || !program.models.hasAnnotations) return [];
  const owner = nameOf(declaration.name);
  const spokenOf = owner === undefined ? [] : program.models.annotatedMembers(owner);
  const names = namesOfMembers(declaration);
  return spokenOf
    .filter((it) => !names.includes(it))
    .map((it) => ({ kind: "unknown-member", name: `${owner ?? ""}.${it}`, names }));
}
