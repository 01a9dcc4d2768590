import { capital, moduleText } from "../writing.mjs";

const offered = ({ Name }) => ({
  "../shared/clock.js": ["type Clock", "daysBetween"],
  "../shared/collections.js": ["chunk", "groupBy", "mapLimit"],
  "../shared/errors.js": ["isTransient"],
  "../shared/logger.js": ["type Logger"],
  "../shared/metrics.js": ["count", "timed"],
  "../shared/queue.js": ["type Queue"],
  "../shared/result.js": ["attempt", "type Result"],
  "./model.js": [`type ${Name}`, `type ${Name}Id`, `type ${Name}State`, `type New${Name}`],
  "./service.js": [`type ${Name}Service`],
});

/** A loop over a queue, with cancelling, retries and a dead-letter list. */
export function worker({ context, random, planted }) {
  const { name, Name, states } = context;
  const requeue = planted("floating-promise") ? "" : "await ";
  const kinds = random.some(states.slice(1), 2);
  return moduleText(offered(context), [
    `export type ${Name}Job =
${kinds.map((state) => `  | { readonly kind: "${state}"; readonly id: ${Name}Id; readonly attempt: number }`).join("\n")}
  | { readonly kind: "remove"; readonly id: ${Name}Id; readonly attempt: number };`,
    `export class ${Name}Worker {
  readonly dead: ${Name}Job[] = [];
  #busy = 0;

  constructor(
    private readonly jobs: Queue<${Name}Job>,
    private readonly service: ${Name}Service,
    private readonly log: Logger,
  ) {}

  get busy(): boolean {
    return 0 < this.#busy;
  }

  async run(signal: AbortSignal): Promise<void> {
    for await (const job of this.jobs) {
      if (signal.aborted) break;
      this.#busy += 1;
      try {
        await timed("${name}.job", () => this.#perform(job));
      } catch (error) {
        await this.#again(job, error);
      } finally {
        this.#busy -= 1;
      }
    }
  }

  async #perform(job: ${Name}Job): Promise<void> {
    switch (job.kind) {
${kinds.map((state) => `      case "${state}":\n        await this.service.mark${capital(state)}(job.id);\n        return;`).join("\n")}
      case "remove":
        return this.service.remove(job.id);
    }
  }

  async #again(job: ${Name}Job, error: unknown): Promise<void> {
    if (isTransient(error) && job.attempt < ${random.between(2, 8)}) {
      ${requeue}this.jobs.push({ ...job, attempt: job.attempt + 1 });
      return;
    }
    this.dead.push(job);
    this.log.error("job given up", { job, error });
  }
}`,
  ]);
}

/** Work by the clock: closures over mutable state instead of a class. */
export function schedule({ context, random, planted }) {
  const { name, Name, plural, states } = context;
  const tick = planted("unawaited-callback")
    ? `setInterval(async () => {
    await once();
  }, every)`
    : `setInterval(() => {
    once().catch((error: unknown) => log.error("the round failed", { error }));
  }, every)`;
  return moduleText(offered(context), [
    `export interface ${Name}Schedule {
  once(): Promise<number>;
  stop(): void;
}`,
    `export function schedule${Name}s(service: ${Name}Service, clock: Clock, log: Logger, every = ${random.between(1, 90) * 1000}): ${Name}Schedule {
  let running: Promise<number> | undefined;

  async function round(): Promise<number> {
    const ${plural} = await service.list({ state: "${states[0]}" });
    const overdue = ${plural}.filter((${name}) => ${random.between(3, 60)} < daysBetween(${name}.createdAt, clock.now()));
    for (const batch of chunk(overdue, ${random.between(5, 50)})) {
      await Promise.all(batch.map((${name}) => service.mark${capital(states[1])}(${name}.id)));
    }
    return overdue.length;
  }

  function once(): Promise<number> {
    running ??= round().finally(() => {
      running = undefined;
    });
    return running;
  }

  const timer = ${tick};
  return { once, stop: () => clearInterval(timer) };
}`,
  ]);
}

/** A file full of rows taken in: parsing, limited concurrency, a report at the end. */
export function importer({ context, random, planted }) {
  const { name, Name, fields } = context;
  const remember = planted("unawaited-callback")
    ? `rows.slice(0, 1).forEach(async (row) => {
    await service.create(row);
  });`
    : `for (const row of rows.slice(0, 1)) await service.create(row);`;
  return moduleText(offered(context), [
    `export interface ${Name}Import {
  readonly created: readonly ${Name}Id[];
  readonly failed: readonly { readonly line: number; readonly reason: string }[];
}`,
    `export async function import${Name}s(service: ${Name}Service, text: string, limit = ${random.between(2, 16)}): Promise<${Name}Import> {
  const rows = text.split("\\n").filter((line) => line.trim() !== "").map(parseLine);
  ${remember}
  const results = await mapLimit(rows.slice(1), limit, (row) => attempt(() => service.create(row)));
  return report(results);
}`,
    `function report(results: readonly Result<${Name}>[]): ${Name}Import {
  const created: ${Name}Id[] = [];
  const failed: { line: number; reason: string }[] = [];
  results.forEach((result, index) => {
    if (result.ok) created.push(result.value.id);
    else failed.push({ line: index + 1, reason: result.error.message });
  });
  count("${name}.imported", created.length);
  return { created, failed };
}`,
    `function parseLine(line: string): New${Name} {
  const cells = line.split(";");
  return {
${fields.map((field, index) => `    ${field.name}: ${parsed(field.type, `cells[${index}]`)},`).join("\n")}
  };
}`,
  ]);
}

function parsed(type, cell) {
  if (type.includes("undefined")) return "undefined";
  if (type === "string") return `${cell} ?? ""`;
  if (type === "number") return `Number(${cell})`;
  if (type === "boolean") return `${cell} === "yes"`;
  if (type === "Date") return `new Date(${cell} ?? 0)`;
  return type.includes("Record") ? "{}" : `${cell}?.split(",") ?? []`;
}

/** Several services compared with one another, in one long function as such things are. */
export function reconcile({ context, random, planted }) {
  const { name, Name, plural, depends, states } = context;
  const imports = offered(context);
  for (const other of depends)
    imports[`../${other.folder}/service.js`] = [`type ${other.Name}Service`];
  const parameters = depends.map((other) => `, ${other.plural}: ${other.Name}Service`).join("");
  const repair = planted("floating-promise") ? "" : "await ";
  return moduleText(imports, [
    `export interface ${Name}Difference {
  readonly id: ${Name}Id;
  readonly reason: "orphan" | "stale" | "unknown";
}`,
    `export async function reconcile${Name}s(service: ${Name}Service${parameters}, log: Logger): Promise<${Name}Difference[]> {
  const differences: ${Name}Difference[] = [];
  const own = await service.list();
  const byState = groupBy(own, (${name}) => ${name}.state);
${depends
  .map(
    (other) => `
  const known${other.Name}s = new Map<string, Date>();
  for (const item of await ${other.plural}.list()) known${other.Name}s.set(item.id, item.createdAt);
  for (const ${name} of byState.get("${random.pick(states)}") ?? []) {
    const since = known${other.Name}s.get(${name}.id.replace("${name}", "${other.name}"));
    if (since === undefined) differences.push({ id: ${name}.id, reason: "orphan" });
    else if (${name}.createdAt < since) differences.push({ id: ${name}.id, reason: "stale" });
  }`,
  )
  .join("\n")}
  for (const { id, reason } of differences) {
    service.record(reason, id);
    if (reason === "stale") ${repair}service.mark${capital(states[1])}(id);
  }
  log.info("${plural} reconciled", { differences: differences.length });
  return differences;
}`,
  ]);
}
