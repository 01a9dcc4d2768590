import * as v from "valibot";
import { closest } from "../closest.ts";

// The parts that the table of settings is made of. Each says what is wrong in the words of JSON, as
// the end of a sentence that starts with the path of the value; behind a line break follows what to
// do about it.

export function says<S extends v.GenericSchema>(schema: S, description: string) {
  return v.pipe(schema, v.description(description));
}

/** `kind` completes "is not …": a setting, a rule. */
export function object<E extends v.ObjectEntries>(kind: string, entries: E) {
  const schema = v.strictObject(entries, ({ expected, received, path }) => {
    if (expected === "Object") return `has to be an object, but is ${worded(received)}`;
    if (expected !== "never") return "is missing\nAdd it.";
    const last: unknown = path?.at(-1)?.key;
    const key = typeof last === "string" ? last : "";
    return `is not ${kind}\n${meant(key, Object.keys(entries), kind)}`;
  });
  // To the validator a list is an object without keys.
  const noList = v.custom<unknown>(
    (value) => !Array.isArray(value),
    "has to be an object, but is a list",
  );
  return v.pipe(noList, schema);
}

export function list<S extends v.GenericSchema>(what: string, item: S) {
  return v.array(item, ({ received }) => `has to be a list of ${what}, but is ${worded(received)}`);
}

export function table<K extends v.GenericSchema<string, string>, S extends v.GenericSchema>(
  what: string,
  key: K,
  item: S,
) {
  return v.record(key, item, ({ received }) => `has to hold ${what}, but is ${worded(received)}`);
}

export function text(what: string) {
  const schema = v.string(({ received }) => `has to be ${what}, but is ${worded(received)}`);
  return v.pipe(schema, v.nonEmpty(`has to be ${what}, but is empty`));
}

export function flag() {
  return v.boolean(({ received }) => `has to be true or false, but is ${worded(received)}`);
}

export function index() {
  const wrong = "has to be a whole number from 0 on";
  return v.pipe(v.number(wrong), v.integer(wrong), v.minValue(0, wrong));
}

export function position() {
  return v.pipe(v.string(), v.regex(/^(?:\d+|rest)$/, "is no position\nWrite 0, 1, … or rest."));
}

export function way() {
  return v.pipe(
    text("a way of ending it"),
    v.regex(
      /^(?:it\(\)|it\.[\w$]+\(\)|[\w$]+\((?:it|same)\))$/,
      "is no way of ending it\nWrite `clearInterval(it)`, `it.close()`, `it()` or `off(same)`.",
    ),
  );
}

export function oneOf<const T extends readonly string[]>(values: T) {
  return v.picklist(values, ({ input, received }) => {
    const choice = `Choose one of ${values.join(", ")}.`;
    if (typeof input !== "string") return `cannot be ${worded(received)}\n${choice}`;
    const near = closest(input, values);
    return `cannot be \`${input}\`\n${near === undefined ? choice : `Did you mean \`${near}\`?`}`;
  });
}

function meant(key: string, candidates: readonly string[], kind: string): string {
  const near = closest(key, candidates);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  if (kind === "a rule") return "`mooring rules` lists all rules.";
  return `Known here: ${candidates.join(", ")}.`;
}

/** What valibot calls the kind of a value, in the words of JSON. */
export function worded(received: string): string {
  if (received === "Object") return "an object";
  if (received === "Array") return "a list";
  return received;
}
