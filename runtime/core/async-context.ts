/** What AsyncLocalStorage does, of which this package needs two methods. */
export interface AsyncContext<T> {
  run<R>(store: T, body: () => R): R;
  getStore(): T | undefined;
}

/** A context of its own; undefined where the platform has none. */
export function asyncContext<T>(): AsyncContext<T> | undefined {
  const host: unknown = Reflect.get(globalThis, "process");
  if (typeof host !== "object" || host === null || !("getBuiltinModule" in host)) return undefined;
  // Sound: this is how Node, Deno and Bun hand out their own modules to code that imports nothing.
  const load = host.getBuiltinModule as (name: string) => {
    AsyncLocalStorage: new () => AsyncContext<T>;
  };
  return new (load("node:async_hooks").AsyncLocalStorage)();
}
