/** What AsyncLocalStorage does, of which this package needs two methods. */
export interface AsyncContext<T> {
  run<R>(store: T, body: () => R): R;
  getStore(): T | undefined;
}

/** A context of its own; undefined where the platform has none. */
export function asyncContext<T>(): AsyncContext<T> | undefined {
  // Sound: all of it may be missing.
  const { process } = globalThis as ModuleHost<T>;
  const hooks = process?.getBuiltinModule?.("node:async_hooks");
  return hooks && new hooks.AsyncLocalStorage();
}

/** How Node, Deno and Bun hand out their own modules to code that imports nothing. */
interface ModuleHost<T> {
  readonly process?: {
    getBuiltinModule?(name: string): { AsyncLocalStorage: new () => AsyncContext<T> } | undefined;
  };
}
