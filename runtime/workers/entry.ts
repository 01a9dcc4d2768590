// What runs in the threads of a WorkerPool. It is sent there as text (`entry.generated.ts`, made from this file), so
// that a pool needs no file of its own beside it, wherever it was bundled or copied to. So it must import nothing.

interface Port {
  onmessage: ((event: { readonly data: Setup | Abort | readonly unknown[] }) => void) | null;
  postMessage(message: unknown): void;
}

/** The first message. */
interface Setup {
  readonly module: string;

  /** Its first element says how many tasks of the batch have begun; for the pool to read after a crash. */
  readonly begun: Int32Array | undefined;
}

/** Tells the running task to stop. */
interface Abort {
  readonly abort: true;
}

interface NodeProcess {
  on(event: "exit", listener: () => void): void;
  getBuiltinModule?(id: string): { readonly parentPort: Port } | undefined;
}

type Call = (...args: readonly unknown[]) => unknown;
type Exports = Readonly<Record<string, unknown>>;

const withSignal = 1;
const overItems = 2;
const failed = 1;
const broken = 2;

// Sound: `process` is read as Node declares it, where it is there; elsewhere the global object of a worker is its port.
const host = globalThis as unknown as Port & { readonly process?: NodeProcess };
const node = host.process?.getBuiltinModule?.("node:worker_threads");
const port = node?.parentPort ?? host;

let exports: Promise<Exports>;

/** The same when it is there: who need not wait for it saves a turn in each message. */
let loaded: Exports | undefined;
let begun: Int32Array | undefined;
let controller: AbortController | undefined;

/** The elapsed milliseconds, and then three for each task: its place in the batch, how it ended, with what. */
let results: unknown[] = [0];
let since = 0;

// oxlint-disable-next-line unicorn/prefer-add-event-listener -- it also starts the port
port.onmessage = ({ data }) => {
  if ("module" in data) {
    exports = import(data.module);
    // Told with each task; until then nobody else listens.
    exports.catch(() => {});
    begun = data.begun;
  } else if ("abort" in data) controller?.abort();
  else void work(data);
};

// `process.exit` and errors that nobody catches end the thread; what was done before is still told.
if (node !== undefined) host.process?.on("exit", flush);

async function work(batch: readonly unknown[]): Promise<void> {
  let failure: unknown;
  try {
    loaded ??= await exports;
  } catch (error) {
    failure = error;
  }
  since = performance.now();
  for (let place = 0; place * 3 < batch.length; place++) {
    if (begun !== undefined) Atomics.store(begun, 0, place + 1);
    if (loaded === undefined) {
      results.push(place, broken, encoded(failure));
      continue;
    }
    try {
      // Sound: the pool sends three for each task.
      const name = batch[place * 3] as string;
      const args = batch[place * 3 + 1] as readonly unknown[];
      let value = run(functionOf(loaded, name), args, batch[place * 3 + 2] as number);
      // oxlint-disable-next-line no-await-in-loop -- one task at a time
      if (isThenable(value)) value = await awaited(value);
      results.push(place, 0, value);
    } catch (error) {
      results.push(place, failed, encoded(error));
    }
    controller = undefined;
  }
  flush();
}

function run(call: Call, args: readonly unknown[], mode: number): unknown {
  if (mode === 0) return call(...args);
  let more: readonly unknown[] = [];
  controller = new AbortController();
  if ((mode & withSignal) !== 0) more = [controller.signal];
  if ((mode & overItems) === 0) return call(...args, ...more);
  return each(call, args, more, controller.signal);
}

async function each(
  call: Call,
  items: readonly unknown[],
  more: readonly unknown[],
  signal: AbortSignal,
): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const item of items) {
    signal.throwIfAborted();
    let value = call(item, ...more);
    // oxlint-disable-next-line no-await-in-loop -- one item at a time
    if (isThenable(value)) value = await value;
    values.push(value);
  }
  return values;
}

/** Waits, and tells what was done before in the meantime: this one may take long. */
async function awaited(value: PromiseLike<unknown>): Promise<unknown> {
  const timer = 1 < results.length ? setTimeout(flush) : undefined;
  try {
    return await value;
  } finally {
    clearTimeout(timer);
  }
}

function functionOf(module: Exports, name: string): Call {
  // A CommonJS module shows its exports as properties of its default export, and not always beside it.
  const all = module["default"];
  const found = module[name] ?? (isRecord(all) ? all[name] : undefined);
  if (typeof found === "function") {
    // Sound: the pool calls what it is told to call, with the arguments that the types allow.
    return found as Call;
  }
  throw new TypeError(`The worker's module exports no function \`${name}\`.`);
}

function flush(): void {
  if (results.length === 1) return;
  const told = results;
  results = [0];
  told[0] = performance.now() - since;
  try {
    port.postMessage(told);
  } catch {
    // One of them cannot be copied. Each is told alone, and the culprit is told of as an error.
    for (let at = 1; at < told.length; at += 3) {
      try {
        port.postMessage([told[0], told[at], told[at + 1], told[at + 2]]);
      } catch (cause) {
        const error = new TypeError("The task's result cannot be sent from the worker.", { cause });
        port.postMessage([told[0], told[at], failed, encoded(error)]);
      }
    }
  }
}

/** An error with everything that a structured clone would drop: its own fields, a name of its own, its causes. */
function encoded(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || 8 < depth) return { value: cloneable(error) };
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    try {
      fields[key] = cloneable(Reflect.get(error, key));
    } catch {
      // A getter that throws has no value to tell.
    }
  }
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    fields,
    kind: Reflect.get(error, Symbol.for("mooring.error")),
    cause: "cause" in error ? encoded(error.cause, depth + 1) : undefined,
    errors:
      error instanceof AggregateError
        ? error.errors.map((it) => encoded(it, depth + 1))
        : undefined,
  };
}

function cloneable(value: unknown): unknown {
  try {
    structuredClone(value);
    return value;
  } catch {
    return String(value);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isRecord(value) && typeof value["then"] === "function";
}
