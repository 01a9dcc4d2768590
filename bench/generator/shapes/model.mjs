import { capital, moduleText, sample } from "../writing.mjs";

/** Interfaces, unions and the pure functions over them: much type, no waiting. */
export function model({ context, random }) {
  const { name, Name, fields, states } = context;
  return moduleText(
    { "../shared/ids.js": ["type Id", "newId"], "../shared/collections.js": ["groupBy"] },
    [
      `export type ${Name}Id = Id<"${name}">;`,
      `export type ${Name}State = ${states.map((state) => `"${state}"`).join(" | ")};`,
      `export interface ${Name} {
  readonly id: ${Name}Id;
  readonly state: ${Name}State;
  readonly version: number;
  readonly createdAt: Date;
${fields.map((field) => `  readonly ${field.name}: ${field.type};`).join("\n")}
}`,
      `export type New${Name} = Omit<${Name}, "id" | "state" | "version" | "createdAt">;
export type ${Name}Patch = Partial<New${Name}> & { readonly state?: ${Name}State };
export type ${Name}Filter = Partial<Pick<${Name}, "state" | ${fields.map((field) => `"${field.name}"`).join(" | ")}>>;`,
      `export interface ${Name}Events {
  "${name}.created": ${Name};
  "${name}.changed": { readonly before: ${Name}; readonly after: ${Name} };
  "${name}.removed": { readonly id: ${Name}Id };
${states.map((state) => `  "${name}.${state}": ${Name};`).join("\n")}
}`,
      `export const ${name}States = [${states.map((state) => `"${state}"`).join(", ")}] as const satisfies readonly ${Name}State[];`,
      `export function is${Name}State(text: string): text is ${Name}State {
  return ${name}States.some((state) => state === text);
}`,
      `export function create${Name}(input: New${Name}, now: Date): ${Name} {
  return { ...input, id: newId("${name}"), state: "${states[0]}", version: 1, createdAt: now };
}`,
      `export function example${Name}(changes: Partial<${Name}> = {}): ${Name} {
  const input = { ${fields.map((field) => `${field.name}: ${sample(field.type, random)}`).join(", ")} };
  return { ...create${Name}(input, new Date(0)), ...changes };
}`,
      ...fields.map((field) => functionOver(field, context)),
      random.chance(0.5) &&
        `export function by${Name}State(items: Iterable<${Name}>): Map<${Name}State, ${Name}[]> {
  return groupBy(items, (item) => item.state);
}`,
    ],
  );
}

/** What one naturally writes over a list of things with such a field. */
function functionOver(field, { name, Name, plural }) {
  const Field = capital(field.name);
  if (field.type === "number") {
    return `export function total${Field}(${plural}: readonly ${Name}[]): number {
  let total = 0;
  for (const ${name} of ${plural}) total += ${name}.${field.name};
  return total;
}`;
  }
  if (field.type === "Date") {
    return `export function compareBy${Field}(left: ${Name}, right: ${Name}): number {
  return left.${field.name}.getTime() - right.${field.name}.getTime();
}`;
  }
  if (field.type === "boolean") {
    return `export function only${Field}(${plural}: readonly ${Name}[]): ${Name}[] {
  return ${plural}.filter((${name}) => ${name}.${field.name});
}`;
  }
  if (field.type === "readonly string[]") {
    return `export function all${Field}(${plural}: readonly ${Name}[]): ReadonlySet<string> {
  return new Set(${plural}.flatMap((${name}) => ${name}.${field.name}));
}`;
  }
  return undefined;
}
