import type { TypeName } from "./type-engine.ts";

/** Each name once, in the order of the alphabet: compilers order the parts of a union differently. */
export function distinctNames(names: readonly TypeName[]): readonly TypeName[] {
  const byKey = new Map(names.map((it) => [`${it.module} ${it.name}`, it]));
  return [...byKey.keys()].toSorted().flatMap((key) => byKey.get(key) ?? []);
}
