import type { SymbolAnswer } from "../engine/type-engine.ts";
import type { CallbackModel } from "../primitives/primitive.ts";
import { type Program, resolve } from "../program.ts";
import {
  bodyHas,
  type FunctionLike,
  is,
  isAsync,
  isFunctionExpression,
  isGenerator,
  isOneOf,
  isShortCircuit,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { callbackOf } from "./callbacks.ts";
import { calleeOf, functionsIn, modelIn, nameIn } from "./callees.ts";
import { mayBeMissing } from "./presence.ts";
import { mayFloat } from "./promises.ts";
import { returnedBy, returnsPromise } from "./returns.ts";
import { rejectsFrom } from "./summaries.ts";

// Whose promise does nobody look at, because of where the function was put?
//
// Two questions. What becomes of what a function gives back there: a model knows, else the type of
// the place says so, and the body of an own function can clear it again. And does this function
// give a promise: every async one does; others are looked into, or asked for their type where they
// are only named. "Somebody may wait" as soon as one answer leaves it open. Of a method of `any` nothing
// is known, but that `forEach` waits for nobody.

/** A promise that nobody waits for, and why nobody does. */
export interface Lost {
  readonly result: "tested" | "compared" | "dropped";
  /** Called before the call is over, for each of several things; or at some other time. */
  readonly runs: "each" | "later";
  /** The smallest place that says so: `async`, what an arrow gives, a function's name. */
  readonly at: Node;
  /** What is returned, where that is another place. */
  readonly returned?: Node;
  /** Every call gives one. */
  readonly always: boolean;
  /** Only the name of the method says so. */
  readonly guessed?: boolean;
  /** The own functions behind it; empty: unknown. */
  readonly functions: readonly FunctionLike[];
}

/** The promise of the function at this argument, where nobody waits for it. */
export function lostByCall(argument: Node, program: Program): Lost | undefined {
  if (is.SpreadElement(argument)) return lostBySpread(argument, program);
  if (!mayGivePromise(unwrapped(argument), program)) return undefined;
  const modelled = modelFor(argument, program);
  if (modelled !== undefined)
    return isLost(modelled) ? lost(argument, modelled, program) : undefined;
  if (isUntypedLoop(argument, program)) {
    const given = lost(argument, EACH, program);
    return given && { ...given, guessed: true };
  }
  const { result } = program.types.slot(unwrapped(argument));
  if (result === "boolean") return lost(argument, ANSWER, program);
  if (result !== "void" || givenPromise(argument, program) === undefined) return undefined;
  const use = callbackOf(argument, program);
  if (use === "never" || (use !== undefined && !isLost(use))) return undefined;
  if (use === undefined && isTakenAsIs(argument, program)) return undefined;
  return lost(argument, use ?? LATER, program);
}

/** `memo<() => void>(run)` with a parameter of type `T`: the call is about the function itself. */
function isTakenAsIs(argument: Node, program: Program): boolean {
  const node = wrapped(argument);
  const call = node.parent;
  if (!is.CallExpression(call)) return false;
  const position = call.arguments.indexOf(node);
  const { functions } = calleeOf(call, program);
  return functions.some(({ parameters }) => {
    const type = parameters[position]?.type;
    if (!is.TypeReference(type)) return false;
    const declarations = program.types.symbol(type.typeName)?.declarations ?? [];
    return declarations.some((it) => it.kind === Kind.TypeParameter);
  });
}

/** `run(...tasks)`, where the array is known to hold functions that give promises. */
function lostBySpread(spread: NodeOf<"SpreadElement">, program: Program): Lost | undefined {
  if (program.types.slot(spread).result !== "void") return undefined;
  const { extent = "none" } = program.types.value(spread.expression).elementCallResult ?? {};
  if (extent !== "all" && extent !== "some") return undefined;
  const at = spread.expression;
  return { at, always: extent === "all", functions: [], result: "dropped", runs: "later" };
}

/** The promise of a function in any other place whose type says that nobody waits. */
export function lostInPlace(value: Node, program: Program): Lost | undefined {
  const node = unwrapped(value);
  if (!mayGivePromise(node, program)) return undefined;
  const found = lost(value, LATER, program);
  if (found === undefined) return undefined;
  return program.types.slot(node).result === "void" ? found : undefined;
}

/** Whether the value is a function by its name or its syntax, so that its type need not be asked. */
export function isNamedFunction(value: Node, program: Program): boolean {
  const node = unwrapped(value);
  if (isFunctionExpression(node) || is.MethodDeclaration(node)) return true;
  const kind = symbolOf(node, program)?.kind;
  return kind === "function" || kind === "method" || 0 < functionsIn(node, program).length;
}

/**
 * The node because of which the promise may reject; undefined: it never does, or nobody knows. A
 * function that is declared elsewhere may, as a call of it may; a value that is only typed as a
 * function may be one that handles its errors, such as a wrapped handler.
 */
export function rejectionOf({ at, functions }: Lost, program: Program): Node | undefined {
  if (functions.length === 0) {
    const kind = symbolOf(at, program)?.kind;
    return kind === "function" || kind === "method" ? at : undefined;
  }
  for (const fn of functions) {
    const reason = rejectsFrom(fn, program);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function symbolOf(node: Node, program: Program): SymbolAnswer | undefined {
  const name = nameIn(node);
  return name && program.types.symbol(name);
}

const ANSWER: CallbackModel = { runs: "now", result: "tested", repeats: true };
const EACH: CallbackModel = { runs: "now", result: "dropped", repeats: true };
const LATER: CallbackModel = { runs: "later", result: "dropped" };

function isLost({ result }: CallbackModel): boolean {
  return result === "tested" || result === "compared" || result === "dropped";
}

function modelFor(argument: Node, program: Program): CallbackModel | undefined {
  const node = wrapped(argument);
  const call = node.parent;
  if (!is.CallExpression(call) && !is.NewExpression(call)) return undefined;
  const callbacks = calleeOf(call, program).model?.callbacks;
  return callbacks?.[call.arguments?.indexOf(node) ?? -1] ?? callbacks?.rest;
}

/** `list.forEach(…)`, where nothing is known of the list but that this is what lists have. */
function isUntypedLoop(argument: Node, program: Program): boolean {
  const node = wrapped(argument);
  const call = methodCall(node.parent);
  if (call === undefined || call.method !== "forEach" || call.args[0] !== node) return false;
  return program.types.value(call.receiver).opaque;
}

function lost(value: Node, use: CallbackModel, program: Program): Lost | undefined {
  const given = givenPromise(value, program);
  if (given === undefined) return undefined;
  const { result } = use;
  const runs = use.runs === "now" && use.repeats === true ? "each" : "later";
  return {
    ...given,
    runs,
    result: result === "tested" || result === "compared" ? result : "dropped",
  };
}

type Given = Pick<Lost, "at" | "returned" | "always" | "functions">;

/** The promise that a value gives when it is called; undefined: none that anybody would miss. */
function givenPromise(value: Node, program: Program): Given | undefined {
  const node = unwrapped(value);
  if (isFunctionExpression(node) || is.MethodDeclaration(node)) return givenBy(node, program);
  // What the platform or a package looks after may be dropped, by whatever way it is called.
  const known = modelIn(node, program)?.result;
  if (known === "floats" || known === "settles") return undefined;
  const functions = functionsIn(node, program);
  if (0 < functions.length && !functions.some((it) => returnsPromise(it, program)))
    return undefined;
  const result = program.types.value(node).callResult;
  if (result?.extent !== "all" && result?.extent !== "some") return undefined;
  return { at: node, always: result.extent === "all" && !result.nullable, functions };
}

function givenBy(fn: FunctionLike, program: Program): Given | undefined {
  if (isGenerator(fn)) return undefined;
  const modifier = fn.modifiers?.find((it) => it.kind === Kind.AsyncKeyword);
  if (isAsync(fn)) return { at: modifier ?? fn, always: true, functions: [fn] };
  for (const returned of returnedBy(fn, program)) {
    const { extent, nullable } = program.types.promise(returned);
    if ((extent !== "all" && extent !== "some") || mayFloat(returned, program)) continue;
    const always = extent === "all" && !nullable && !mayBeMissing(returned, program);
    if (!is.Block(fn.body)) return { at: returned, always, functions: [fn] };
    return { at: fn.name ?? fn, returned, always, functions: [fn] };
  }
  if (fn.type === undefined) return undefined;
  // It says so, although it always throws.
  const result = program.types.value(fn.name ?? fn).callResult;
  return result?.extent === "all"
    ? { at: fn.name ?? fn, always: true, functions: [fn] }
    : undefined;
}

/**
 * From the syntax, before any type is asked for: most arguments are no such functions. A call may
 * give one where it is given one, as wrappers are.
 */
function mayGivePromise(node: Node, program: Program): boolean {
  if (is.MethodDeclaration(node) || is.PropertyAccessExpression(node)) return true;
  if (is.Identifier(node)) return mayNameFunction(node, program);
  if (is.ConditionalExpression(node)) {
    const branches = [node.whenTrue, node.whenFalse].map(unwrapped);
    return branches.some((it) => mayGivePromise(it, program));
  }
  if (isShortCircuit(node)) return mayGivePromise(unwrapped(node.right), program);
  if (is.CallExpression(node)) return isBind(node) || node.arguments.some(isAsyncFunction);
  if (!isFunctionExpression(node)) return false;
  if (isAsync(node)) return !isGenerator(node);
  const { body } = node;
  if (!is.Block(body)) return body !== undefined && mayBePromise(unwrapped(body));
  return bodyHas(body, (it) => is.ReturnStatement(it) && mayBeReturned(it));
}

/** A variable that holds something else is told by its initializer. */
function mayNameFunction(name: Node, program: Program): boolean {
  const symbol = program.types.symbol(name);
  if (symbol?.kind !== "variable") return symbol !== undefined && symbol.kind !== "class";
  const [place] = symbol.declarations;
  const declaration = place && program.types.isOwn(place.file) && resolve(place, program);
  if (!declaration || !is.VariableDeclaration(declaration)) return true;
  const { initializer, type } = declaration;
  if (initializer === undefined || type !== undefined) return true;
  const value = unwrapped(initializer);
  return is.Identifier(value) || mayGivePromise(value, program);
}

function isBind(call: NodeOf<"CallExpression">): boolean {
  return methodCall(call)?.method === "bind";
}

function isAsyncFunction(argument: Node): boolean {
  const node = unwrapped(argument);
  return isFunctionExpression(node) && isAsync(node);
}

function mayBeReturned({ expression }: NodeOf<"ReturnStatement">): boolean {
  return expression !== undefined && mayBePromise(unwrapped(expression));
}

const mayBePromise = isOneOf(
  "Identifier",
  "PropertyAccessExpression",
  "ElementAccessExpression",
  "CallExpression",
  "NewExpression",
  "ConditionalExpression",
  "BinaryExpression",
);
