import type { PatternImport } from "./pattern.ts";

/** The statement that imports what a pattern needs, in the style of this repository. */
export function importLine({ from, names }: PatternImport): string {
  const main = names.filter((it) => it.name === "default").map((it) => it.as ?? "imported");
  const named = names
    .filter((it) => it.name !== "default")
    .map(({ name, as, typeOnly }) => {
      const local = as === undefined ? name : `${name} as ${as}`;
      return typeOnly === true ? `type ${local}` : local;
    });
  const clause = [...main, ...(named.length === 0 ? [] : [`{ ${named.join(", ")} }`])].join(", ");
  return `import ${clause} from "${from}";`;
}
