import * as v from "valibot";
import { packageModel } from "./model-schema.ts";
import { list, object, oneOf, says, text } from "./schema-words.ts";
import { closest } from "../closest.ts";
import type {
  CallbackModel,
  CallModel,
  ErrorEventModel,
  LockModel,
  PackageModel,
  PairModel,
  PermitsModel,
  ScopeModel,
  SignalModel,
  TypeModel,
} from "../primitives/primitive.ts";
import type { Level } from "../settings.ts";

// The one table of what a configuration may say. The validator, the JSON schema that editors
// complete from, and the types of the code that reads a configuration all come from it.
//
// A message is the end of a sentence that starts with the path of the value; behind a line break
// follows what to do about it.

/** What the table needs to know of a rule. */
export interface KnownRule {
  readonly id: string;
  readonly summary: string;
}

export type Config = v.InferOutput<ReturnType<typeof configSchema>>;

/** From silent to loud. */
export const LEVELS = ["off", "hint", "warning", "error"] as const satisfies readonly Level[];

export const PROFILES = ["recommended", "strict"] as const;

const profile = says(
  oneOf(PROFILES),
  "Which rules are on: `recommended`, or `strict`, which adds rules that cost more attention.",
);

const globs = list("globs such as `src/**/*.test.ts`", text("a glob"));

/** The settings, given the rules that exist: a rule's id is a key like any other. */
export function configSchema(known: readonly KnownRule[]) {
  const rules = says(
    rulesOf(known),
    "The level of single rules: `off`, `hint`, `warning` or `error`. Wins over the profile.",
  );
  return object("a setting", {
    $schema: v.exactOptional(
      says(text("the path of a JSON schema"), "Where editors find the schema of this file."),
    ),
    profile: v.exactOptional(profile),
    rules: v.exactOptional(rules),
    overrides: v.exactOptional(
      says(
        list("overrides", overrideOf(rules)),
        "Other settings for some of the files. Where several match, the later one wins.",
      ),
    ),
    ignores: v.exactOptional(
      says(
        list("patterns such as `generated/`", text("a pattern")),
        "Files and folders that are not checked, written as in `.gitignore`.",
      ),
    ),
    runtimeFolder: v.exactOptional(
      says(
        text("a folder such as `src/mooring`"),
        "Where fixes put the file of a primitive that neither `mooring-runtime` nor another package has here, relative to the configuration.",
      ),
    ),
    models: v.exactOptional(
      says(
        list("models", packageModel),
        "What functions of other packages do with promises and callbacks, and what they begin, where Mooring does not know it.",
      ),
    ),
  });
}

function overrideOf<S extends v.GenericSchema>(rules: S) {
  return object("a setting of an override", {
    files: says(globs, "The files that this override is for, relative to the configuration."),
    ignores: v.exactOptional(says(globs, "Files among them that it is not for.")),
    profile: v.exactOptional(profile),
    rules: v.exactOptional(rules),
  });
}

function rulesOf(known: readonly KnownRule[]) {
  // Made per rule, since the words differ; typed by hand, since the ids are not known here.
  const levels: Record<string, v.ExactOptionalSchema<v.GenericSchema<Level>, undefined>> = {};
  for (const { id, summary } of known) levels[id] = v.exactOptional(says(oneOf(LEVELS), summary));
  return object("a rule", levels);
}

const reason = says(
  text("a sentence"),
  "Why this is so, for the person who reads it next: what the documentation of the package says.",
);

const callbackModel: v.GenericSchema<unknown, CallbackModel> = object("known of a callback", {
  runs: says(
    oneOf(["now", "awaited", "later"]),
    "When it is called: before the call returns, before its promise settles, or at any time.",
  ),
  result: says(
    oneOf(["awaited", "returned", "dropped", "tested", "compared", "collected"]),
    "What becomes of the value that the callback returns.",
  ),
  repeats: v.exactOptional(says(flag(), "May be called again before an earlier call has settled.")),
});

const lockModel: v.GenericSchema<unknown, LockModel> = object("known of a lock", {
  does: says(
    oneOf(["run", "acquire", "try", "release", "wait"]),
    "`run`: holds the lock while its callback runs. `acquire`: takes it for the caller. `try`: takes it if it is free. `release`: gives it back. `wait`: gives it back and takes it again.",
  ),
  gives: v.exactOptional(
    says(
      oneOf(["function", "second", "guard"]),
      "How the caller gives it back: by calling the result, the second element of it, or a method of it.",
    ),
  ),
  key: v.exactOptional(
    says(index(), "The position of the argument that says which of several locks is meant."),
  ),
  shared: v.exactOptional(says(flag(), "Others may hold it at the same time, as readers do.")),
  reentrant: v.exactOptional(says(flag(), "Whoever holds it may take it again.")),
});

const permitsModel: v.GenericSchema<unknown, PermitsModel> = object("known of permits", {
  count: v.exactOptional(says(index(), "How many may hold the lock at once, always.")),
  argument: v.exactOptional(
    says(index(), "The position of the argument that says how many may hold it at once."),
  ),
  option: v.exactOptional(
    says(text("a name"), "The property of that argument that says so, where it is an object."),
  ),
  same: v.exactOptional(
    says(index(), "The position of an argument that is the lock itself, under another face."),
  ),
});

const callModel: v.GenericSchema<unknown, CallModel> = object("known of a call", {
  reason,
  result: v.exactOptional(
    says(
      oneOf(["floats", "settles", "lazy", "ends"]),
      "`floats`: its promise may be dropped. `settles`: it never rejects. `lazy`: it starts when awaited. `ends`: it never returns.",
    ),
  ),
  callbacks: v.exactOptional(
    says(
      table("callbacks by position", position(), callbackModel),
      "What becomes of function arguments: `0` is the first, `rest` stands for all further ones.",
    ),
  ),
  observes: v.exactOptional(
    says(flag(), "The call waits for the promises among its arguments, or keeps them."),
  ),
  lock: v.exactOptional(
    says(lockModel, "What the call does to a mutex, a semaphore, a limiter or a lock file."),
  ),
  mustKeep: v.exactOptional(
    says(flag(), "What it gives has to be kept: nobody else can end what it stands for."),
  ),
  permits: v.exactOptional(
    says(permitsModel, "What the call makes is a lock: how many may hold it at once."),
  ),
});

const signalModel: v.GenericSchema<unknown, SignalModel> = object("known of a signal", {
  protocol: says(
    text("a name"),
    "Signals of one protocol stand in for each other: `AbortSignal`, `CancellationToken`, or your own.",
  ),
  flag: says(text("a name"), "The member that is true once it is cancelled, such as `aborted`."),
  check: v.exactOptional(
    says(text("a name"), "The method that throws then, such as `throwIfAborted`."),
  ),
  carriedAs: says(
    list("names", text("a name")),
    "The names under which options and contexts carry one, such as `signal`.",
  ),
});

const typeModel: v.GenericSchema<unknown, TypeModel> = object("known of a type", {
  reason,
  promise: v.exactOptional(
    says(
      oneOf(["lazy", "floats"]),
      "`lazy`: work starts when it is awaited. `floats`: may be dropped.",
    ),
  ),
  startedBy: v.exactOptional(
    says(list("names of methods", text("a name")), "Methods that start a lazy value."),
  ),
  signal: v.exactOptional(
    says(signalModel, "Its values tell running work that it is no longer wanted."),
  ),
});

const pairModel: v.GenericSchema<unknown, PairModel> = object("known of a pair", {
  reason,
  begins: says(
    text("a noun"),
    "What the call begins, as messages call it: `interval`, `listener`, `connection`.",
  ),
  endedBy: says(
    list("ways of ending it", way()),
    "What ends it, with `it` for what the call gave: `clearInterval(it)`, `it.close()`, `it()`; or `off(same)`, a method of the same receiver with the same arguments.",
  ),
  passes: v.exactOptional(says(flag(), "It also ends by itself, as a timeout does.")),
});

const scopeModel: v.GenericSchema<unknown, ScopeModel> = object("known of a scope", {
  reason,
  runs: says(
    v.pipe(
      v.number(({ received }) => `has to be a position, but is ${worded(received)}`),
      v.integer("has to be a whole number"),
    ),
    "Which argument is the function that runs when something appears: `0` is the first.",
  ),
  cleanup: says(
    v.union(
      [v.literal("returned"), list("names of functions", text("a name"))],
      "has to be `returned`, or a list of functions that are given the cleanup",
    ),
    "How it says what to undo: `returned`, or the functions that are given the cleanup.",
  ),
});

const errorEventModel: v.GenericSchema<unknown, ErrorEventModel> = object("known of an emitter", {
  reason,
  gives: says(
    text("a noun"),
    "What the call gives, as messages call it: `stream`, `connection`, `child process`.",
  ),
  runs: v.exactOptional(
    says(oneOf(["process", "thread"]), "It runs code of its own, beside the code that calls it."),
  ),
});

// The annotation is the check that the table and the vocabulary of the analysis stay the same.
const packageModel: v.GenericSchema<unknown, PackageModel> = object("known of a package", {
  modules: says(list("names of packages", text("a name")), "The package, by the names it has."),
  calls: v.exactOptional(
    says(
      table("calls by name", v.string(), callModel),
      "Functions by name, methods as `Type.method`.",
    ),
  ),
  types: v.exactOptional(says(table("types by name", v.string(), typeModel), "Types by name.")),
  pairs: v.exactOptional(
    says(
      table("pairs by name", v.string(), pairModel),
      "What calls begin that others have to end: functions, classes, methods as `Type.method`.",
    ),
  ),
  scopes: v.exactOptional(
    says(
      table("scopes by name", v.string(), scopeModel),
      "Functions whose argument runs when something appears, such as effects.",
    ),
  ),
  errorEvents: v.exactOptional(
    says(
      table("emitters by the name of the call", v.string(), errorEventModel),
      "Calls that give an emitter whose `error` event throws where nobody listens to it.",
    ),
  ),
});

function says<S extends v.GenericSchema>(schema: S, description: string) {
  return v.pipe(schema, v.description(description));
}

/** `kind` completes "is not …": a setting, a rule. */
function object<E extends v.ObjectEntries>(kind: string, entries: E) {
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

function list<S extends v.GenericSchema>(what: string, item: S) {
  return v.array(item, ({ received }) => `has to be a list of ${what}, but is ${worded(received)}`);
}

function table<K extends v.GenericSchema<string, string>, S extends v.GenericSchema>(
  what: string,
  key: K,
  item: S,
) {
  return v.record(key, item, ({ received }) => `has to hold ${what}, but is ${worded(received)}`);
}

function text(what: string) {
  const schema = v.string(({ received }) => `has to be ${what}, but is ${worded(received)}`);
  return v.pipe(schema, v.nonEmpty(`has to be ${what}, but is empty`));
}

function flag() {
  return v.boolean(({ received }) => `has to be true or false, but is ${worded(received)}`);
}

function index() {
  const wrong = "has to be a whole number from 0 on";
  return v.pipe(v.number(wrong), v.integer(wrong), v.minValue(0, wrong));
}

function position() {
  return v.pipe(v.string(), v.regex(/^(?:\d+|rest)$/, "is no position\nWrite 0, 1, … or rest."));
}

function way() {
  return v.pipe(
    text("a way of ending it"),
    v.regex(
      /^(?:it\(\)|it\.[\w$]+\(\)|[\w$]+\((?:it|same)\))$/,
      "is no way of ending it\nWrite `clearInterval(it)`, `it.close()`, `it()` or `off(same)`.",
    ),
  );
}

function oneOf<const T extends readonly string[]>(values: T) {
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
function worded(received: string): string {
  if (received === "Object") return "an object";
  if (received === "Array") return "a list";
  return received;
}
