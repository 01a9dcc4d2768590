import { is, type Node, textOf, unwrapped } from "../syntax.ts";

// Which type does a declaration write down for what a place holds when it is not empty?
//
// For fixes that have to declare something beside it. Only what is written: a union is taken apart
// and `undefined` and `null` left out; an inferred type has no text that could be copied.

/** The text of the declared type without `undefined` and `null`; undefined: none is written. */
export function typeOfPlace(declaration: { readonly type?: Node | undefined }): string | undefined {
  const { type } = declaration;
  if (type === undefined) return undefined;
  const parts = is.UnionType(type) ? type.types : [type];
  const left = parts.filter((it) => !isNothing(it));
  return left.length === 0 ? undefined : left.map(textOf).join(" | ");
}

function isNothing(type: Node): boolean {
  if (is.UndefinedKeyword(type)) return true;
  return is.LiteralType(type) && is.NullKeyword(unwrapped(type.literal));
}

/** The arguments of `Map<K, V>`, where a declaration or its construction writes them. */
export function argumentsOfMap(declaration: {
  readonly type?: Node | undefined;
  readonly initializer?: Node | undefined;
}): readonly [string, string] | undefined {
  const { type, initializer } = declaration;
  const made = initializer && unwrapped(initializer);
  const written = is.TypeReference(type)
    ? type.typeArguments
    : is.NewExpression(made)
      ? made.typeArguments
      : undefined;
  const [key, value, another] = written ?? [];
  if (key === undefined || value === undefined || another !== undefined) return undefined;
  return [textOf(key), textOf(value)];
}
