import type { Run } from "./run.ts";

/** One strand of a test: its body, or a task that it spawned. Timers and calls remember theirs. */
export interface Activity {
  readonly run: Run;
  readonly id: number;
  readonly name: string;
}

export type GateKind = undefined | 1 | 2;
export type Gate = (value: unknown, position: string, kind: GateKind) => unknown;

/** Which activity the running code belongs to. */
export interface Context {
  current(): Activity | undefined;
  enter<R>(activity: Activity, fn: () => R): R;
  /** `fn`, to be called later in everything that is current now, the contexts of others included. */
  bind(fn: () => void): () => void;
  /** Gives back what keeping contexts costs the engine. */
  stop(): void;
}

/**
 * What transformed code and every copy of this kit share. The key is registered, so that the ES and
 * the CommonJS build, or two installed versions, see one another.
 */
interface Slot {
  gate?: Gate | undefined;
  context?: Context | undefined;
  /** Settles when the exploration that is under way has ended. */
  busy?: Promise<void> | undefined;
}

const slotKey = Symbol.for("mooring.gates");

export function slot(): Slot {
  // Sound: the key is ours alone, and nothing but this line and the helper of a gated file, which
  // puts an empty object there, ever writes to it.
  const global = globalThis as { [slotKey]?: Slot };
  return (global[slotKey] ??= {});
}

/** A module of the host, or undefined in a browser; no import, so that bundlers see none. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  const host: Host | undefined = globalThis.process;
  // Sound: the map below names the modules as their own documentation does, and only in part.
  return host?.getBuiltinModule?.(name) as Builtins[Name] | undefined;
}

interface Host {
  getBuiltinModule?(name: string): unknown;
}

interface Builtins {
  readonly "node:async_hooks": {
    readonly AsyncLocalStorage: {
      new (): {
        getStore(): Activity | undefined;
        run<R>(store: Activity, fn: () => R): R;
        disable(): void;
      };
      bind(fn: () => void): () => void;
    };
  };
  readonly "node:module": { syncBuiltinESMExports(): void };
  readonly "node:timers": object;
  readonly "node:timers/promises": object;
  readonly "node:v8": {
    readonly promiseHooks?: {
      createHook(hooks: {
        init(promise: object, parent: object | undefined): void;
        before(promise: object): void;
        after(promise: object): void;
        settled(promise: object): void;
      }): () => void;
    };
  };
}

/** Context that follows promises and callbacks where the host offers it, as Node, Deno and Bun do. */
export function openContext(): Context {
  const storage = builtin("node:async_hooks")?.AsyncLocalStorage;
  if (storage === undefined) return looseContext();
  const store = new storage();
  return {
    current: () => store.getStore(),
    enter: (activity, fn) => store.run(activity, fn),
    bind: (fn) => storage.bind(fn),
    stop: () => store.disable(),
  };
}

/**
 * For browsers: the activity that was resumed last counts as current. Names in reports can then be
 * those of another task, and timers of code outside of the test become virtual during a run.
 */
function looseContext(): Context {
  let current: Activity | undefined;
  return {
    current: () => current,
    enter(activity, fn) {
      const before = current;
      current = activity;
      try {
        return fn();
      } finally {
        // The body of a test is entered from outside, and stays current until its run has ended.
        current = before ?? activity;
      }
    },
    bind: (fn) => fn,
    stop() {
      current = undefined;
    },
  };
}

/**
 * The next turn of the real event loop: when it comes, all microtasks have run. Taken when this
 * module loads, so that it is the real one whatever is installed later.
 */
export const nextTurn: (fn: () => void) => void = turns();

function turns(): (fn: () => void) => void {
  if (typeof globalThis.setImmediate === "function") {
    const immediate = globalThis.setImmediate;
    return (fn) => void immediate(fn);
  }
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.addEventListener("message", () => waiting.shift()?.());
  port1.start();
  return (fn) => {
    waiting.push(fn);
    port2.postMessage(0);
  };
}
