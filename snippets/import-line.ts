import type { PatternImport } from "./pattern.ts";

/** The statement that imports what a pattern needs, in the style of this repository. */
export function importLine({ from, names }: PatternImport): string {
  const main = names.filter((it) => it.name === "default").map(() => "imported");
  const named = names
    .filter((it) => it.name !== "default")
    .map((it) => (it.typeOnly === true ? `type ${it.name}` : it.name));
  const clause = [...main, ...(named.length === 0 ? [] : [`{ ${named.join(", ")} }`])].join(", ");
  return `import ${clause} from "${from}";`;
}
