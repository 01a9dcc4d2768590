import { errorKind } from "../core/errors.ts";

interface Encoded {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: object;
  readonly kind: unknown;
  readonly cause: unknown;
  readonly errors: readonly unknown[] | undefined;
}

const builtIn: Readonly<Record<string, ErrorConstructor | undefined>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/**
 * The error that a worker has thrown, made again from what `encoded` in `entry.ts` sent. Name, message, stack, causes
 * and own fields are those of the original; its class is where it is one that every thread has.
 */
export function decoded(value: unknown): unknown {
  // Sound: this is what the entry sends, and nobody else has its port.
  const it = value as Encoded | { readonly value: unknown };
  if ("value" in it) return it.value;
  const { name, message, stack, fields, kind, cause, errors } = it;
  const options = cause === undefined ? undefined : { cause: decoded(cause) };
  const error =
    errors === undefined
      ? new (builtIn[name] ?? Error)(message, options)
      : new AggregateError(errors.map(decoded), message, options);
  define(error, "stack", stack);
  if (error.name !== name) define(error, "name", name);
  if (kind !== undefined) define(error, errorKind, kind);
  for (const [key, field] of Object.entries(fields)) {
    if (!(key in error)) define(error, key, field, true);
  }
  return error;
}

function define(error: Error, key: PropertyKey, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}
