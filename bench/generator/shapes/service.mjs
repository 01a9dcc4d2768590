import { capital, members, moduleText, sample } from "../writing.mjs";

/** The class in the middle: it owns the life cycle, tells the others, and asks the services below it. */
export function service({ context, random, planted }) {
  const { name, Name, states, depends, verbs } = context;
  const offered = {
    "../shared/clock.js": ["type Clock"],
    "../shared/errors.js": ["AppError"],
    "../shared/events.js": ["type EventBus"],
    "../shared/collections.js": ["mapLimit"],
    "../shared/logger.js": ["type Logger"],
    "../shared/mutex.js": ["KeyedMutex"],
    "../shared/result.js": ["attempt", "partition", "type Result"],
    "../shared/retry.js": ["retry"],
    "./model.js": [
      `create${Name}`,
      `type ${Name}`,
      `type ${Name}Events`,
      `type ${Name}Filter`,
      `type ${Name}Id`,
      `type ${Name}Patch`,
      `type New${Name}`,
    ],
    "./repository.js": [`type ${Name}Repository`],
  };
  for (const other of depends) {
    offered[`../${other.folder}/service.js`] = [`type ${other.Name}Service`];
    offered[`../${other.folder}/model.js`] = [`type ${other.Name}`, `type ${other.Name}Id`];
  }
  const publish = () => (planted("floating-promise") ? "" : "await ");
  return moduleText(offered, [
    `export interface ${Name}Dependencies {
  readonly repository: ${Name}Repository;
  readonly events: EventBus<${Name}Events>;
  readonly clock: Clock;
  readonly log: Logger;
${depends.map((other) => `  readonly ${other.plural}: ${other.Name}Service;`).join("\n")}
}`,
    `export class ${Name}Service {
${members(
  `  readonly #dependencies: ${Name}Dependencies;
  readonly #log: Logger;
  readonly #locks = new KeyedMutex<${Name}Id>();`,
  `  constructor(dependencies: ${Name}Dependencies) {
    this.#dependencies = dependencies;
    this.#log = dependencies.log.child({ service: "${name}" });
  }`,
  `  async create(input: New${Name}): Promise<${Name}> {
    const { repository, events, clock } = this.#dependencies;
    const created = create${Name}(input, clock.now());
    await repository.insert(created);
    ${publish()}events.publish("${name}.created", created);
    return created;
  }`,
  `  get(id: ${Name}Id): Promise<${Name}> {
    return this.#dependencies.repository.get(id);
  }`,
  `  list(filter: ${Name}Filter = {}): Promise<${Name}[]> {
    return this.#dependencies.repository.list(filter);
  }`,
  `  record(message: string, id: ${Name}Id): void {
    this.#log.info(message, { id });
  }`,
  `  change(id: ${Name}Id, patch: ${Name}Patch): Promise<${Name}> {
    return this.#locks.run(id, async () => {
      const before = await this.get(id);
      const after = await this.#dependencies.repository.update(id, patch);
      ${publish()}this.#dependencies.events.publish("${name}.changed", { before, after });
      this.record("changed", id);
      return after;
    });
  }`,
  `  async remove(id: ${Name}Id): Promise<void> {
    const removed = await this.#dependencies.repository.remove(id);
    if (!removed) throw new AppError("not-found", \`There is no ${name} \${id}.\`);
    ${publish()}this.#dependencies.events.publish("${name}.removed", { id });
  }`,
  states.slice(1).map((state) => transition(context, state, publish())),
  depends.map((other) => related(context, other, random)),
  verbs.map((verb) => extra(context, verb, random, planted)),
)}
}`,
  ]);
}

function transition({ name, Name, states }, state, publish) {
  const final = states.at(-1);
  // In the method for the final state itself the compiler would point out that the question is settled.
  const guard =
    state === final
      ? ""
      : `
    if (current.state === "${final}") {
      throw new AppError("conflict", \`The ${name} \${id} is ${final}.\`, { state: current.state });
    }`;
  return `  async mark${capital(state)}(id: ${Name}Id): Promise<${Name}> {
    const current = await this.get(id);
    if (current.state === "${state}") return current;${guard}
    const after = await this.#dependencies.repository.update(id, { state: "${state}" });
    ${publish}this.#dependencies.events.publish("${name}.${state}", after);
    return after;
  }`;
}

function related({ Name }, other, random) {
  const both = random.chance(0.5)
    ? `const [own, others] = await Promise.all([this.get(id), this.#dependencies.${other.plural}.list()]);`
    : `const own = await this.get(id);
    const others = await this.#dependencies.${other.plural}.list({ state: "${other.states[0]}" });`;
  return `  async with${other.Name}s(id: ${Name}Id): Promise<{ readonly own: ${Name}; readonly others: readonly ${other.Name}[] }> {
    ${both}
    return { own, others: others.filter((item) => item.createdAt <= own.createdAt) };
  }`;
}

/** One of five bodies that services grow over the years. */
function extra(context, verb, random, planted) {
  const { name, Name, fields, states } = context;
  const field = fields[0];
  const bodies = [
    () => {
      const wait = planted("floating-promise") ? "" : "await ";
      return `  async ${verb}All(ids: readonly ${Name}Id[]): Promise<number> {
    const items = await Promise.all(ids.map((id) => this.get(id)));
    for (const item of items) {
      ${wait}this.change(item.id, { ${field.name}: ${sample(field.type, random)} });
    }
    return items.length;
  }`;
    },
    () => {
      const wait = planted("promise-escapes-try") ? "" : "await ";
      return `  async ${verb}OrNothing(id: ${Name}Id): Promise<${Name} | undefined> {
    try {
      return ${wait}this.change(id, { state: "${states[1]}" });
    } catch (error) {
      this.#log.warn("could not ${verb}", { id, error });
      return undefined;
    }
  }`;
    },
    () => {
      const wait = planted("promise-as-value") ? "" : "await ";
      return `  async ${verb}IfThere(id: ${Name}Id): Promise<string> {
    if (${wait}this.#dependencies.repository.exists(id)) {
      const found = await this.get(id);
      return \`${verb} \${found.id} at version \${found.version}\`;
    }
    this.record("nothing to ${verb}", id);
    return "nothing";
  }`;
    },
    () => `  async ${verb}Many(ids: readonly ${Name}Id[]): Promise<readonly ${Name}[]> {
    const results: Result<${Name}>[] = await mapLimit(ids, ${random.between(2, 10)}, (id) => attempt(() => this.get(id)));
    const { values, errors } = partition(results);
    if (0 < errors.length) this.#log.error("some ${name} could not be read", { errors: errors.length });
    return values;
  }`,
    () => {
      const wait = planted("await-of-non-promise") ? "await " : "";
      return `  async ${verb}Patiently(id: ${Name}Id): Promise<Date> {
    const item = await retry((attemptNumber) => {
      if (1 < attemptNumber) this.record("${verb} again", id);
      return this.get(id);
    }, { attempts: ${random.between(2, 6)}, delay: ${random.between(5, 200)} });
    const seen = ${wait}this.#dependencies.clock.now();
    return seen < item.createdAt ? item.createdAt : seen;
  }`;
    },
  ];
  return random.pick(bodies)();
}
