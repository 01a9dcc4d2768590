import * as v from "valibot";
import type {
  AnnotationModel,
  BlockingModel,
  CallbackModel,
  CallModel,
  ErrorEventModel,
  EventModel,
  LockModel,
  PackageModel,
  PairModel,
  PermitsModel,
  ScopeModel,
  SignalModel,
  TypeModel,
} from "../primitives/primitive.ts";
import {
  flag,
  index,
  list,
  object,
  oneOf,
  position,
  says,
  table,
  text,
  way,
  worded,
} from "./schema-words.ts";

// What a configuration may say about other people's packages: the vocabulary of
// analysis/primitives/primitive.ts, with a description for the editor that completes it.

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

const blockingModel: v.GenericSchema<unknown, BlockingModel> = object("known of a blocking call", {
  instead: v.exactOptional(
    says(
      object("known of a function", {
        name: says(text("a name"), "The name of the function."),
        from: says(text("the name of a module"), "The module that it is imported from."),
      }),
      "The function that gives a promise of the same.",
    ),
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
  asks: v.exactOptional(
    says(
      flag(),
      "It changes nothing outside, unless its options name a method or a body: it may run beside others.",
    ),
  ),
  uses: v.exactOptional(
    says(
      oneOf(["network", "database", "files", "processes"]),
      "What it uses of the world outside, of which there is only so much at a time.",
    ),
  ),
  blocks: v.exactOptional(
    says(blockingModel, "Nothing else runs in the program until the call is over."),
  ),
  brief: v.exactOptional(
    says(flag(), "It is over soon, and better not cut off: it need not be given a signal."),
  ),
  observes: v.exactOptional(
    says(flag(), "The call waits for the promises among its arguments, or keeps them."),
  ),
  sharesRuns: v.exactOptional(
    says(
      flag(),
      "Who calls it, or the function that it makes, while its work is under way waits for that same work.",
    ),
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
  comes: v.exactOptional(
    says(
      list("names of events", text("a name")),
      "Events of its values that come by themselves, and are lost when nobody listens yet.",
    ),
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
  lends: v.exactOptional(
    says(
      flag(),
      "Given a function, it lends that function what it begins, and nobody else gets it.",
    ),
  ),
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
  repeats: v.exactOptional(
    says(
      v.union([v.literal("always"), index()], "has to be `always` or a position"),
      "It runs again: `always`, or when a value changes in the list at this position.",
    ),
  ),
});

const eventModel: v.GenericSchema<unknown, EventModel> = object("known of an event's member", {
  reason,
  late: says(
    oneOf(["ignored", "null", "empty", "throws"]),
    "What it is when the event has been dispatched: `ignored` as a call, `null`, `empty`, or it `throws`.",
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
export const packageModel: v.GenericSchema<unknown, PackageModel> = object("known of a package", {
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
  events: v.exactOptional(
    says(
      table("members by name", v.string(), eventModel),
      "Members of events that have to be used while the event is dispatched, as `Type.member`.",
    ),
  ),
  errorEvents: v.exactOptional(
    says(
      table("emitters by the name of the call", v.string(), errorEventModel),
      "Calls that give an emitter whose `error` event throws where nobody listens to it.",
    ),
  ),
});

export const annotationModel: v.GenericSchema<unknown, AnnotationModel> = object(
  "known of a declaration",
  {
    reason: says(
      text("a sentence"),
      "Why this is so, for the person who reads it next: what keeps others away.",
    ),
    singleOwner: v.exactOptional(
      says(flag(), "Of a class: each of its objects is used by one task alone."),
    ),
    reentrant: v.exactOptional(
      says(flag(), "Of a function: calls of it may overlap, or never do."),
    ),
    guardedBy: v.exactOptional(
      says(text("a lock"), "Of a field or variable: the lock that is held wherever it is used."),
    ),
  },
);
