import type { SignalModel } from "../primitives/primitive.ts";
import { fact, type Program } from "../program.ts";
import {
  ancestor,
  declarationKeyword,
  enclosingFunction,
  type FunctionLike,
  type Identifier,
  is,
  isClassLike,
  isInside,
  isOneOf,
  isShortCircuit,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  walkBody,
} from "../syntax.ts";
import { carriersOf, type Reach } from "./signal-carriers.ts";

// Which signal is at hand?
//
// A signal is a value that tells running work that nobody wants it any more: an AbortSignal, a
// CancellationToken, whatever the models call one. It is at hand in a function where it comes in
// with the call: as a parameter, in an object of options or a context, by name or taken apart, in
// the function itself or in one around it; a constant that only gives it another name counts for
// it. A field of the class, or a controller that the function makes for itself, is at hand as well,
// but says less: that the work in front of us belongs to it is a guess (`origin`).
//
// A *must* question, told from the types of parameters: `any` holds no signal. Which parameters are
// asked for their type is told from syntax, so that a string costs nothing. Ignored: variables that
// are assigned to, signals two objects deep, what a helper takes out of a context.

export interface Signal extends Reach {
  /** How it is written where it is at hand: `signal`, `options?.signal`, `this.signal`. */
  readonly text: string;
  readonly model: SignalModel;
  /** `given`: it came in with the call. `made`: by the function itself. `field`: of the object. */
  readonly origin: "given" | "made" | "field";
  /** The function with whose call it came, or that made it. */
  readonly owner: FunctionLike;
  /** The name that is declared: of the parameter, variable or field. */
  readonly declaration: Node;
  /** Whether there may be none. */
  readonly nullable: boolean;
}

type Source = Omit<Signal, "owner" | "carriers">;

/** The signals that can be named at a node, the nearest first, and given ones before others. */
export function signalsAt(node: Node, program: Program): readonly Signal[] {
  const found: Signal[] = [];
  for (let fn = enclosingFunction(node); fn !== undefined; fn = enclosingFunction(fn)) {
    found.push(...signalsOf(fn, program).filter((it) => isVisible(it, node)));
  }
  return found;
}

/** The signals that come into a function or are made there. */
export const signalsOf: (fn: FunctionLike, program: Program) => readonly Signal[] = fact(
  (fn, program) => {
    const given = fn.parameters.flatMap((it) => sourcesIn(it.name, it.type, program));
    const local = localSources(fn, given, program);
    return [...local, ...given, ...fieldSources(fn, program)]
      .toSorted((a, b) => ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin))
      .map((it) => ({ ...it, owner: fn, carriers: carriersOf(it, fn, program) }));
  },
);

const ORIGINS: readonly Signal["origin"][] = ["given", "made", "field"];

function isVisible({ declaration, owner }: Signal, node: Node): boolean {
  const variable = ancestor(declaration, is.VariableDeclaration);
  if (variable === undefined || !isInside(variable, owner)) return true;
  const block = ancestor(variable, isBlock);
  return variable.end <= node.pos && (block === undefined || isInside(node, block));
}

const isBlock = isOneOf("Block", "CaseBlock", "ForStatement", "ForOfStatement", "ForInStatement");

/** The signals that a parameter, or a part of one that is taken apart, holds. */
function sourcesIn(name: Node, type: Node | undefined, program: Program): readonly Source[] {
  if (is.ObjectBindingPattern(name)) {
    return name.elements.flatMap((it) => sourcesInElement(it, program));
  }
  if (!is.Identifier(name) || (type !== undefined && !mayHold(type, program))) return [];
  const { type: named, nullable } = program.types.value(name);
  const model = program.models.type(named)?.signal;
  if (model !== undefined)
    return [whole(name, model, nullable), ...heldBy(name, nullable, program)];
  // What makes signals, and what comes with one of its own, is about something else.
  if (named?.module === "lib" && OWNERS.has(named.name)) return [];
  return heldBy(name, nullable, program);
}

const OWNERS: ReadonlySet<string> = new Set(["AbortController", "Request"]);

function whole(name: Identifier, model: SignalModel, nullable: boolean): Source {
  return {
    text: name.text,
    model,
    origin: "given",
    declaration: name,
    nullable,
    variable: name.text,
    member: undefined,
  };
}

/** The signals among the members of a variable. */
function heldBy(name: Identifier, missing: boolean, program: Program): readonly Source[] {
  const { signalMembers } = program.models;
  return program.types.members(name, signalMembers).flatMap(({ name: member, types, nullable }) => {
    const model = types.map((it) => program.models.type(it)?.signal).find((it) => it !== undefined);
    if (model === undefined || !model.carriedAs.includes(member)) return [];
    return {
      text: `${name.text}${missing ? "?." : "."}${member}`,
      model,
      origin: "given" as const,
      declaration: name,
      nullable: missing || nullable,
      variable: name.text,
      member,
    };
  });
}

/** `{ signal }`, `{ signal: cancelled }`, `{ id, ...rest }`, `{ context: { signal } }`. */
function sourcesInElement(element: NodeOf<"BindingElement">, program: Program): readonly Source[] {
  const { name, propertyName, dotDotDotToken } = element;
  if (!is.Identifier(name)) return sourcesIn(name, undefined, program);
  const key = nameOf(propertyName ?? name) ?? "";
  const isCandidate = dotDotDotToken !== undefined || program.models.signalMembers.includes(key);
  return isCandidate ? sourcesIn(name, undefined, program) : [];
}

/** Types that are told from others by their syntax: nothing that is made of strings holds a signal. */
function mayHold(type: Node, program: Program): boolean {
  if (is.UnionType(type)) return type.types.some((it) => mayHold(it, program));
  if (is.TypeReference(type)) return !PLAIN.has(nameOf(type.typeName) ?? "");
  if (is.TypeLiteral(type)) {
    const { signalMembers } = program.models;
    let found = false;
    type.forEachChild((it) => {
      const name = is.PropertySignature(it) ? nameOf(it.name) : undefined;
      found ||= name !== undefined && signalMembers.includes(name);
      return undefined;
    });
    return found;
  }
  return is.IntersectionType(type) || is.ImportType(type) || is.IndexedAccessType(type);
}

const PLAIN: ReadonlySet<string> = new Set([
  "Array",
  "Date",
  "Error",
  "Map",
  "Promise",
  "ReadonlyArray",
  "ReadonlyMap",
  "ReadonlySet",
  "Record",
  "RegExp",
  "Set",
  "URL",
  "Uint8Array",
]);

/** Constants that are a given signal by another name, and controllers that the function makes. */
function localSources(
  fn: FunctionLike,
  given: readonly Source[],
  program: Program,
): readonly Source[] {
  const found: Source[] = [];
  if (fn.body === undefined) return found;
  walkBody(fn.body, (node) => {
    if (is.VariableDeclaration(node)) found.push(...sourcesOfConstant(node, given, program));
    return undefined;
  });
  return found;
}

function* sourcesOfConstant(
  { name, initializer, parent }: NodeOf<"VariableDeclaration">,
  given: readonly Source[],
  program: Program,
): Iterable<Source> {
  const isConstant = is.VariableDeclarationList(parent) && declarationKeyword(parent) === "const";
  if (initializer === undefined || !isConstant) return;
  const value = unwrapped(initializer);
  if (is.ObjectBindingPattern(name)) {
    const isOurs = given.some((it) => it.member !== undefined && nameOf(value) === it.variable);
    if (isOurs) yield* sourcesIn(name, undefined, program);
    return;
  }
  if (!is.Identifier(name)) return;
  const alias = given.find((it) => isAliasOf(value, it));
  if (alias !== undefined) {
    const { nullable, type } = program.types.value(name);
    const model = program.models.type(type)?.signal;
    if (model !== undefined) yield whole(name, model, nullable);
    return;
  }
  if (!is.NewExpression(value) || nameOf(unwrapped(value.expression)) !== "AbortController") return;
  for (const it of heldBy(name, false, program)) yield { ...it, origin: "made" };
}

/** `options.signal`, `options?.signal`, `signal ?? never`. */
function isAliasOf(written: Node, source: Source): boolean {
  const value = unwrapped(written);
  if (isShortCircuit(value)) return isAliasOf(value.left, source);
  if (is.PropertyAccessExpression(value)) {
    return (
      value.name.text === source.member && nameOf(unwrapped(value.expression)) === source.variable
    );
  }
  return source.member === undefined && nameOf(value) === source.variable;
}

/** `this.signal` and `this.controller.signal`, as far as the class that holds the method says so. */
function fieldSources(fn: FunctionLike, program: Program): readonly Source[] {
  if (!isClassLike(fn.parent)) return [];
  return fieldsOf(fn.parent, program);
}

const fieldsOf: (owner: Node, program: Program) => readonly Source[] = fact((owner, program) => {
  if (!isClassLike(owner)) return [];
  return owner.members.flatMap(fieldNamesOf).flatMap((declared): readonly Source[] => {
    const name = nameOf(declared) ?? "";
    if (!NAMED_FOR_IT.test(name)) return [];
    const { type, nullable } = program.types.value(declared);
    const common = { origin: "field" as const, declaration: declared, nullable };
    const model = program.models.type(type)?.signal;
    if (model !== undefined) {
      return [{ ...common, text: `this.${name}`, model, variable: "this", member: name }];
    }
    const inner = program.models.type({ name: "AbortSignal", module: "lib" })?.signal;
    if (type?.name !== "AbortController" || inner === undefined) return [];
    const text = `this.${name}${nullable ? "?." : "."}signal`;
    return [{ ...common, text, model: inner, variable: "this", member: name }];
  });
});

/** The names of fields; a parameter of the constructor with a modifier is one, too. */
function fieldNamesOf(member: Node): readonly Node[] {
  if (is.PropertyDeclaration(member)) return [member.name];
  if (!is.Constructor(member)) return [];
  return member.parameters.filter((it) => (it.modifiers?.length ?? 0) > 0).map((it) => it.name);
}

const NAMED_FOR_IT = /signal|abort|cancel|token|controller/i;
