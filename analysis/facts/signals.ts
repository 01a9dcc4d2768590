import type { SignalModel } from "../primitives/primitive.ts";
import { fact, type Program } from "../program.ts";
import {
  ancestor,
  bodyHas,
  type CallExpression,
  declarationKeyword,
  enclosingFunction,
  type FunctionLike,
  type Identifier,
  is,
  isAssignment,
  isClassLike,
  isFunctionExpression,
  isFunctionLike,
  isInside,
  isLoop,
  isOneOf,
  isShortCircuit,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  walk,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { isRead } from "./mentions.ts";

// Which signal is at hand, and where does it go?
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
//
// Where it goes is told from names alone. An expression carries a signal if it mentions it, the
// whole object that it came in, or a constant that was made from either without waiting; a callback
// that mentions it carries it too. This prefers "yes": whoever reports that a signal is missing
// wants no other way in which it could be there.

export interface Signal {
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
  /** The variable by which it is reached, and its member there, if it is not the variable. */
  readonly variable: string;
  readonly member: string | undefined;
  /** Constants made from it, objects that it was put into. */
  readonly carriers: ReadonlySet<string>;
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

/** Whether evaluating the expression hands on, or looks at, the signal. */
export function carries(
  expression: Node,
  signal: Pick<Signal, "variable" | "member" | "carriers">,
) {
  if (mentions(expression, signal)) return true;
  let found = false;
  walk(expression, (it) => {
    found ||= mentions(it, signal);
    return found ? "skip" : undefined;
  });
  return found;
}

/**
 * Whether the node runs only where the signal has been found to be set, as in `if (signal.aborted)
 * await report()`: what is done then has to be done.
 */
export function isAskedBefore(node: Node, signal: Signal): boolean {
  for (let from = node, at = from.parent; at !== signal.owner && !is.SourceFile(at); ) {
    if (is.IfStatement(at) && at.thenStatement === from && asks(at.expression, signal)) return true;
    from = at;
    at = at.parent;
  }
  return false;
}

/** Whether a loop around the node looks at the signal by itself, between one step and the next. */
export function isAskedEachTime(node: Node, signal: Signal): boolean {
  for (let at = node.parent; at !== signal.owner && !is.SourceFile(at); at = at.parent) {
    if (isLoop(at) && bodyHas(at, (it) => looksAt(it, signal))) return true;
  }
  return false;
}

/** `signal.aborted`, `signal.throwIfAborted()`. */
function looksAt(node: Node, signal: Signal): boolean {
  const { flag, check } = signal.model;
  if (!is.PropertyAccessExpression(node)) return false;
  const { text } = node.name;
  return (text === flag || text === check) && carries(node.expression, signal);
}

/** `signal.aborted`, alone or beside another reason. */
function asks(condition: Node, signal: Signal): boolean {
  const node = unwrapped(condition);
  if (isShortCircuit(node)) return asks(node.left, signal) || asks(node.right, signal);
  return looksAt(node, signal);
}

function mentions(node: Node, signal: Pick<Signal, "variable" | "member" | "carriers">): boolean {
  if (is.ThisKeyword(node)) return signal.carriers.has("this") || reaches(node, signal, "this");
  if (!is.Identifier(node) || !isRead(node)) return false;
  return signal.carriers.has(node.text) || reaches(node, signal, node.text);
}

function reaches(
  node: Node,
  { variable, member }: Pick<Signal, "variable" | "member">,
  name: string,
): boolean {
  if (name !== variable) return false;
  const { parent } = wrapped(node);
  if (member === undefined || !is.PropertyAccessExpression(parent)) return name !== "this";
  return parent.name.text === member;
}

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

/**
 * The names of what was made from a signal: `const init = { signal }`, `const all =
 * AbortSignal.any([signal])`, a controller that follows it, an object that it was put into. What was
 * waited for is a result, and carries no signal any more.
 */
function carriersOf(source: Source, fn: FunctionLike, program: Program): ReadonlySet<string> {
  const carriers = new Set<string>();
  const signal = { ...source, carriers };
  for (let before = -1; before < carriers.size; ) {
    before = carriers.size;
    walk(fn, (node) => {
      if (is.VariableDeclaration(node)) {
        for (const it of madeFrom(node, signal)) {
          if (!program.types.value(it).primitive) carriers.add(it.text);
        }
      } else if (isAssignment(node) && !is.AwaitExpression(unwrapped(node.right))) {
        if (!isFunctionLike(unwrapped(node.right)) && carries(node.right, signal)) {
          const root = rootOf(node.left);
          if (root !== source.variable || root === "this") carriers.add(root);
        }
      } else if (is.CallExpression(node) && isFollowing(node, signal)) {
        for (const it of node.arguments.map(unwrapped).filter(isFunctionExpression)) {
          addMentioned(it, carriers);
        }
      }
      return undefined;
    });
  }
  carriers.delete(source.variable);
  return carriers;
}

/** `signal.addEventListener("abort", () => controller.abort())`: what is called then follows it. */
function isFollowing(
  call: CallExpression,
  signal: Pick<Signal, "variable" | "member" | "carriers">,
) {
  const method = methodCall(call);
  const name = method?.method ?? nameOf(unwrapped(call.expression)) ?? "";
  if (!/^(?:addEventListener|on\w*(?:abort|cancel)\w*|addAbortListener)$/i.test(name)) return false;
  const parts = method === undefined ? call.arguments : [method.receiver, ...call.arguments];
  return parts.some((it) => !isFunctionExpression(unwrapped(it)) && carries(it, signal));
}

/** The names of a declaration whose values come from the signal, without waiting. */
function madeFrom(
  { name, initializer }: NodeOf<"VariableDeclaration">,
  signal: Pick<Signal, "variable" | "member" | "carriers">,
): readonly Identifier[] {
  const value = initializer && unwrapped(initializer);
  if (value === undefined || is.AwaitExpression(value) || isFunctionLike(value)) return [];
  if (!carries(value, signal)) return [];
  const { member, variable } = signal;
  // `const { id, ...others } = options`: the parts of an object that do not hold it do not count.
  const isTakenApart = member !== undefined && nameOf(value) === variable;
  if (!is.ObjectBindingPattern(name) || !isTakenApart) return namesIn(name);
  return name.elements
    .filter(
      (it) => it.dotDotDotToken !== undefined || nameOf(it.propertyName ?? it.name) === member,
    )
    .flatMap((it) => namesIn(it.name));
}

function namesIn(pattern: Node): readonly Identifier[] {
  if (is.Identifier(pattern)) return [pattern];
  if (!is.ObjectBindingPattern(pattern) && !is.ArrayBindingPattern(pattern)) return [];
  return pattern.elements.flatMap((it) => (is.BindingElement(it) ? namesIn(it.name) : []));
}

function addMentioned(fn: Node, to: Set<string>): void {
  walk(fn, (it) => {
    if (is.Identifier(it) && isRead(it)) to.add(it.text);
    return undefined;
  });
}

function rootOf(expression: Node): string {
  const inner = unwrapped(expression);
  if (is.PropertyAccessExpression(inner) || is.ElementAccessExpression(inner)) {
    return rootOf(inner.expression);
  }
  return is.ThisKeyword(inner) ? "this" : (nameOf(inner) ?? "");
}
