import type { TypeName } from "./type-engine.ts";

/** Each name once, in the order of the alphabet: compilers order the parts of a union differently. */
export function distinctNames(names: readonly TypeName[]): readonly TypeName[] {
  const byKey = new Map(names.map((it) => [`${it.module} ${it.name}`, it]));
  return [...byKey.keys()].toSorted().flatMap((key) => byKey.get(key) ?? []);
}

/**
 * The package that a file of the project was copied from, by its first line: a primitive of
 * `mooring-runtime` is the same whether it is installed or stands there as a file.
 */
export function copiedFrom(text: string): string | undefined {
  return /^\uFEFF?\/\/ [\w-]+, vendored from (mooring-runtime) /.exec(text)?.[1];
}
