import type { SymbolAnswer } from "../engine/type-engine.ts";
import type { PermitsModel } from "../primitives/primitive.ts";
import { type Program, resolve } from "../program.ts";
import {
  enclosingFunction,
  is,
  isAssignment,
  isClassLike,
  isOneOf,
  isShortCircuit,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  textOf,
  unwrapped,
} from "../syntax.ts";
import { calleeOf, constantBehind } from "./callees.ts";
import { valuesOfField } from "./field-values.ts";

// Which lock is meant by an expression?
//
// Two mentions are of the same lock when they lead the same way from the same root: a variable, or
// `this`. The way goes through properties, elements and calls with arguments (`this.locks.get(id)`,
// `lockFor(id)`), whose keys are compared as values where they are literals, as variables where they
// are names, and by their text otherwise. Constants are followed to what they were bound to, so that
// `const lock = this.locks.get(id)` is the keyed lock and not another one.
//
// *Must*, for two mentions in one run of one function; between functions `this` and parameters are
// translated (see facts/locks.ts). Two ways to one lock that look different are two locks to us.

export interface Lock {
  /** Equal for mentions of the same lock, `this` and parameters being the same. */
  readonly id: string;
  /** As it is written: `this.mutex`. */
  readonly name: string;
  /** How many may hold it at once; undefined where that cannot be seen. */
  readonly permits: number | undefined;
  /** What it is rooted in: a variable of a module or function, the instance, or a call's result. */
  readonly root: "variable" | "parameter" | "this" | "package";
  /** The expression that tells it from others of the same holder: the `id` in `locks.get(id)`. */
  readonly key: Node | undefined;
  /** Made in the function that uses it, so that no other call can have it. */
  readonly fresh: boolean;
}

/** The lock that an expression stands for; undefined where it is not to be found again. */
export function lockAt(expression: Node, program: Program): Lock | undefined {
  const way = wayTo(expression, program);
  if (way === undefined) return undefined;
  const { id, root, key, holder } = way;
  const name = textOf(unwrapped(expression)).replace(/\s+/g, " ");
  const made = creationOf(expression, program) ?? creationOf(holder, program);
  const node = unwrapped(expression);
  const bound = is.Identifier(node) ? constantBehind(node, program) : undefined;
  const fresh = is.NewExpression(bound) && isLocal(bound, expression);
  return { id, name, root, key, permits: made?.permits, fresh };
}

/** The lock that a package's function is told by a key alone, such as the name of a file. */
export function lockOfPackage(
  symbol: SymbolAnswer,
  key: Node | undefined,
  program: Program,
): Lock | undefined {
  const keyText = key === undefined ? "" : keyOf(key, program);
  return {
    id: `'${symbol.module}'[${keyText}]`,
    name: key === undefined ? symbol.module : textOf(key).replace(/\s+/g, " "),
    root: "package",
    key,
    permits: 1,
    fresh: false,
  };
}

/** One of the locks that a holder has, told from the others by a key. */
export function keyed(lock: Lock, key: Node, program: Program): Lock {
  const text = textOf(key).replace(/\s+/g, " ");
  return { ...lock, id: `${lock.id}[${keyOf(key, program)}]`, name: `${lock.name}, ${text}`, key };
}

interface Way {
  readonly id: string;
  readonly root: Lock["root"];
  readonly key: Node | undefined;
  /** The expression behind which the creation is looked for. */
  readonly holder: Node;
}

/** A way from a root, as text: names are numbers of symbols, so that equal text is equal ways. */
export function wayTo(expression: Node, program: Program, steps = 0): Way | undefined {
  const node = unwrapped(expression);
  if (MOST_STEPS < steps) return undefined;
  if (is.ThisKeyword(node)) return { id: "this", root: "this", key: undefined, holder: node };
  if (is.Identifier(node)) return wayOfName(node, program, steps);
  if (is.PropertyAccessExpression(node)) {
    const symbol = program.types.symbol(node.name);
    // A member of a namespace is a variable of its module.
    if (symbol?.kind === "variable") {
      return { id: `v${symbol.id}`, root: "variable", key: undefined, holder: node };
    }
    const base = wayTo(node.expression, program, steps + 1);
    const link = symbol === undefined ? `n${node.name.text}` : `f${symbol.id}`;
    return base && { ...base, id: `${base.id}.${link}`, holder: node };
  }
  if (is.ElementAccessExpression(node)) {
    const base = wayTo(node.expression, program, steps + 1);
    const key = node.argumentExpression;
    return base && { ...base, id: `${base.id}[${keyOf(key, program)}]`, key, holder: node };
  }
  // `this.lock ??= new Mutex()` stands for the field.
  if (isAssignment(node)) return wayTo(node.left, program, steps + 1);
  if (is.CallExpression(node)) return wayOfCall(node, program, steps);
  // `locks.get(id) ?? new Mutex()` stands for the one that is kept.
  return isFallback(node) ? wayTo(node.left, program, steps + 1) : undefined;
}

function isFallback(node: Node): node is NodeOf<"BinaryExpression"> {
  return isShortCircuit(node) && node.operatorToken.kind !== Kind.AmpersandAmpersandToken;
}

/** Ways lead to ways; beyond this many steps somebody is making fun of us. */
const MOST_STEPS = 8;

function wayOfName(node: Node, program: Program, steps: number): Way | undefined {
  if (!is.Identifier(node)) return undefined;
  const symbol = program.types.symbol(node);
  if (symbol === undefined) return undefined;
  const bound = symbol.kind === "variable" ? constantBehind(node, program) : undefined;
  const alias = bound && leadsOn(bound) ? wayTo(bound, program, steps + 1) : undefined;
  if (alias !== undefined && sameThis(alias, bound, node)) return alias;
  const root = symbol.kind === "parameter" ? "parameter" : "variable";
  return { id: `v${symbol.id}`, root, key: undefined, holder: node };
}

function wayOfCall(node: Node, program: Program, steps: number): Way | undefined {
  const call = methodCall(node);
  const [key, another] = call?.args ?? [];
  if (call?.method === "get" && key !== undefined && another === undefined) {
    const base = wayTo(call.receiver, program, steps + 1);
    return base && { ...base, id: `${base.id}[${keyOf(key, program)}]`, key, holder: node };
  }
  if (!is.CallExpression(node)) return undefined;
  const same = calleeOf(node, program).model?.permits?.same;
  const inner = same === undefined ? undefined : node.arguments[same];
  if (inner !== undefined) return wayTo(inner, program, steps + 1);
  if (calleeOf(node, program).model?.permits !== undefined) return undefined;
  const base = wayTo(node.expression, program, steps + 1);
  if (base === undefined) return undefined;
  const keys = node.arguments.map((it) => keyOf(it, program));
  return { ...base, id: `${base.id}(${keys.join()})`, key: node.arguments[0], holder: node };
}

/** What a constant is bound to is another name for a lock, unless it is what makes it. */
function leadsOn(bound: Node): boolean {
  const node = unwrapped(bound);
  return isFallback(node) || isAssignment(node) || isPlace(node);
}

const isPlace = isOneOf(
  "Identifier",
  "ThisKeyword",
  "PropertyAccessExpression",
  "ElementAccessExpression",
  "CallExpression",
);

/** `this` means the same where the constant is bound and where it is used. */
function sameThis({ root }: Way, bound: Node | undefined, use: Node): boolean {
  return root !== "this" || (bound !== undefined && thisOf(bound) === thisOf(use));
}

/** Whose `this` it is: arrow functions have none of their own. */
export function thisOf(node: Node): Node | undefined {
  let fn = enclosingFunction(node);
  while (is.ArrowFunction(fn)) fn = enclosingFunction(fn);
  return fn ?? undefined;
}

/** A key, so that equal text is an equal key: literals as values, names as symbols. */
export function keyOf(key: Node, program: Program): string {
  const node = unwrapped(key);
  if (is.StringLiteral(node) || is.NumericLiteral(node)) return quoted(node.text);
  if (is.NoSubstitutionTemplateLiteral(node)) return quoted(node.text);
  if (is.ArrayLiteralExpression(node)) return node.elements.map((it) => keyOf(it, program)).join();
  return wayTo(node, program)?.id ?? quoted(`~${textOf(node).replace(/\s+/g, " ")}`);
}

function quoted(text: string): string {
  return `'${encodeURIComponent(text).replaceAll("'", "%27")}'`;
}

/**
 * The same way seen from another function: each root is replaced by what it stands for there.
 * Undefined where one of them stands for nothing that can be named.
 */
export function translated(
  id: string,
  rootAs: (root: string) => string | undefined,
): string | undefined {
  let lost = false;
  const there = id.replace(/'[^']*'|\bthis\b|\bv\d+\b/g, (root) => {
    if (root.startsWith("'")) return root;
    const other = rootAs(root);
    if (other === undefined) lost = true;
    return other ?? root;
  });
  return lost ? undefined : there;
}

/** Where the lock is made, and for how many holders. */
function creationOf(
  holder: Node,
  program: Program,
): { readonly node: Node; readonly permits: number | undefined } | undefined {
  const node = unwrapped(holder);
  const values = is.Identifier(node)
    ? [constantBehind(node, program)]
    : is.PropertyAccessExpression(node)
      ? (valuesOfField(node, program) ?? [initializerOf(node, program)])
      : [];
  for (const value of values) {
    const made = value && madeIn(value);
    if (is.NewExpression(made) || is.CallExpression(made)) {
      return { node: made, permits: permitsOf(made, program) };
    }
  }
  return undefined;
}

function madeIn(value: Node): Node {
  const node = unwrapped(value);
  return isFallback(node) || isAssignment(node) ? madeIn(node.right) : node;
}

/** What a field is declared with, where others might assign it as well but hardly do. */
function initializerOf(access: Node, program: Program): Node | undefined {
  if (!is.PropertyAccessExpression(access)) return undefined;
  const [place, another] = program.types.symbol(access.name)?.declarations ?? [];
  if (place === undefined || another !== undefined || !program.types.isOwn(place.file)) {
    return undefined;
  }
  const declaration = resolve(place, program);
  return is.PropertyDeclaration(declaration) || is.PropertyAssignment(declaration)
    ? declaration.initializer
    : undefined;
}

/** How many may hold at once what this call makes. */
export function permitsOf(made: Node, program: Program): number | undefined {
  if (!is.NewExpression(made) && !is.CallExpression(made)) return undefined;
  const { model, symbol } = calleeOf(made, program);
  const args = made.arguments ?? [];
  if (model?.permits === undefined) {
    const name = symbol?.name ?? "";
    if (/sema|limit|queue|pool/i.test(name)) return numberIn(args[0], undefined);
    return symbol !== undefined && LOCKISH.test(name) ? 1 : undefined;
  }
  return modelledPermits(model.permits, args, program);
}

/** Names of types that are locks by all appearance. */
export const LOCKISH = /mutex|lock(?!e[rt]|down|file)|sema(?:phore)?$|semaphore|monitor/i;

function modelledPermits(
  { count, argument, option, same }: PermitsModel,
  args: readonly Node[],
  program: Program,
): number | undefined {
  if (count !== undefined) return count;
  if (same !== undefined) {
    const [inner] = args.slice(same);
    return inner && creationOf(inner, program)?.permits;
  }
  return argument === undefined ? undefined : numberIn(args[argument], option);
}

function numberIn(written: Node | undefined, option: string | undefined): number | undefined {
  const node = written && unwrapped(written);
  if (is.NumericLiteral(node)) return Number(node.text);
  if (!is.ObjectLiteralExpression(node) || option === undefined) return undefined;
  const property = node.properties.find(
    (it) => is.PropertyAssignment(it) && nameOf(it.name) === option,
  );
  return is.PropertyAssignment(property) ? numberIn(property.initializer, undefined) : undefined;
}

/** Made in the same run of the function that uses it, and not kept as a field. */
function isLocal(made: Node, use: Node): boolean {
  const owner = enclosingFunction(made);
  if (owner === undefined) return false;
  for (let at = use.parent; !is.SourceFile(at); at = at.parent) {
    if (isClassLike(at)) return false;
    if (at === owner) return !is.Constructor(owner);
  }
  return false;
}
