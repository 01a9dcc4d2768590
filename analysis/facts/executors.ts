import { fact, type Program } from "../program.ts";
import {
  ancestor,
  type CallExpression,
  type FunctionLike,
  hasQuestionDot,
  type Identifier,
  is,
  isFunctionExpression,
  isFunctionLike,
  isLink,
  isLoop,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { callbackOf } from "./callbacks.ts";
import { EXITS, flowOwner, type Path, pathFrom, pathFromEntry } from "./flow.ts";
import { mentionsOf } from "./mentions.ts";
import { passesSwitch } from "./paths.ts";

// Does the executor of a promise settle it, on every way, and once?
//
// *Must* questions, asked so that doubt is silence. A promise is taken to stay pending only where a
// path through the executor comes upon nothing that could settle it: no call of a resolver, no place
// that a resolver is handed to, no function that knows one. What is handed on may be called at any
// time, and what is called later is not followed, with one exception: a callback that is called once
// and is all that could still settle the promise, because nothing else on the way there and from
// there on knows a resolver. Called once is what a timer calls, what `then` calls, and what takes an
// error first (`(error, value) => …`); listeners, which may be called again, are left alone.
//
// A promise is taken to be settled twice only where every way on from one call of a resolver leads
// to another one, in the same body.
//
// Ignored: calls that throw (a `catch` that forgets to reject is seen for `throw` and `await` only),
// loops that run not even once, a `switch` without `default`. An executor that has only `reject`, or
// no resolver at all, makes a promise that is meant to lose a race.

export interface Executor {
  readonly construction: NodeOf<"NewExpression">;
  readonly fn: FunctionLike;
  readonly resolve: string | undefined;
  readonly reject: string | undefined;
  /** All that may lead to a settled promise: mentions of resolvers, and of functions with such. */
  readonly carriers: readonly Identifier[];
}

/** The executor of `new Promise(…)`, where it is written out on the spot. */
export const executorOf: (node: NodeOf<"NewExpression">, program: Program) => Executor | undefined =
  fact((construction) => {
    const [first] = construction.arguments ?? [];
    const fn = first && unwrapped(first);
    if (nameOf(construction.expression) !== "Promise" || !isFunctionExpression(fn))
      return undefined;
    const [resolve, reject] = fn.parameters.map((it) => nameOf(it.name));
    return { construction, fn, resolve, reject, carriers: carriersIn(fn, [resolve, reject]) };
  });

/** Calls of a resolver in the executor and its callbacks. */
export function settlingCalls({ resolve, reject, carriers }: Executor): readonly CallExpression[] {
  return carriers.flatMap((it) => {
    return it.text === resolve || it.text === reject ? (callOf(it) ?? []) : [];
  });
}

export interface Pending {
  /** The function that ends without settling: the executor, or a callback that is called once. */
  readonly fn: FunctionLike;
  readonly path: Path;
}

/** A way on which the promise stays pending for good. */
export function staysPending(executor: Executor, program: Program): Pending | undefined {
  const { fn, resolve, reject, carriers } = executor;
  if (resolve === undefined || resolve.startsWith("_") || isEmpty(fn)) return undefined;
  if (isInRace(executor.construction)) return undefined;
  const mentions = (name: string | undefined) => carriers.some((it) => it.text === name);
  if (!mentions(resolve) && mentions(reject)) return undefined;
  const own = pathWithout(fn, executor, program);
  if (own !== undefined) return { fn, path: own };
  const callbacks = new Set(settlingCalls(executor).map((it) => flowOwner(it)));
  for (const callback of callbacks) {
    if (!isFunctionExpression(callback) || callback === fn) continue;
    if (!isLastHope(callback, executor, program)) continue;
    const path = pathWithout(callback, executor, program);
    if (path !== undefined) return { fn: callback, path };
  }
  return undefined;
}

export interface Twice {
  readonly first: CallExpression;
  readonly second: CallExpression;
}

/** Pairs of calls of which the second always follows the first, and then does nothing. */
export function settledTwice(executor: Executor, program: Program): readonly Twice[] {
  const calls = settlingCalls(executor);
  const found = new Map<Node, Twice>();
  for (const first of calls) {
    const others = calls.filter((it) => it !== first && flowOwner(it) === flowOwner(first));
    if (others.length === 0) continue;
    const isOther = (node: Node) => others.some((it) => it === node);
    if (pathFrom(first, { until: EXITS, stops: isOther }, program) !== undefined) continue;
    const on = pathFrom(first, { until: isOther }, program);
    const second = others.find((it) => it === on?.at);
    if (second !== undefined && !found.has(second)) found.set(second, { first, second });
  }
  return [...found.values()];
}

/** Whether it stands in the list of a race, where it is enough that somebody else arrives. */
export function isInRace(construction: Node): boolean {
  const list = wrapped(construction).parent;
  const call = is.ArrayLiteralExpression(list) ? methodCall(wrapped(list).parent) : undefined;
  return call?.method === "race" && nameOf(unwrapped(call.receiver)) === "Promise";
}

function isEmpty({ body }: FunctionLike): boolean {
  return is.Block(body) && body.statements.length === 0;
}

/** Resolvers, and by and by the names of functions in which one is mentioned. */
function carriersIn(fn: FunctionLike, resolvers: readonly (string | undefined)[]): Identifier[] {
  const names = new Set(resolvers.filter((it) => it !== undefined));
  const carriers = new Set<Identifier>();
  for (const name of names) {
    for (const mention of mentionsOf(name, fn)) {
      carriers.add(mention);
      for (let at = mention.parent; at !== fn; at = at.parent) {
        const known = isFunctionLike(at) ? nameOfFunction(at) : undefined;
        if (known !== undefined) names.add(known);
      }
    }
  }
  return [...carriers];
}

function nameOfFunction(fn: FunctionLike): string | undefined {
  const own = is.MethodDeclaration(fn) ? undefined : nameOf(fn.name);
  const holder = wrapped(fn).parent;
  return own ?? (is.VariableDeclaration(holder) ? nameOf(holder.name) : undefined);
}

/** A path from the start of the function to its end that comes upon no carrier. */
function pathWithout(fn: FunctionLike, executor: Executor, program: Program): Path | undefined {
  const stops = stopsIn(fn, executor.carriers);
  const path = pathFromEntry(
    fn,
    { until: ["return", "end"], stops, exceptions: "awaited" },
    program,
  );
  return path === undefined || passesSwitch(path) ? undefined : path;
}

/** The nodes of a function's flow that carry a resolver, those that are inner functions included. */
function stopsIn(fn: FunctionLike, carriers: readonly Node[]): (node: Node) => boolean {
  const stops = new Set<Node>();
  for (const carrier of carriers) {
    const node = nodeInFlow(carrier, fn);
    if (node === undefined) continue;
    const called = node === carrier ? callOf(carrier) : undefined;
    // `resolve(await load())` has settled nothing when the `await` fails.
    stops.add(called ?? node);
    if (called !== undefined) continue;
    // `token?.onCancelled(resolve)`: that there may be nothing to wait for is in plain sight.
    const optional = startOfOptionalChain(node);
    if (optional !== undefined) stops.add(optional);
    // What is handed on in a loop was meant to be handed on at least once.
    for (let it = ancestor(node, isLoop); it !== undefined; it = ancestor(it, isLoop)) {
      if (it.pos <= fn.pos) break;
      addLoop(it, stops);
    }
  }
  return (node) => stops.has(node);
}

/** `token` for what is handed to a call in `token?.onCancelled(…)`. */
function startOfOptionalChain(argument: Node): Node | undefined {
  const call = wrapped(argument).parent;
  if (!is.CallExpression(call)) return undefined;
  let isOptional = false;
  let start: Node = call;
  while (isLink(start)) {
    isOptional ||= hasQuestionDot(start);
    start = unwrapped(start.expression);
  }
  return isOptional ? start : undefined;
}

/** The call of the resolver that is mentioned here. */
function callOf(mention: Node): CallExpression | undefined {
  const callee = wrapped(mention);
  const call = callee.parent;
  return is.CallExpression(call) && call.expression === callee ? call : undefined;
}

function addLoop(loop: Node, stops: Set<Node>): void {
  stops.add(loop);
  const test = is.ForStatement(loop)
    ? loop.condition
    : is.WhileStatement(loop)
      ? loop.expression
      : undefined;
  if (test === undefined) return;
  stops.add(unwrapped(test));
  walk(test, (it) => {
    stops.add(it);
    return undefined;
  });
}

/** The mention itself, or the inner function around it, as the function's own flow sees it. */
function nodeInFlow(mention: Node, fn: FunctionLike): Node | undefined {
  let node: Node = mention;
  for (let at = mention; at !== fn; at = at.parent) {
    if (is.SourceFile(at)) return undefined;
    if (isFunctionLike(at)) node = at;
  }
  // A declaration does nothing by itself; its name is a carrier wherever it is used.
  return is.FunctionDeclaration(node) ? undefined : node;
}

/** Whether nothing but this callback can settle the promise once it has been handed over. */
function isLastHope(callback: FunctionLike, executor: Executor, program: Program): boolean {
  if (!isCalledOnce(callback, program)) return false;
  const outer = flowOwner(callback);
  if (!isFunctionLike(outer)) return false;
  const inside = (it: Node) => callback.pos <= it.pos && it.end <= callback.end;
  const others = executor.carriers.filter((it) => !inside(it) && !isInHandlerBehind(callback, it));
  const stops = stopsIn(outer, others);
  const there = pathFromEntry(outer, { until: (it) => it === callback, stops }, program);
  if (there === undefined) return false;
  const on = pathFrom(callback, { until: ["return", "end"], stops }, program);
  if (on === undefined) return false;
  return outer === executor.fn || isLastHope(outer, executor, program);
}

const ERROR = /^_?(?:err|error)$/;
const LISTENERS =
  /^(?:on|once|add\w*|prepend\w*|subscribe|watch\w*|observe|listen|each|forEach|map|retry\w*|catch|finally)$/;

const TIMERS: ReadonlySet<string> = new Set(["setTimeout", "setImmediate", "queueMicrotask"]);

function isCalledOnce(callback: FunctionLike, program: Program): boolean {
  const argument = wrapped(callback);
  const call = argument.parent;
  if (!is.CallExpression(call) || !call.arguments.includes(argument)) return false;
  const name = methodCall(call)?.method ?? nameOf(unwrapped(call.expression));
  if (name === "then" || TIMERS.has(name ?? "")) return true;
  const known = callbackOf(argument, program);
  if (known === "never") return false;
  if (known !== undefined) return known.runs === "later" && known.repeats !== true;
  const [first] = callback.parameters;
  return ERROR.test(nameOf(first?.name) ?? "") && name !== undefined && !LISTENERS.test(name);
}

/** `reject` in `load().then(callback).catch(reject)` hears of failures only. */
function isInHandlerBehind(callback: FunctionLike, mention: Node): boolean {
  let call = wrapped(callback).parent;
  for (;;) {
    const chain = methodCall(call);
    if (chain === undefined) return false;
    const handlers = chain.method === "then" ? chain.args.slice(1) : chain.args;
    const isHandler = chain.method === "then" || chain.method === "catch";
    if (isHandler && handlers.some((it) => it.pos <= mention.pos && mention.end <= it.end))
      return true;
    const access = wrapped(call).parent;
    if (!is.PropertyAccessExpression(access)) return false;
    call = wrapped(access).parent;
  }
}
