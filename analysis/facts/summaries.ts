import type { Program } from "../program.ts";
import {
  type FunctionLike,
  is,
  isAssignment,
  isAsync,
  isComma,
  isGenerator,
  isShortCircuit,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  unwrapped,
} from "../syntax.ts";
import type { CallbackModel } from "../primitives/primitive.ts";
import { isTestFile } from "./file-roles.ts";
import { callbackOf, callbackParameter, observation } from "./callbacks.ts";
import { calleeOf, constantBehind, functionsIn, modelIn } from "./callees.ts";
import { escaping } from "./escapes.ts";
import { valuesOfField } from "./field-values.ts";
import type { Point } from "./flow-graph.ts";
import { declaresNever, graphOf } from "./flow-walk.ts";
import { givenBehind, heldAt } from "./held-values.ts";
import { mentionsOf } from "./mentions.ts";
import { isPossiblyPromise } from "./promises.ts";
import { reason } from "./reasons.ts";
import { returnedBy, returnsPromise, startedBy } from "./returns.ts";

// What may go wrong when a function is called?
//
// A call ends badly in two ways: it throws, or the promise that it returns rejects. Both are *may*
// questions whose answer is the node to blame; no answer means that it cannot happen, as far as we
// trust the code below. What we trust is where the line between use and noise runs:
//
//  - Promises are not trusted. What is awaited or returned may reject, unless it comes from an own
//    function that never does, from `catch` with a handler that cannot fail, from a call modelled
//    as settling (`Promise.allSettled`, timers without a signal), from `new Promise` whose executor
//    cannot reject, or is no promise by its type.
//  - Synchronous calls are trusted, unless they are own functions that throw, or are modelled as
//    throwing (`JSON.parse`, `new URL`, `fs.*Sync`). So `catch (e) { report(e) }` does not throw.
//    Property access on nothing, stack overflow and the like are ignored.
//
// Parameters are taken to be any promise of their type. Overriding methods are not looked for. The
// facts are least fixed points over the call graph (facts/reasons.ts), so recursion proves nothing
// either way. Callees are followed across files, callers never.

/** The node because of which the promise may reject; undefined: it never does, or is none. */
export const mayReject: (promise: Node, program: Program) => Node | undefined = reason(
  (written, program) => {
    const node = unwrapped(written);
    if (is.ConditionalExpression(node)) {
      return mayReject(node.whenTrue, program) ?? mayReject(node.whenFalse, program);
    }
    if (isShortCircuit(node)) {
      // The left side of `&&` is the value only where it is falsy, so no promise.
      const isAnd = node.operatorToken.kind === Kind.AmpersandAmpersandToken;
      const left = isAnd ? undefined : mayReject(node.left, program);
      return left ?? mayReject(node.right, program);
    }
    if (isComma(node) || isAssignment(node)) return mayReject(node.right, program);
    if (is.AwaitExpression(node)) return undefined;
    if (is.CallExpression(node)) return callRejects(node, program);
    if (is.NewExpression(node)) return constructionRejects(node, program);
    if (is.Identifier(node)) return bindingRejects(node, program);
    if (is.PropertyAccessExpression(node)) return fieldRejects(node, program);
    return isPossiblyPromise(node, program) ? node : undefined;
  },
);

/** The node because of which calling the function may throw, or reject what it returns. */
export function bodyMayReject(fn: FunctionLike, program: Program): Node | undefined {
  return throwsFrom(fn, program) ?? rejectsFrom(fn, program);
}

/** The node because of which calling the function may throw before it returns. */
export const throwsFrom = reason<FunctionLike, Node>((fn, program) => {
  if (isAsync(fn) || isGenerator(fn)) return undefined;
  return escaping(fn, (point) => raisedAt(point, program), program);
});

/** The node because of which the promise that the function returns may reject. */
export const rejectsFrom = reason<FunctionLike, Node>((fn, program) => {
  if (isGenerator(fn)) return undefined;
  const escaped = isAsync(fn)
    ? escaping(fn, (point) => raisedAt(point, program), program)
    : undefined;
  return escaped ?? returnedBy(fn, program).find((it) => mayReject(it, program));
});

/** The node because of which iterating what a generator function makes may fail. */
const iterationFails = reason<FunctionLike, Node>((fn, program) =>
  escaping(fn, (point) => raisedAt(point, program), program),
);

/** The node because of which a synchronous call may throw: the call itself, or a callback. */
export function mayThrow(call: Node, program: Program): Node | undefined {
  const { symbol, model, functions } = calleeOf(call, program);
  // Outside of tests an assertion says what cannot be; nobody is expected to be ready for it.
  const isAssertion = symbol?.module === "node:assert" && !isTestFile(sourceFileOf(call), program);
  if (model?.throws === true && !isAssertion) return call;
  if (model?.result !== "ends" && declaresNever(call, program)) return call;
  if (functions.some((it) => throwsFrom(it, program) !== undefined)) return call;
  // What an executor throws becomes a rejection.
  if (symbol?.module === "lib" && symbol.name.startsWith("Promise")) return undefined;
  const args = is.CallExpression(call) || is.NewExpression(call) ? (call.arguments ?? []) : [];
  return args.find((it) => {
    const inside = functionsIfCallback(it, program);
    if (!inside.some((fn) => throwsFrom(fn, program) !== undefined)) return false;
    const use = callbackOf(it, program);
    return use !== undefined && use !== "never" && use.runs === "now";
  });
}

/** Only what looks like a function is worth a question. */
function functionsIfCallback(argument: Node, program: Program): readonly FunctionLike[] {
  const node = unwrapped(argument);
  return is.ArrowFunction(node) || is.FunctionExpression(node) ? functionsIn(node, program) : [];
}

/** The node to blame for an exception at this point of a body. */
export function raisedAt(
  { node, role }: Pick<Point, "node" | "role">,
  program: Program,
): Node | undefined {
  if (node === undefined) return undefined;
  if (is.ThrowStatement(node)) return node;
  if (is.AwaitExpression(node)) return mayReject(node.expression, program) && node;
  if (is.YieldExpression(node) || is.ReturnStatement(node)) return yieldRejects(node, program);
  if (is.ForOfStatement(node)) return role === "step" ? stepFails(node, program) : undefined;
  // Closing an iterator and disposing of a resource are trusted.
  return role === "value" ? mayThrow(node, program) : undefined;
}

/** An async generator waits for what it yields. */
function yieldRejects(
  node: NodeOf<"YieldExpression"> | NodeOf<"ReturnStatement">,
  program: Program,
): Node | undefined {
  if (node.expression === undefined) return undefined;
  if (!is.YieldExpression(node) || node.asteriskToken === undefined) {
    return mayReject(node.expression, program) && node;
  }
  return generatorsFail(node.expression, program) && node;
}

function stepFails(node: NodeOf<"ForOfStatement">, program: Program): Node | undefined {
  return generatorsFail(node.expression, program) && node.expression;
}

/** Own generators are looked into; every other async iterable may fail. */
function generatorsFail(iterated: Node, program: Program): Node | undefined {
  const call = unwrapped(iterated);
  const functions = is.CallExpression(call) ? calleeOf(call, program).functions : [];
  if (functions.length === 0 || !functions.every(isGenerator)) return iterated;
  return functions.some((it) => iterationFails(it, program)) ? iterated : undefined;
}

function callRejects(call: NodeOf<"CallExpression">, program: Program): Node | undefined {
  const chain = methodCall(call);
  if (
    chain !== undefined &&
    isChained(chain.method) &&
    isPossiblyPromise(chain.receiver, program)
  ) {
    const [first, second] = chain.args;
    switch (chain.method) {
      case "catch":
        return mayReject(chain.receiver, program) && handled(chain.receiver, first, program);
      case "then":
        return (
          (mayReject(chain.receiver, program) && handled(chain.receiver, second, program)) ??
          (first && handlerFails(first, program))
        );
      case "finally":
        return mayReject(chain.receiver, program) ?? (first && handlerFails(first, program));
    }
  }
  const { symbol, model, functions } = calleeOf(call, program);
  if (symbol?.module === "lib" && symbol.name.startsWith("PromiseConstructor.")) {
    return staticRejects(symbol.name.slice("PromiseConstructor.".length), call, program);
  }
  if (model?.result === "settles") return call.arguments.find(passesSignal);
  if (model?.neverRejects === true) return undefined;
  if (functions.length > 0) {
    return functions.some((it) => rejectsFrom(it, program)) ? call : undefined;
  }
  return isPossiblyPromise(call, program) ? call : undefined;
}

function isChained(method: string): boolean {
  return method === "then" || method === "catch" || method === "finally";
}

/** Behind a handler only the handler can fail; one that is missing handles nothing. */
function handled(receiver: Node, handler: Node | undefined, program: Program): Node | undefined {
  const missing =
    handler === undefined || is.NullKeyword(handler) || nameOf(handler) === "undefined";
  return missing ? receiver : handlerFails(handler, program);
}

/** Unknown handlers are trusted like other calls, unless they return a promise. */
function handlerFails(handler: Node, program: Program): Node | undefined {
  const functions = functionsIn(handler, program);
  if (functions.length > 0) {
    return functions.some((it) => callbackFails(it, program)) ? handler : undefined;
  }
  if (modelIn(handler, program)?.throws === true) return handler;
  const result = program.types.value(handler).callResult?.extent;
  return result === "all" || result === "some" ? handler : undefined;
}

/** What a handler passes on without waiting for it, and nothing is known of, is no promise to us. */
function callbackFails(fn: FunctionLike, program: Program): boolean {
  if (isAsync(fn) || isGenerator(fn)) return rejectsFrom(fn, program) !== undefined;
  if (throwsFrom(fn, program) !== undefined) return true;
  return returnedBy(fn, program).some((it) => {
    return program.types.promise(it).extent !== "unknown" && mayReject(it, program) !== undefined;
  });
}

/** `Promise.all` and its like. */
function staticRejects(
  name: string,
  call: NodeOf<"CallExpression">,
  program: Program,
): Node | undefined {
  const [first] = call.arguments;
  if (name === "allSettled" || name === "withResolvers") return undefined;
  if (name === "resolve") return first && mayReject(first, program) && call;
  if (name === "try") return first && handlerFails(first, program);
  if (name === "reject" || first === undefined) return call;
  return elementsReject(first, program) && call;
}

/** Arrays are followed where they are written down or mapped on the spot. */
export function elementsReject(written: Node, program: Program): Node | undefined {
  const node = unwrapped(written);
  if (is.ArrayLiteralExpression(node)) {
    return node.elements.find((it) =>
      is.SpreadElement(it) ? elementsReject(it.expression, program) : mayReject(it, program),
    );
  }
  const mapped = methodCall(node);
  const [callback] = mapped?.args ?? [];
  if (mapped?.method === "map" && callback !== undefined) {
    const functions = functionsIn(callback, program);
    if (functions.length > 0) return functions.find((it) => rejectsFrom(it, program));
  }
  return program.types.value(node).elements === "none" ? undefined : node;
}

function constructionRejects(node: NodeOf<"NewExpression">, program: Program): Node | undefined {
  const { symbol } = calleeOf(node, program);
  if (symbol?.module !== "lib" || !PROMISE.has(symbol.name)) {
    return isPossiblyPromise(node, program) ? node : undefined;
  }
  const [executor] = node.arguments ?? [];
  const functions = executor === undefined ? [] : functionsIn(executor, program);
  if (functions.length === 0) return node;
  return functions.some((it) => executorRejects(it, program)) ? node : undefined;
}

/** The name of the constant and of the interface behind it: engines choose either. */
const PROMISE: ReadonlySet<string> = new Set(["Promise", "PromiseConstructor"]);

/** Whoever gets `reject` may call it; `resolve` passes on what is known to be a promise. */
function executorRejects(executor: FunctionLike, program: Program): Node | undefined {
  const [resolves, rejects] = executor.parameters.map((it) => nameOf(it.name));
  const [mention] = rejects === undefined ? [] : mentionsOf(rejects, executor);
  if (mention !== undefined) return mention;
  const thrown = throwsFrom(executor, program);
  if (thrown !== undefined || resolves === undefined) return thrown;
  return mentionsOf(resolves, executor).find(({ parent }) => {
    const [value] = is.CallExpression(parent) ? parent.arguments : [];
    if (value === undefined || program.types.promise(value).extent === "unknown") return false;
    return mayReject(value, program) !== undefined;
  });
}

/** A constant is what it was bound to, a `let` what it was given last; everything else is what its type says. */
function bindingRejects(name: NodeOf<"Identifier">, program: Program): Node | undefined {
  if (name.text === "undefined") return undefined;
  const bound = constantBehind(name, program);
  if (bound !== undefined) return mayReject(bound, program) && name;
  if (!isPossiblyPromise(name, program)) return undefined;
  const held = heldAt(name, program) ?? [name];
  return held.some((it) => it === name || mayReject(it, program)) ? name : undefined;
}

/** A field that only its class writes is what it was given there, and so is what an own function gives back. */
function fieldRejects(
  access: NodeOf<"PropertyAccessExpression">,
  program: Program,
): Node | undefined {
  if (!isPossiblyPromise(access, program)) return undefined;
  const values = valuesOfField(access, program) ?? givenBehind(access, program) ?? [access];
  return values.some((it) => it === access || mayReject(it, program)) ? access : undefined;
}

/** What settles by itself rejects when it is aborted. */
function passesSignal(argument: Node): boolean {
  const options = unwrapped(argument);
  if (!is.ObjectLiteralExpression(options)) return false;
  return options.properties.some(
    (it) =>
      is.SpreadAssignment(it) ||
      ((is.PropertyAssignment(it) || is.ShorthandPropertyAssignment(it)) &&
        nameOf(it.name) === "signal"),
  );
}

/** Everything that callers may want to know of a function, for those who want to know it all. */
export interface Summary {
  /** Other code may run before a call is over, as seen by whoever waits for it. */
  readonly suspends: boolean;
  /** The node because of which a call may throw before it returns. */
  readonly throws: Node | undefined;
  /** The node because of which the promise that it returns may reject. */
  readonly rejects: Node | undefined;
  readonly returnsPromise: boolean;
  /** The promise stands for work that the call itself has begun. */
  readonly returnsStarted: boolean;
  readonly parameters: readonly ParameterSummary[];
}

export interface ParameterSummary {
  /** What becomes of a function passed here: `never` called, or undefined where it is not known. */
  readonly callback: CallbackModel | "never" | undefined;
  /** The place that looks at a promise passed here. */
  readonly observes: Node | undefined;
}

export function summaryOf(fn: FunctionLike, program: Program): Summary {
  return {
    suspends: graphOf(fn, program).points.some((it) => it.suspends),
    throws: throwsFrom(fn, program),
    rejects: rejectsFrom(fn, program),
    returnsPromise: returnsPromise(fn, program),
    returnsStarted: startedBy(fn, program) !== undefined,
    parameters: fn.parameters.map((it) => ({
      callback: callbackParameter(it, program),
      observes: observation(it, program),
    })),
  };
}
