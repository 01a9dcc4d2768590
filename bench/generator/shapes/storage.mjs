import { capital, members, moduleText } from "../writing.mjs";

const imports = ({ Name }) => ({
  "../shared/cache.js": ["Cache"],
  "../shared/database.js": ["type Columns", "type Database", "whereAll"],
  "../shared/errors.js": ["AppError", "notFound"],
  "../shared/metrics.js": ["count", "timed"],
  "../shared/pagination.js": ["collect", "everyItem", "type Page"],
  "./model.js": [
    `type ${Name}`,
    `type ${Name}Filter`,
    `type ${Name}Id`,
    `type ${Name}Patch`,
    `type ${Name}State`,
  ],
  "./repository.js": [`type ${Name}Repository`],
});

/** The interface that everything above depends on, with one of two implementations: SQL or a map. */
export function repository({ context, random }) {
  const { Name, plural, fields } = context;
  const finders = random.some(
    fields.filter((field) => /^(string|boolean|number)$/.test(field.type)),
    2,
  );
  const signatures = finders.map(
    (field) => `  findBy${capital(field.name)}(${field.name}: ${field.type}): Promise<${Name}[]>;`,
  );
  const contract = `export interface ${Name}Repository {
  find(id: ${Name}Id): Promise<${Name} | undefined>;
  get(id: ${Name}Id): Promise<${Name}>;
  list(filter: ${Name}Filter): Promise<${Name}[]>;
  page(cursor: string | undefined, limit: number): Promise<Page<${Name}>>;
  insert(item: ${Name}): Promise<void>;
  update(id: ${Name}Id, patch: ${Name}Patch): Promise<${Name}>;
  remove(id: ${Name}Id): Promise<boolean>;
  exists(id: ${Name}Id): Promise<boolean>;
${signatures.join("\n")}
}`;
  const implementation = random.chance(0.65)
    ? sqlClass(context, finders)
    : mapClass(context, finders, random);
  const columns = `const columns: Columns<${Name}> = {
  id: "id",
  state: "state",
  version: "version",
  createdAt: "created_at",
${fields.map((field) => `  ${field.name}: "${field.name.toLowerCase()}",`).join("\n")}
};

const tableName = "${plural.toLowerCase()}";`;
  // Every other module of this file imports the contract that is declared here.
  const { "./repository.js": _itself, ...others } = imports(context);
  return moduleText(others, [
    contract,
    implementation.includes("columns") && columns,
    implementation,
  ]);
}

function sqlClass({ name, Name }, finders) {
  return `export class Sql${Name}Repository implements ${Name}Repository {
${members(
  "  constructor(private readonly database: Database) {}",
  `  async find(id: ${Name}Id): Promise<${Name} | undefined> {
    return await this.database.one<${Name}>(\`select * from \${tableName} where \${columns.id} = $1\`, [id]);
  }`,
  `  async get(id: ${Name}Id): Promise<${Name}> {
    const found = await this.find(id);
    if (found === undefined) throw notFound("${name}", id);
    return found;
  }`,
  `  list(filter: ${Name}Filter): Promise<${Name}[]> {
    const { text, values } = whereAll<${Name}>(columns, filter);
    return this.database.query<${Name}>(\`select * from \${tableName} where \${text}\`, values);
  }`,
  `  async page(cursor: string | undefined, limit: number): Promise<Page<${Name}>> {
    const items = await this.database.query<${Name}>(
      \`select * from \${tableName} where \${columns.id} > $1 order by \${columns.id} limit $2\`,
      [cursor ?? "", limit],
    );
    return { items, next: items.length < limit ? undefined : items.at(-1)?.id };
  }`,
  `  async insert(item: ${Name}): Promise<void> {
    const names = Object.values(columns).join(", ");
    const places = Object.keys(columns).map((_, index) => \`$\${index + 1}\`);
    await this.database.execute(\`insert into \${tableName} (\${names}) values (\${places.join(", ")})\`, Object.values(item));
    count("${name}.inserted");
  }`,
  `  update(id: ${Name}Id, patch: ${Name}Patch): Promise<${Name}> {
    return this.database.transaction(async (transaction) => {
      const before = await transaction.one<${Name}>(\`select * from \${tableName} where id = $1 for update\`, [id]);
      if (before === undefined) throw notFound("${name}", id);
      const after: ${Name} = { ...before, ...patch, version: before.version + 1 };
      const changed = await transaction.execute(\`update \${tableName} set version = $2 where id = $1\`, [id, after.version]);
      if (changed !== 1) throw new AppError("conflict", \`${name} \${id} was changed by somebody else.\`);
      return after;
    });
  }`,
  `  async remove(id: ${Name}Id): Promise<boolean> {
    return (await this.database.execute(\`delete from \${tableName} where id = $1\`, [id])) === 1;
  }`,
  `  async exists(id: ${Name}Id): Promise<boolean> {
    return (await this.find(id)) !== undefined;
  }`,
  finders.map(
    (field) => `  findBy${capital(field.name)}(${field.name}: ${field.type}): Promise<${Name}[]> {
    return timed("${name}.by-${field.name}", () => this.list({ ${field.name} }));
  }`,
  ),
)}
}`;
}

function mapClass({ name, Name }, finders, random) {
  const step = random.pick([
    "await Promise.resolve();",
    'await timed("memory", () => Promise.resolve());',
  ]);
  return `export class Memory${Name}Repository implements ${Name}Repository {
${members(
  `  readonly #items = new Map<${Name}Id, ${Name}>();`,
  `  async find(id: ${Name}Id): Promise<${Name} | undefined> {
    ${step}
    return this.#items.get(id);
  }`,
  `  get(id: ${Name}Id): Promise<${Name}> {
    const found = this.#items.get(id);
    return found === undefined ? Promise.reject(notFound("${name}", id)) : Promise.resolve(found);
  }`,
  `  async list(filter: ${Name}Filter): Promise<${Name}[]> {
    ${step}
    const wanted = Object.entries(filter);
    return [...this.#items.values()].filter((item) =>
      wanted.every(([key, value]) => item[key as keyof ${Name}Filter] === value),
    );
  }`,
  `  async page(cursor: string | undefined, limit: number): Promise<Page<${Name}>> {
    const all = await this.list({});
    const start = cursor === undefined ? 0 : Number(cursor);
    const end = start + limit;
    return { items: all.slice(start, end), next: end < all.length ? String(end) : undefined };
  }`,
  `  async insert(item: ${Name}): Promise<void> {
    if (await this.exists(item.id)) throw new AppError("conflict", \`${name} \${item.id} is there already.\`);
    this.#items.set(item.id, item);
  }`,
  `  async update(id: ${Name}Id, patch: ${Name}Patch): Promise<${Name}> {
    const before = await this.get(id);
    const after: ${Name} = { ...before, ...patch, version: before.version + 1 };
    this.#items.set(id, after);
    return after;
  }`,
  `  async remove(id: ${Name}Id): Promise<boolean> {
    ${step}
    return this.#items.delete(id);
  }`,
  `  exists(id: ${Name}Id): Promise<boolean> {
    return Promise.resolve(this.#items.has(id));
  }`,
  finders.map(
    (
      field,
    ) => `  async findBy${capital(field.name)}(${field.name}: ${field.type}): Promise<${Name}[]> {
    const found: ${Name}[] = [];
    for await (const item of everyItem((cursor, limit) => this.page(cursor, limit))) {
      if (item.${field.name} === ${field.name}) found.push(item);
    }
    return found;
  }`,
  ),
)}
}`;
}

/** A decorator around the repository: arrow functions over one generic cache instead of a class. */
export function cache({ context, random, planted }) {
  const { name, Name } = context;
  const wrong = planted("promise-as-value");
  const fresh = wrong
    ? `return inner.exists(id) ? inner.exists(id) : Promise.resolve(false)`
    : `const known = cached.peek(id);
      if (known === undefined) return inner.exists(id);
      return known.then((item) => item !== undefined, () => false)`;
  return moduleText(imports(context), [
    `export interface Cached${Name}Repository extends Pick<${Name}Repository, "find" | "get" | "update" | "remove" | "exists"> {
  forget(id: ${Name}Id): void;
}`,
    `export function cached${Name}Repository(inner: ${Name}Repository, lifetime = ${random.between(1, 60) * 1000}): Cached${Name}Repository {
  const cached = new Cache<${Name}Id, ${Name} | undefined>(lifetime);
  return {
    find: (id) => cached.getOrLoad(id, (key) => inner.find(key)),
    get: async (id) => {
      const found = await cached.getOrLoad(id, (key) => inner.find(key));
      if (found === undefined) throw notFound("${name}", id);
      return found;
    },
    update: async (id, patch) => {
      const after = await inner.update(id, patch);
      cached.delete(id);
      return after;
    },
    remove: (id) => inner.remove(id).finally(() => cached.delete(id)),
    exists: (id) => {
      ${fresh};
    },
    forget: (id) => {
      cached.delete(id);
    },
  };
}`,
  ]);
}

/** Async generators over pages of the repository. */
export function stream({ context, random, planted }) {
  const { name, Name, plural, states } = context;
  return moduleText(imports(context), [
    `export async function* every${Name}(repository: ${Name}Repository): AsyncGenerator<${Name}> {
  yield* everyItem((cursor, limit) => repository.page(cursor, limit), ${random.between(20, 200)});
}`,
    `export async function* ${plural}In(repository: ${Name}Repository, state: ${Name}State): AsyncGenerator<${Name}> {
  for await (const ${name} of every${Name}(repository)) {
    if (${name}.state === state) yield ${name};
  }
}`,
    `export function first${Name}s(repository: ${Name}Repository, atMost: number): Promise<${Name}[]> {
  return collect(every${Name}(repository), atMost);
}`,
    random.chance(0.6) &&
      `export async function sweep${Name}s(repository: ${Name}Repository, olderThan: Date): Promise<number> {
  let swept = 0;
  for await (const ${name} of ${plural}In(repository, "${states.at(-1)}")) {
    if (olderThan < ${name}.createdAt) continue;
    ${planted("floating-promise") ? "" : "await "}repository.remove(${name}.id);
    swept += 1;
  }
  return swept;
}`,
    `export async function count${Name}s(source: AsyncIterable<${Name}>): Promise<ReadonlyMap<${Name}State, number>> {
  const counts = new Map<${Name}State, number>();
  for await (const { state } of source) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}`,
  ]);
}
