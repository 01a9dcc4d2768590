import { capital, moduleText } from "../writing.mjs";

/** Functions from request to response, and the table of routes. */
export function handlers({ context, random, planted }) {
  const { name, Name, plural, states } = context;
  const audit = planted("floating-promise") ? "" : "await ";
  return moduleText(
    {
      "../shared/errors.js": ["AppError"],
      "../shared/http.js": [
        "type Handler",
        "json",
        "parameter",
        "type Request",
        "type Response",
        "Router",
      ],
      "../shared/ids.js": ["parseId"],
      "../shared/metrics.js": ["timed"],
      "./model.js": [`type ${Name}Id`, `is${Name}State`, `type New${Name}`],
      "./service.js": [`type ${Name}Service`],
    },
    [
      `export function ${name}Routes(service: ${Name}Service): Router {
  return new Router()
    .add("GET", "/${plural}", list${Name}s(service))
    .add("GET", "/${plural}/:id", (request) => show(service, request))
    .add("POST", "/${plural}", (request) => timed("${name}.create", () => create(service, request)))
    .add("PUT", "/${plural}/:id/state", (request) => changeState(service, request))
    .add("DELETE", "/${plural}/:id", async (request) => {
      ${audit}service.remove(idOf(request));
      return { status: 204 };
    });
}`,
      `function list${Name}s(service: ${Name}Service): Handler {
  return async (request) => {
    const state = parameter(request, "state");
    if (state !== "" && !is${Name}State(state)) throw new AppError("invalid", \`\${state} is no state.\`);
    const items = await service.list(state === "" ? {} : { state });
    return json(items.map((item) => ({ id: item.id, state: item.state })));
  };
}`,
      `async function show(service: ${Name}Service, request: Request): Promise<Response> {
  const found = await service.get(idOf(request));
  return json(found);
}`,
      `async function create(service: ${Name}Service, request: Request): Promise<Response> {
  const created = await service.create(request.body as New${Name});
  service.record("created over http", created.id);
  return json(created, 201);
}`,
      `async function changeState(service: ${Name}Service, request: Request): Promise<Response> {
  const id = idOf(request);
  switch (parameter(request, "state")) {
${states
  .slice(1)
  .map(
    (state) => `    case "${state}":\n      return json(await service.mark${capital(state)}(id));`,
  )
  .join("\n")}
    default:
      return json({ message: "unknown state" }, ${random.pick([400, 422])});
  }
}`,
      `function idOf(request: Request): ${Name}Id {
  const id = parseId("${name}", parameter(request, "id"));
  if (id === undefined) throw new AppError("invalid", "The id has the wrong form.");
  return id;
}`,
    ],
  );
}

/** Somebody else's HTTP interface: fetch, time limits, retries, a hand-made promise. */
export function client({ context, random, planted }) {
  const { name, Name, plural } = context;
  const executor = planted("promise-executor-misuse")
    ? `new Promise<${Name}Answer>(async (resolve, reject) => {
      const answer = await this.read(id);
      if (answer.status === "unknown") reject(new AppError("not-found", id));
      else resolve(answer);
    })`
    : `this.read(id).then((answer) => {
      if (answer.status === "unknown") throw new AppError("not-found", id);
      return answer;
    })`;
  return moduleText(
    {
      "../shared/errors.js": ["AppError"],
      "../shared/logger.js": ["type Logger"],
      "../shared/retry.js": ["retry", "withDeadline"],
      "./model.js": [`type ${Name}Id`],
    },
    [
      `export interface ${Name}Answer {
  readonly id: ${Name}Id;
  readonly status: "known" | "unknown" | "moved";
  readonly attributes: Readonly<Record<string, string | number>>;
}`,
      `export class ${Name}Client {
  constructor(
    private readonly base: URL,
    private readonly log: Logger,
  ) {}

  async read(id: ${Name}Id, signal?: AbortSignal): Promise<${Name}Answer> {
    const response = await retry(() => this.#send(\`${plural}/\${id}\`, signal), { attempts: ${random.between(2, 5)}, delay: ${random.between(20, 300)} });
    return (await response.json()) as ${Name}Answer;
  }

  wanted(id: ${Name}Id): Promise<${Name}Answer> {
    return ${executor};
  }

  async readSoon(id: ${Name}Id): Promise<${Name}Answer | undefined> {
    try {
      return await withDeadline(this.read(id), ${random.between(1, 30) * 1000});
    } catch (error) {
      this.log.warn("the ${name} did not answer in time", { id, error });
      return undefined;
    }
  }

  async #send(path: string, signal: AbortSignal | undefined): Promise<globalThis.Response> {
    const response = await fetch(new URL(path, this.base), signal === undefined ? {} : { signal });
    if (500 <= response.status) throw new AppError("unavailable", \`\${path} answered \${response.status}\`);
    return response;
  }
}`,
    ],
  );
}

/** Listeners: callbacks handed to something that ignores what they return. */
export function subscriptions({ context, random, planted }) {
  const { name, Name, states, depends } = context;
  const other = depends[0];
  const offered = {
    "../shared/events.js": ["type EventBus"],
    "../shared/logger.js": ["type Logger"],
    "../shared/metrics.js": ["count"],
    "./model.js": [`type ${Name}`, `type ${Name}Events`],
    "./service.js": [`type ${Name}Service`],
  };
  if (other !== undefined) offered[`../${other.folder}/service.js`] = [`type ${other.Name}Service`];
  const followed = random.some(states, 2);
  return moduleText(offered, [
    `export function subscribe${Name}(
  events: EventBus<${Name}Events>,
  service: ${Name}Service,
  log: Logger,${other === undefined ? "" : `\n  ${other.plural}: ${other.Name}Service,`}
): () => void {
  const stops = [
    events.on("${name}.created", (created) => {
      count("${name}.created");
      log.debug("created", { id: created.id });
    }),
${followed.map((state) => `    ${listener(context, state, planted)},`).join("\n")}
    ${
      other === undefined
        ? `events.on("${name}.removed", ({ id }) => service.record("gone", id))`
        : `events.on("${name}.removed", ({ id }) => {
      void ${other.plural}.list().then((left) => log.info("still there", { id, left: left.length }));
    })`
    },
  ];
  return () => {
    for (const stop of stops) stop();
  };
}`,
    `export async function next${Name}(events: EventBus<${Name}Events>): Promise<${Name}> {
  const [created] = await Promise.all([events.next("${name}.created")]);
  return created;
}`,
  ]);
}

function listener({ name }, state, planted) {
  if (planted("unawaited-callback")) {
    return `events.on("${name}.${state}", async (item) => {
      const fresh = await service.get(item.id);
      log.info("${state}", { version: fresh.version });
    })`;
  }
  return `events.on("${name}.${state}", (item) => {
      service
        .get(item.id)
        .then((fresh) => log.info("${state}", { version: fresh.version }))
        .catch((error: unknown) => log.error("${state} went unseen", { error }));
    })`;
}
