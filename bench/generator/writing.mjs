/** Helpers with which the shapes put a module together. */

export const capital = (word) => word[0].toUpperCase() + word.slice(1);

/**
 * Imports are offered with everything a shape may use; those whose name the body does not mention are dropped, as any
 * editor would on saving.
 *
 * @param {Record<string, readonly string[]>} offered names by module; a name may begin with "type "
 * @param {readonly (string | false | undefined)[]} parts
 */
export function moduleText(offered, parts) {
  const body = parts
    .filter(Boolean)
    .map((part) => part.trim())
    .join("\n\n");
  const imports = [];
  for (const [from, names] of Object.entries(offered)) {
    const used = names.filter((name) =>
      new RegExp(`\\b${name.replace("type ", "")}\\b`).test(body),
    );
    if (0 < used.length) imports.push(`import { ${used.join(", ")} } from "${from}";`);
  }
  return `${[...imports, ""].join("\n")}\n${body}\n`.trimStart();
}

/** The parts of a class body, with a blank line between them. */
export const members = (...parts) =>
  parts
    .flat()
    .filter(Boolean)
    .map((part) => part.replace(/^\n+|\s+$/g, ""))
    .join("\n\n");

/** An expression of the type, for code that needs some value. */
export function sample(type, random) {
  if (type.includes("undefined")) return "undefined";
  if (type === "string") return `"${random.pick(["north", "standard", "first", "unknown"])}"`;
  if (type === "number") return String(random.between(1, 500));
  if (type === "boolean") return random.pick(["true", "false"]);
  if (type === "Date") return "new Date(0)";
  return type.includes("Record") ? "{}" : "[]";
}
