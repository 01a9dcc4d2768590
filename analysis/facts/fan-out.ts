import type { CallModel } from "../primitives/primitive.ts";
import type { Program } from "../program.ts";
import {
  ancestor,
  type CallExpression,
  calleeNameOf,
  type FunctionLike,
  is,
  isFunctionExpression,
  methodCall,
  type Node,
  nameOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { calleeOf, constantBehind, functionsIn, modelIn } from "./callees.ts";
import { isPromise } from "./promises.ts";
import { reason } from "./reasons.ts";

// Does a call begin as much work at once as there are elements, however many that are?
//
// `Promise.all(list.map(work))` starts all of it and then waits. That is fine for a list that is
// written out, or that somebody has cut into pieces before; with a list from outside it opens as
// many connections as somebody sends elements. A list is taken to be short where its elements are in
// sight, where it is a piece by its name, or is cut to a length; everything else may be long. Work is
// what uses something of which there is only so much, by a model, here or in own functions that are
// called; what passes a limiter does not count. Other promises are *some* work (`kind` undefined).

export interface FanOut {
  /** `list.map(work)`. */
  readonly map: CallExpression;
  readonly list: Node;
  readonly callback: Node;
  readonly work: Work;
}

export interface Work {
  /** The call that does it. */
  readonly at: Node;
  /** What it uses, where that is known. */
  readonly uses: CallModel["uses"];
}

/** What `Promise.all` and its like begin for each element of a list of any length. */
export function fanOutAt(call: CallExpression, program: Program): FanOut | undefined {
  const combinator = methodCall(call);
  if (combinator === undefined || !COMBINATORS.has(combinator.method)) return undefined;
  if (nameOf(unwrapped(combinator.receiver)) !== "Promise") return undefined;
  const [first] = combinator.args;
  const map = first && mapIn(first, program);
  if (map === undefined || isShort(map.list, program)) return undefined;
  const work = workOf(map.callback, program);
  return work && { ...map, work };
}

const COMBINATORS: ReadonlySet<string> = new Set(["all", "allSettled"]);

/** `list.map(work)` and `Array.from(list, work)`, also by the name of a constant. */
function mapIn(written: Node, program: Program): Omit<FanOut, "work"> | undefined {
  const node = unwrapped(written);
  if (is.Identifier(node)) {
    const value = constantBehind(node, program);
    return value && mapIn(value, program);
  }
  const method = methodCall(node);
  const [first, second] = method?.args ?? [];
  if (method?.method === "map" && first !== undefined) {
    return { map: method.call, list: method.receiver, callback: first };
  }
  const isFrom = method?.method === "from" && nameOf(unwrapped(method.receiver)) === "Array";
  if (!isFrom || first === undefined || second === undefined) return undefined;
  return { map: method.call, list: first, callback: second };
}

const PIECE = /chunk|batch|page|slice|group|window|pair|tuple|top|few|first/i;

/** Whether the list has few elements, as far as the code shows. */
function isShort(written: Node, program: Program): boolean {
  const node = unwrapped(written);
  if (is.ArrayLiteralExpression(node)) {
    return node.elements.every((it) => !is.SpreadElement(it) || isShort(it.expression, program));
  }
  if (is.ObjectLiteralExpression(node)) return true;
  if (is.ConditionalExpression(node)) {
    return isShort(node.whenTrue, program) && isShort(node.whenFalse, program);
  }
  if (is.PropertyAccessExpression(node)) return PIECE.test(node.name.text);
  if (is.Identifier(node)) {
    if (PIECE.test(node.text) || /^[A-Z][A-Z0-9_]+$/.test(node.text)) return true;
    const value = constantBehind(node, program);
    return value === undefined ? isPieceOfLoop(node) : isShort(value, program);
  }
  const method = methodCall(node);
  if (method === undefined) return is.NewExpression(node) && isShortArray(node.arguments);
  const { args, receiver } = method;
  if (method.method === "slice" || method.method === "splice") return args.length === 2;
  if (method.method === "fill") return isShort(receiver, program);
  if (KEEPS_LENGTH.has(method.method)) {
    const [first] = args;
    const owner = nameOf(unwrapped(receiver));
    const isAbout = (owner === "Object" || owner === "Array") && first !== undefined;
    // The names of an enumeration begin with a capital letter.
    if (isAbout) return /^[A-Z]/.test(nameOf(unwrapped(first)) ?? "") || isShort(first, program);
    return isShort(receiver, program);
  }
  return PIECE.test(method.method);
}

const KEEPS_LENGTH: ReadonlySet<string> = new Set([
  "concat",
  "entries",
  "filter",
  "flat",
  "from",
  "keys",
  "map",
  "reverse",
  "sort",
  "split",
  "toReversed",
  "toSorted",
  "values",
]);

/** `new Array(3)`. */
function isShortArray(args: readonly Node[] | undefined): boolean {
  return args?.length === 1 && args[0] !== undefined && is.NumericLiteral(unwrapped(args[0]));
}

/** The variable of a loop around: what was one list has been cut into several. */
function isPieceOfLoop(name: Node): boolean {
  const text = nameOf(name);
  for (let loop = ancestor(name, is.ForOfStatement); loop !== undefined; ) {
    const { initializer } = loop;
    const declared = is.VariableDeclarationList(initializer) ? initializer.declarations : [];
    if (declared.some((it) => nameOf(it.name) === text)) return true;
    loop = ancestor(loop, is.ForOfStatement);
  }
  return false;
}

function workOf(callback: Node, program: Program): Work | undefined {
  const uses = modelIn(callback, program)?.uses;
  if (uses !== undefined) return { at: callback, uses };
  const functions = functionsIn(callback, program);
  if (functions.some(isLimited)) return undefined;
  let some: Work | undefined;
  for (const fn of functions) {
    const found = usedIn(fn, program);
    if (found !== undefined) return found;
    some ??= promiseIn(fn, program);
  }
  return some;
}

/** The first call in a function, or in own ones that it calls, that uses something limited. */
const usedIn: (fn: FunctionLike, program: Program) => Work | undefined = reason((fn, program) => {
  for (const call of callsIn(fn)) {
    const { model, functions } = calleeOf(call, program);
    if (model?.uses !== undefined) return { at: call, uses: model.uses };
    if (isQuery(call, program)) return { at: call, uses: "database" };
    for (const inner of functions) {
      if (isLimited(inner)) continue;
      const found = usedIn(inner, program);
      if (found !== undefined) return { at: call, uses: found.uses };
    }
  }
  return undefined;
});

/** A query builder that is awaited. */
function isQuery(call: CallExpression, program: Program): boolean {
  if (!is.AwaitExpression(call.parent)) return false;
  const { names } = program.types.promise(call);
  return names.some((it) => program.models.type(it)?.promise === "lazy");
}

/** Something that is waited for, whatever it is. */
function promiseIn(fn: FunctionLike, program: Program): Work | undefined {
  const at = callsIn(fn).find((it) => isPromise(it, program));
  return at && { at, uses: undefined };
}

function callsIn(fn: FunctionLike): readonly CallExpression[] {
  const calls: CallExpression[] = [];
  walk(fn, (node) => {
    if (is.CallExpression(node)) calls.push(node);
    return is.FunctionDeclaration(node) ? "skip" : undefined;
  });
  return calls;
}

const LIMITS = /limit|throttl|queue|semaphore|mutex|lock|pool$|schedule|batch|cache|memo|dedupe/i;

/** Whether the work goes through something that lets in only some at a time. */
function isLimited(fn: FunctionLike): boolean {
  return callsIn(fn).some((call) => {
    const receiver = methodCall(call)?.receiver;
    const names = [nameOf(calleeNameOf(call)), receiver && nameOf(lastOf(unwrapped(receiver)))];
    const isGivenWork = call.arguments.some((it) => isFunctionExpression(unwrapped(it)));
    return isGivenWork && names.some((it) => it !== undefined && LIMITS.test(it));
  });
}

function lastOf(node: Node): Node {
  return is.PropertyAccessExpression(node) ? node.name : node;
}
