import type { Place, SymbolAnswer } from "../engine/type-engine.ts";
import type { CallModel } from "../primitives/primitive.ts";
import { fact, handedOver, type Program, resolve } from "../program.ts";
import {
  ancestor,
  declarationKeyword,
  type FunctionLike,
  type Identifier,
  is,
  isAssignment,
  isClassLike,
  isFunctionExpression,
  isFunctionLike,
  isOneOf,
  type Node,
  type NodeOf,
  nameOf,
  textOf,
  unwrapped,
} from "../syntax.ts";
import { elementsOfField } from "./field-values.ts";

// What does a call call?
//
// The function that a name stands for, found by following declarations: functions, methods, fields
// and constants that hold a function, properties of object literals, imports. All or nothing: where
// one of the things that may be called is not known, the list is empty, so that whoever asks "do
// they all …" is not told yes by those that happen to be visible. Ignored: overriding in subclasses
// and reassigned fields; a method is taken to be the one that its declaration names. Parameters and
// `let` variables are unknown. Only names are asked of the type engine, never whole signatures,
// because resolving a signature makes a compiler check the arguments.

export interface Callee {
  /** What is called, where it has a name. */
  readonly symbol: SymbolAnswer | undefined;
  readonly model: CallModel | undefined;
  /** The own functions that it may be; empty when unknown. */
  readonly functions: readonly FunctionLike[];
}

type VariableDeclaration = NodeOf<"VariableDeclaration">;

const UNKNOWN: Callee = { symbol: undefined, model: undefined, functions: [] };

/** What a call, `new` expression or tagged template calls. */
export const calleeOf: (call: Node, program: Program) => Callee = fact((call, program) => {
  const called = calledExpression(call);
  if (called === undefined) return UNKNOWN;
  const name = nameIn(called);
  const symbol = name && program.types.symbol(name);
  const functions = is.NewExpression(call)
    ? constructorsOf(symbol, program)
    : functionsIn(called, program);
  const model =
    modelForText(call, symbol, functions, program) ??
    program.models.call(symbol) ??
    modelOfType(call, symbol, functions, program);
  return { symbol, model, functions };
});

/**
 * What is known of a call with this text for its first argument, as `executeCommand("setContext")`,
 * also where an own function does nothing but hand it on.
 */
function modelForText(
  call: Node,
  symbol: SymbolAnswer | undefined,
  functions: readonly FunctionLike[],
  program: Program,
): CallModel | undefined {
  const [text] = is.CallExpression(call) ? call.arguments : [];
  if (text === undefined || !is.StringLiteral(text)) return undefined;
  const [fn] = functions;
  const inner = fn && functions.length === 1 ? handedTo(fn) : undefined;
  const called = inner === undefined ? symbol : calleeOf(inner, program).symbol;
  if (called === undefined || called.module === "own") return undefined;
  return program.models.call({ ...called, name: `${called.name}("${text.text}")` });
}

/** The call that is all a function does, with the function's own first parameter in front. */
function handedTo({ body, parameters }: FunctionLike): NodeOf<"CallExpression"> | undefined {
  const [only, another] = is.Block(body) ? body.statements : [];
  const returned = is.ReturnStatement(only) && another === undefined ? only.expression : undefined;
  const call = returned ?? (is.Block(body) ? undefined : body);
  const inner = call && unwrapped(call);
  const [first] = is.CallExpression(inner) ? inner.arguments : [];
  const name = nameOf(parameters[0]?.name);
  const isHandedOn = name !== undefined && first !== undefined && nameOf(first) === name;
  return isHandedOn && is.CallExpression(inner) && is.Identifier(first) ? inner : undefined;
}

/**
 * What is known of the function type that a variable or the result of a call has, as in
 * `const limit = pLimit(2); limit(task)`. Takes the signature, so it is asked last.
 */
function modelOfType(
  call: Node,
  symbol: SymbolAnswer | undefined,
  functions: readonly FunctionLike[],
  program: Program,
): CallModel | undefined {
  const isVariable =
    symbol === undefined || (symbol.module === "own" && VARIABLES.has(symbol.kind));
  if (!isVariable || functions.length > 0) return undefined;
  const place = program.types.callee(call)?.declaration;
  if (place === undefined || program.types.isOwn(place.file)) return undefined;
  const signature = resolve(place, program);
  // `const sleep = promisify(setTimeout)` is a function of `node:timers/promises` by its type.
  const type = is.FunctionDeclaration(signature)
    ? signature
    : signature && ancestor(signature, isNamedType);
  return type && program.models.call(program.types.symbol(type.name ?? type));
}

const VARIABLES: ReadonlySet<SymbolAnswer["kind"]> = new Set(["variable", "parameter", "property"]);
const isNamedType = isOneOf("InterfaceDeclaration", "TypeAliasDeclaration");

/** The own functions that an expression may stand for; empty when one of them is unknown. */
export function functionsIn(expression: Node, program: Program): readonly FunctionLike[] {
  return known(expression, program, 0) ?? [];
}

/** The model of what an expression stands for, such as `JSON.parse` handed on as a callback. */
export function modelIn(expression: Node, program: Program): CallModel | undefined {
  const name = nameIn(unwrapped(expression));
  return name && program.models.call(program.types.symbol(name));
}

/** What a constant was bound to, wherever it is declared; undefined for all other variables. */
export function constantBehind(name: Identifier, program: Program): Node | undefined {
  const [place, another] = program.types.symbol(name)?.declarations ?? [];
  if (place === undefined || another !== undefined) return undefined;
  const declaration = program.types.isOwn(place.file) ? resolve(place, program) : undefined;
  return is.VariableDeclaration(declaration) ? valueOfConstant(declaration) : undefined;
}

function valueOfConstant({ name, initializer, parent }: VariableDeclaration): Node | undefined {
  const isConstant = is.VariableDeclarationList(parent) && declarationKeyword(parent) === "const";
  return isConstant && is.Identifier(name) ? initializer : undefined;
}

/** The identifier or member name by which an expression is looked up. */
export function nameIn(expression: Node): Node | undefined {
  const inner = unwrapped(expression);
  if (is.Identifier(inner)) return inner;
  return is.PropertyAccessExpression(inner) ? inner.name : undefined;
}

function calledExpression(call: Node): Node | undefined {
  if (is.CallExpression(call) || is.NewExpression(call)) return unwrapped(call.expression);
  return is.TaggedTemplateExpression(call) ? unwrapped(call.tag) : undefined;
}

/** Names lead to names; beyond this many steps somebody is making fun of us. */
const MOST_STEPS = 8;

function known(written: Node, program: Program, steps: number): FunctionLike[] | undefined {
  const node = unwrapped(written);
  if (MOST_STEPS < steps) return undefined;
  if (isFunctionExpression(node)) return [node];
  if (is.ConditionalExpression(node)) {
    const yes = known(node.whenTrue, program, steps + 1);
    const no = known(node.whenFalse, program, steps + 1);
    return yes && no && [...yes, ...no];
  }
  if (is.CallExpression(node)) {
    const bound = unwrapped(node.expression);
    if (!is.PropertyAccessExpression(bound)) return undefined;
    if (TAKES.has(bound.name.text)) return ofElements(bound.expression, program, steps);
    return bound.name.text === "bind" ? known(bound.expression, program, steps + 1) : undefined;
  }
  if (is.ElementAccessExpression(node)) return ofElements(node.expression, program, steps);
  const name = nameIn(node);
  return name && declared(program.types.symbol(name), program, steps);
}

/** `this.queue[0]` and `this.queue.shift()` of a list that only its class adds to. */
function ofElements(list: Node, program: Program, steps: number): FunctionLike[] | undefined {
  const field = unwrapped(list);
  const elements = is.PropertyAccessExpression(field) ? elementsOfField(field, program) : undefined;
  const found: FunctionLike[] = [];
  for (const element of elements ?? []) {
    const functions = known(element, program, steps + 1);
    if (functions === undefined) return undefined;
    found.push(...functions);
  }
  return found.length === 0 ? undefined : found;
}

const TAKES: ReadonlySet<string> = new Set(["shift", "pop", "at"]);

function declared(
  symbol: SymbolAnswer | undefined,
  program: Program,
  steps: number,
): FunctionLike[] | undefined {
  const found: FunctionLike[] = [];
  for (const place of symbol?.declarations ?? []) {
    const functions = at(place, program, steps);
    if (functions === undefined) return undefined;
    found.push(...functions);
  }
  return found.length === 0 ? undefined : found;
}

function at(place: Place, program: Program, steps: number): FunctionLike[] | undefined {
  if (!program.types.isOwn(place.file)) return undefined;
  const node = resolve(place, program);
  if (is.GetAccessor(node) || is.SetAccessor(node)) return undefined;
  // Overloads declare without a body; the implementation is among the other declarations.
  if (isFunctionLike(node)) return node.body === undefined ? [] : [node];
  if (is.VariableDeclaration(node)) {
    const value = valueOfConstant(node);
    return value && known(value, program, steps + 1);
  }
  if (is.PropertyDeclaration(node) || is.PropertyAssignment(node)) {
    return node.initializer && known(node.initializer, program, steps + 1);
  }
  if (is.ShorthandPropertyAssignment(node)) {
    return declared(program.types.symbol(node.name), program, steps + 1);
  }
  const exported = exportedBy(node);
  if (exported !== undefined) return known(exported, program, steps + 1);
  return undefined;
}

/** The value in `module.exports = value` and `exports.name = value`, by either side of which TypeScript knows it. */
function exportedBy(node: Node | undefined): Node | undefined {
  const target = isAssignment(node) ? unwrapped(node.left) : node;
  if (!is.PropertyAccessExpression(target)) return undefined;
  const { parent } = target;
  if (!isAssignment(parent) || parent.left !== target) return undefined;
  return /^(?:module\.)?exports\b/.test(textOf(target)) ? parent.right : undefined;
}

function constructorsOf(symbol: SymbolAnswer | undefined, program: Program): FunctionLike[] {
  return (symbol?.declarations ?? []).flatMap((place) => {
    const node = program.types.isOwn(place.file) ? resolve(place, program) : undefined;
    if (!isClassLike(node)) return [];
    return node.members.filter(isConstructorWithBody).map((it) => handedOver(it, program));
  });
}

function isConstructorWithBody(member: Node): member is FunctionLike {
  return is.Constructor(member) && member.body !== undefined;
}
