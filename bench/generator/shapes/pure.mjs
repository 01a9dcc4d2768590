import { moduleText, sample } from "../writing.mjs";

/** Between the wire and the model: mapped types and conversions. */
export function mapper({ context }) {
  const { name, Name, fields } = context;
  return moduleText({ "./model.js": [`type ${Name}`, `type ${Name}Id`, `is${Name}State`] }, [
    `type Wire<Value> = Value extends Date ? string : Value extends readonly (infer Item)[] ? Wire<Item>[] : Value;`,
    `export type ${Name}Wire = { readonly [Key in keyof ${Name}]: Wire<${Name}[Key]> };`,
    `export function toWire(${name}: ${Name}): ${Name}Wire {
  return {
    id: ${name}.id,
    state: ${name}.state,
    version: ${name}.version,
    createdAt: ${name}.createdAt.toISOString(),
${fields.map((field) => `    ${field.name}: ${wired(field, name)},`).join("\n")}
  };
}`,
    `export function fromWire(wire: ${Name}Wire): ${Name} {
  return {
    ...wire,
    id: wire.id as ${Name}Id,
    state: is${Name}State(wire.state) ? wire.state : "${context.states[0]}",
    createdAt: new Date(wire.createdAt),
${fields
  .filter((field) => field.type === "Date")
  .map((field) => `    ${field.name}: new Date(wire.${field.name}),`)
  .join("\n")}
  };
}`,
    `export async function readWire(chunks: AsyncIterable<string>): Promise<${Name}[]> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return (JSON.parse(text) as ${Name}Wire[]).map(fromWire);
}`,
  ]);
}

function wired({ name, type }, owner) {
  if (type === "Date") return `${owner}.${name}.toISOString()`;
  return type === "readonly string[]" ? `[...${owner}.${name}]` : `${owner}.${name}`;
}

/** A schema whose type is inferred from its parts: the work of the type checker. */
export function validation({ context, random }) {
  const { name, Name, fields, states } = context;
  const parts = {
    string: "text",
    number: "number",
    boolean: "flag",
    Date: "instant",
    "readonly string[]": "list(text)",
  };
  const schemaOf = (type) =>
    type.includes("undefined")
      ? `optional(${parts[type.split(" ")[0]]})`
      : (parts[type] ?? "object({})");
  return moduleText(
    {
      "../shared/result.js": ["mapResult", "type Result"],
      "../shared/schema.js": [
        "type Infer",
        "flag",
        "instant",
        "list",
        "number",
        "object",
        "oneOf",
        "optional",
        "text",
      ],
      "./model.js": [`${name}States`],
    },
    [
      `export const ${name}Schema = object({
${fields.map((field) => `  ${field.name}: ${schemaOf(field.type)},`).join("\n")}
  state: oneOf(${name}States),
});`,
      `export type Checked${Name} = Infer<typeof ${name}Schema>;`,
      `export const many${Name}sSchema = object({ items: list(${name}Schema), total: number, cursor: optional(text) });`,
      `export function check${Name}(input: unknown): Result<Checked${Name}, string[]> {
  return ${name}Schema.parse(input, "${name}");
}`,
      random.chance(0.6) &&
        `export function checkMany${Name}s(input: unknown): Result<readonly Checked${Name}["state"][], string[]> {
  return mapResult(many${Name}sSchema.parse(input), ({ items }) => items.map((item) => item.state));
}`,
      `export function isFinal(checked: Checked${Name}): boolean {
  return checked.state === "${states.at(-1)}";
}`,
    ],
  );
}

/** Who may do what: predicates that are combined. */
export function policy({ context, random, planted }) {
  const { name, Name, states, fields } = context;
  const flag = fields.find((field) => field.type === "boolean");
  const wait = planted("await-of-non-promise") ? "await " : "";
  return moduleText(
    { "../shared/errors.js": ["AppError"], "./model.js": [`type ${Name}`, `type ${Name}State`] },
    [
      `export interface ${Name}Actor {
  readonly id: string;
  readonly roles: ReadonlySet<"reader" | "editor" | "owner">;
}`,
      `export type ${Name}Rule = (actor: ${Name}Actor, ${name}: ${Name}) => boolean;`,
      `const anyOf = (...rules: readonly ${Name}Rule[]): ${Name}Rule => (actor, ${name}) => rules.some((rule) => rule(actor, ${name}));
const allOf = (...rules: readonly ${Name}Rule[]): ${Name}Rule => (actor, ${name}) => rules.every((rule) => rule(actor, ${name}));
const role = (wanted: "reader" | "editor" | "owner"): ${Name}Rule => (actor) => actor.roles.has(wanted);
const inState = (...states: readonly ${Name}State[]): ${Name}Rule => (_actor, ${name}) => states.includes(${name}.state);`,
      `export const ${name}Rules = {
  read: anyOf(role("reader"), role("editor"), role("owner")),
  change: allOf(anyOf(role("editor"), role("owner")), inState("${states[0]}", "${states[1]}")),
  remove: allOf(role("owner"), ${flag === undefined ? `inState("${random.pick(states)}")` : `(_actor, ${name}) => !${name}.${flag.name}`}),
} satisfies Record<string, ${Name}Rule>;`,
      `export type ${Name}Action = keyof typeof ${name}Rules;`,
      `export async function allow(action: ${Name}Action, actor: ${Name}Actor, ${name}: Promise<${Name}>): Promise<${Name}> {
  const subject = await ${name};
  const allowed = ${wait}${name}Rules[action](actor, subject);
  if (!allowed) throw new AppError("forbidden", \`\${actor.id} may not \${action} \${subject.id}.\`);
  return subject;
}`,
    ],
  );
}

/** The life cycle as a table, with a reducer over typed messages. */
export function machine({ context, random }) {
  const { name, Name, states, fields } = context;
  const field = random.pick(fields);
  return moduleText({ "./model.js": [`type ${Name}`, `type ${Name}State`] }, [
    `export type ${Name}Message =
${states.map((state) => `  | { readonly type: "${state}"; readonly at: Date }`).join("\n")}
  | { readonly type: "set"; readonly ${field.name}: ${Name}["${field.name}"] };`,
    `const next: Readonly<Record<${Name}State, readonly ${Name}State[]>> = {
${states.map((state, index) => `  ${state}: [${states[index + 1] === undefined ? "" : `"${states[index + 1]}"`}],`).join("\n")}
};`,
    `export function canGo(from: ${Name}State, to: ${Name}State): boolean {
  return next[from].includes(to);
}`,
    `export function apply${Name}(${name}: ${Name}, message: ${Name}Message): ${Name} {
  switch (message.type) {
    case "set":
      return { ...${name}, ${field.name}: message.${field.name}, version: ${name}.version + 1 };
${states.map((state) => `    case "${state}":`).join("\n")}
      return canGo(${name}.state, message.type) ? { ...${name}, state: message.type } : ${name};
  }
}`,
    `export function replay${Name}(start: ${Name}, messages: Iterable<${Name}Message>): ${Name} {
  let current = start;
  for (const message of messages) current = apply${Name}(current, message);
  return current;
}`,
    `export const blank = { ${field.name}: ${sample(field.type, random)} } satisfies Partial<${Name}>;`,
  ]);
}
