// A worker of Node, Deno or Bun (`node:worker_threads`) or of a browser, as one thing. `getBuiltinModule` finds the
// former without an import, which bundlers for browsers would trip over, and in ESM and CJS alike.

export interface ThreadOptions {
  readonly name?: string | undefined;
  readonly workerData?: unknown;
  readonly transfer?: readonly object[] | undefined;
  readonly resourceLimits?: object | undefined;
}

export interface ThreadEvents {
  readonly onMessage: (message: unknown) => void;

  /** The thread has ended, by itself or not. Called once, after its last message, and not after `terminate`. */
  readonly onExit: (error: unknown, exitCode: number | undefined) => void;
}

export interface Thread {
  post(message: unknown, transfer?: readonly object[]): void;

  /** Whether the thread keeps the process alive. */
  keepAlive(alive: boolean): void;

  /** Ends the thread in the middle of what it does. */
  terminate(): Promise<void>;
}

interface NodeWorker {
  on(event: string, listener: (value: unknown) => void): unknown;
  postMessage(message: unknown, transfer?: readonly object[]): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

interface NodeThreads {
  readonly Worker: new (source: string | URL, options: object) => NodeWorker;
}

interface Threads {
  readonly process?: {
    getBuiltinModule?(id: "node:worker_threads"): NodeThreads | undefined;
    getBuiltinModule?(id: "node:os"): { availableParallelism(): number } | undefined;
    getBuiltinModule?(
      id: "node:async_hooks",
    ): { readonly AsyncLocalStorage: { snapshot?(): <R>(run: () => R) => R } } | undefined;
  };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly Worker?: new (source: string | URL, options: object) => WebWorker;
}

interface WebWorker {
  onmessage: unknown;
  onmessageerror: unknown;
  onerror: unknown;
  postMessage(message: unknown, options: object): void;
  terminate(): void;
}

/** Sound: only what is looked at below is declared, and as optional. */
const platform = globalThis as Threads;

/** Starts a thread that runs a module, or, given as text, a script. */
export function startThread(
  source: URL | { readonly script: string },
  options: ThreadOptions,
  events: ThreadEvents,
): Thread {
  const threads = platform.process?.getBuiltinModule?.("node:worker_threads");
  if (threads !== undefined) return startInNode(threads, source, options, events);
  if (platform.Worker === undefined) throw new TypeError("There are no workers on this platform.");
  return startInBrowser(platform.Worker, source, options, events);
}

function startInNode(
  { Worker }: NodeThreads,
  source: URL | { readonly script: string },
  { transfer, ...options }: ThreadOptions,
  { onMessage, onExit }: ThreadEvents,
): Thread {
  const isScript = "script" in source;
  const worker = new Worker(isScript ? source.script : source, {
    ...options,
    eval: isScript,
    transferList: transfer,
  });
  let failure: unknown;
  let ended = false;
  let keeps = true;
  worker.on("message", onMessage);
  worker.on("error", (error) => {
    failure = error;
  });
  worker.on("messageerror", (error) => {
    failure = error;
    void worker.terminate();
  });
  worker.on("exit", (code) => {
    if (ended) return;
    ended = true;
    onExit(failure, typeof code === "number" ? code : undefined);
  });
  return {
    post: (message, list) => {
      worker.postMessage(message, list);
    },
    keepAlive: (alive) => {
      if (alive === keeps) return;
      keeps = alive;
      if (alive) worker.ref();
      else worker.unref();
    },
    terminate: async () => {
      ended = true;
      await worker.terminate();
    },
  };
}

function startInBrowser(
  Worker: NonNullable<Threads["Worker"]>,
  source: URL | { readonly script: string },
  { name, workerData, transfer = [] }: ThreadOptions,
  { onMessage, onExit }: ThreadEvents,
): Thread {
  const isScript = "script" in source;
  const url = isScript
    ? URL.createObjectURL(new Blob([source.script], { type: "text/javascript" }))
    : source;
  const worker = new Worker(url, { type: "module", name });
  // The worker of a browser survives its errors, but what it was doing does not come to an end.
  const fail = (event: { readonly error?: unknown; readonly message?: string }): void => {
    worker.terminate();
    onExit(event.error ?? new Error(event.message ?? "The worker has failed."), undefined);
  };
  // oxlint-disable unicorn/prefer-add-event-listener -- the only listeners there will be, and smaller
  worker.onmessage = (event: { readonly data: unknown }) => {
    if (isScript) URL.revokeObjectURL(String(url));
    onMessage(event.data);
  };
  worker.onerror = worker.onmessageerror = fail;
  // oxlint-enable unicorn/prefer-add-event-listener
  if (workerData !== undefined) worker.postMessage(workerData, { transfer });
  return {
    post: (message, list = []) => {
      worker.postMessage(message, { transfer: list });
    },
    keepAlive: () => {},
    terminate: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
}

/**
 * Runs functions in the async context of this call. What a thread tells comes in the context in which it was started,
 * and that must not be the one of a request which happened to be the first, and would be kept as long as the thread.
 */
export function contextHere(): <R>(run: () => R) => R {
  const hooks = platform.process?.getBuiltinModule?.("node:async_hooks");
  return hooks?.AsyncLocalStorage.snapshot?.() ?? ((run) => run());
}

/** How many threads can run at the same time. */
export function cores(): number {
  return (
    platform.process?.getBuiltinModule?.("node:os")?.availableParallelism() ??
    platform.navigator?.hardwareConcurrency ??
    4
  );
}

/** Where a worker's module is. A path is no URL, and relative to what it would be cannot be known here. */
export function moduleUrl(module: URL | string): URL {
  try {
    return new URL(module);
  } catch (cause) {
    const advice = 'pass `new URL("./worker.js", import.meta.url)`.';
    throw new TypeError(`"${String(module)}" is not a URL; ${advice}`, { cause });
  }
}
