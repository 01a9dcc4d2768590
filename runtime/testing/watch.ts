/** One read or write of a watched value. `isAbsent`: it was read and nothing was there. */
export interface Access {
  readonly target: object;
  readonly key: unknown;
  readonly label: string;
  readonly kind: "read" | "write";
  readonly value: unknown;
  readonly isAbsent: boolean;
  readonly callee: (...args: never[]) => unknown;
}

type OnAccess = (access: Access) => void;

/** `target`, with every read and write of its own properties or entries reported. */
export function watched<T extends object>(name: string, target: T, onAccess: OnAccess): T {
  if (target instanceof Map || target instanceof Set) return watchedEntries(name, target, onAccess);
  const get = (from: T, key: string | symbol, receiver: unknown): unknown => {
    const value: unknown = Reflect.get(from, key, receiver);
    // Methods are no state: calling one is not a read of it.
    if (typeof key === "string" && (typeof value !== "function" || Object.hasOwn(from, key))) {
      report(onAccess, name, from, key, "read", value, get);
    }
    return value;
  };
  const has = (from: T, key: string | symbol): boolean => {
    const found = Reflect.has(from, key);
    if (typeof key === "string") report(onAccess, name, from, key, "read", found, has);
    return found;
  };
  const set = (from: T, key: string | symbol, value: unknown): boolean => {
    if (typeof key === "string") report(onAccess, name, from, key, "write", value, set);
    return Reflect.set(from, key, value);
  };
  const deleteProperty = (from: T, key: string | symbol): boolean => {
    if (typeof key === "string")
      report(onAccess, name, from, key, "write", undefined, deleteProperty);
    return Reflect.deleteProperty(from, key);
  };
  return new Proxy(target, { get, has, set, deleteProperty });
}

const READS = new Set(["get", "has"]);
const WRITES = new Set(["set", "add", "delete"]);

/** The methods of a Map or a Set need the real object as `this`, and work on entries. */
function watchedEntries<T extends object>(name: string, target: T, onAccess: OnAccess): T {
  const get = (from: T, property: string | symbol): unknown => {
    const found: unknown = Reflect.get(from, property, from);
    if (typeof found !== "function") {
      report(onAccess, name, from, ENTRIES, "read", found, get);
      return found;
    }
    const method = (...args: unknown[]): unknown => {
      const [key, value] = args;
      const result: unknown = Reflect.apply(found, from, args);
      const text = String(property);
      if (READS.has(text)) report(onAccess, name, from, key, "read", result, method);
      else if (WRITES.has(text)) {
        const written = text === "set" ? value : text === "add";
        report(onAccess, name, from, key, "write", written, method);
      } else
        report(onAccess, name, from, ENTRIES, text === "clear" ? "write" : "read", true, method);
      return result === from ? proxy : result;
    };
    return method;
  };
  const proxy: T = new Proxy(target, { get });
  return proxy;
}

/** Stands for all entries of a collection at once: its size, its order, a loop over it. */
const ENTRIES = "*";

function report(
  onAccess: OnAccess,
  name: string,
  target: object,
  key: unknown,
  kind: "read" | "write",
  value: unknown,
  callee: Access["callee"],
): void {
  const label = `${name}.${typeof key === "string" || typeof key === "number" ? key : `[${typeof key}]`}`;
  const isAbsent = kind === "read" && (value === undefined || value === null || value === false);
  onAccess({ target, key, label, kind, value, isAbsent, callee });
}
