import { ts } from "ts-morph";

// What the flags of a type say by themselves.

export const INSTANTIABLE = ts.TypeFlags.Instantiable;

const NOTHING = ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void;

export const PRIMITIVE =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.ESSymbolLike |
  ts.TypeFlags.Void |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null |
  ts.TypeFlags.Never;

export function isOpaque(type: ts.Type): boolean {
  return (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0;
}

export function isNothing(type: ts.Type): boolean {
  return (type.flags & NOTHING) !== 0;
}

export function isNullable(type: ts.Type): boolean {
  return partsOf(type).some(isNothing);
}

export function isOrVoid(type: ts.Type): boolean {
  return partsOf(type).some((it) => (it.flags & ts.TypeFlags.Void) !== 0);
}

export function partsOf(type: ts.Type): readonly ts.Type[] {
  return type.isUnion() ? type.types : [type];
}

export function callSignatures(type: ts.Type): readonly ts.Signature[] {
  return partsOf(type).flatMap((it) => it.getCallSignatures());
}

/** Whether other type arguments could make a promise of it, or something else. */
export function dependsOnTypeArguments(type: ts.Type): boolean {
  const parts = type.isUnionOrIntersection() ? type.types : [type];
  return parts.some((it) => (it.flags & INSTANTIABLE) !== 0);
}

/** A type parameter stands for what bounds it; undefined where nothing does. */
export function boundOf(type: ts.Type, checker: ts.TypeChecker): ts.Type | undefined {
  return type.flags & INSTANTIABLE ? checker.getBaseConstraintOfType(type) : type;
}
