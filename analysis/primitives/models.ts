import type { TypeName } from "../engine/type-engine.ts";
import type {
  AnnotationModel,
  CallModel,
  ErrorEventModel,
  EventModel,
  PackageModel,
  PairModel,
  ScopeModel,
  TypeModel,
} from "./primitive.ts";

/** The models in force, by module and name. */
export interface Models {
  call(callee: TypeName | undefined): CallModel | undefined;
  type(type: TypeName | undefined): TypeModel | undefined;
  /** Whether some function or method of this name does something to a lock. */
  speaksOfLock(name: string): boolean;
  /** Under which names options and contexts carry signals. */
  readonly signalMembers: readonly string[];
  pair(callee: TypeName | undefined): Pair | undefined;
  /** A pair that is known of every type with such a method: `*.addEventListener`. */
  pairOfMethod(method: string): Pair | undefined;
  scope(callee: TypeName | undefined): ScopeModel | undefined;
  event(member: TypeName | undefined): EventModel | undefined;
  /** Whether some event has a member of this name that has to be used in time. */
  passes(name: string): boolean;
  errorEvent(callee: TypeName | undefined): ErrorEventModel | undefined;
  /** Whether something of this name, whoever declares it, begins something: a cheap first look. */
  mayBegin(name: string): boolean;
  /** What the configuration says of an own declaration, by its name: `Class`, `Class.member`, `name`. */
  annotation(name: string): AnnotationModel | undefined;
  readonly hasAnnotations: boolean;
  /** The names of members of a class that the configuration says something of. */
  annotatedMembers(owner: string): readonly string[];
}

/** What a configuration says of own declarations, by name. */
export type Annotations = Readonly<Record<string, AnnotationModel>>;

/** A pair with its ways of ending taken apart. */
export interface Pair extends PairModel {
  /** Functions that are given what the call gave. */
  readonly functions: ReadonlySet<string>;
  /** Methods of what the call gave. */
  readonly methods: ReadonlySet<string>;
  /** What the call gave is called itself. */
  readonly isCalled: boolean;
  /** Methods of the receiver of the call, with the same arguments. */
  readonly opposites: ReadonlySet<string>;
}

/** Later packages win over earlier ones, so that a user's configuration can correct ours. */
export function modelsOf(packages: readonly PackageModel[], annotations: Annotations = {}): Models {
  const calls = new Map<string, CallModel>();
  const types = new Map<string, TypeModel>();
  const locking = new Set<string>();
  const pairs = new Map<string, Pair>();
  const pairsOfMethods = new Map<string, Pair>();
  const scopes = new Map<string, ScopeModel>();
  const beginning = new Set<string>();
  const events = new Map<string, EventModel>();
  const passing = new Set<string>();
  const errorEvents = new Map<string, ErrorEventModel>();
  for (const { modules, ...model } of packages) {
    for (const module of modules) {
      for (const [name, it] of Object.entries(model.calls ?? {})) {
        calls.set(key(module, name), it);
        if (it.lock !== undefined) locking.add(name.slice(name.lastIndexOf(".") + 1));
      }
      for (const [name, it] of Object.entries(model.types ?? {})) types.set(key(module, name), it);
      for (const [name, it] of Object.entries(model.pairs ?? {})) {
        const pair = pairOf(it);
        pairs.set(key(module, name), pair);
        beginning.add(lastOf(name));
        if (name.startsWith("*.")) pairsOfMethods.set(name.slice("*.".length), pair);
      }
      for (const [name, it] of Object.entries(model.scopes ?? {})) {
        scopes.set(key(module, name), it);
      }
      for (const [name, it] of Object.entries(model.events ?? {})) {
        events.set(key(module, name), it);
        passing.add(lastOf(name));
      }
      for (const [name, it] of Object.entries(model.errorEvents ?? {})) {
        errorEvents.set(key(module, name), it);
        beginning.add(lastOf(name));
      }
    }
  }
  return {
    call: (it) => it && found(calls, it),
    type: (it) => it && types.get(key(it.module, it.name)),
    speaksOfLock: (name) => locking.has(name),
    pair: (it) => it && found(pairs, it),
    pairOfMethod: (it) => pairsOfMethods.get(it),
    scope: (it) => it && found(scopes, it),
    errorEvent: (it) => it && found(errorEvents, it),
    signalMembers: [...new Set([...types.values()].flatMap((it) => it.signal?.carriedAs ?? []))],
    event: (it) => it && found(events, it),
    passes: (it) => passing.has(it),
    mayBegin: (it) => beginning.has(it),
    annotation: (it) => (Object.hasOwn(annotations, it) ? annotations[it] : undefined),
    hasAnnotations: Object.keys(annotations).length > 0,
    annotatedMembers: (owner) =>
      Object.keys(annotations).flatMap((it) =>
        it.startsWith(`${owner}.`) ? it.slice(owner.length + 1) : [],
      ),
  };
}

function pairOf(model: PairModel): Pair {
  const ways = model.endedBy.map(
    (it) => /^(?<subject>it\b)?\.?(?<name>[\w$]*)\((?<given>\w*)\)$/.exec(it)?.groups ?? {},
  );
  const named = (meets: (way: Record<string, string | undefined>) => boolean) =>
    new Set(ways.filter(meets).map((it) => it["name"] ?? ""));
  return {
    ...model,
    functions: named((it) => it["given"] === "it"),
    methods: named((it) => it["subject"] === "it" && it["name"] !== ""),
    isCalled: ways.some((it) => it["subject"] === "it" && it["name"] === ""),
    opposites: named((it) => it["given"] === "same"),
  };
}

function found<T>(table: ReadonlyMap<string, T>, { module, name }: TypeName): T | undefined {
  return table.get(key(module, name)) ?? table.get(key(module, memberOfAny(name)));
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** `*.on` speaks of a method whatever the type, where each type declares its own. */
function memberOfAny(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? name : `*${name.slice(dot)}`;
}

function key(module: string, name: string): string {
  return `${module} ${name}`;
}
