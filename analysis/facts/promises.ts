import type { PromiseType } from "../engine/type-engine.ts";
import type { CallModel } from "../primitives/primitive.ts";
import type { Program } from "../program.ts";
import {
  enclosingFunction,
  is,
  isAsync,
  isComma,
  isFunctionExpression,
  isFunctionLike,
  isGenerator,
  isJavaScript,
  isShortCircuit,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { isToldInstead } from "./optional-callbacks.ts";
import { isFetch, isPromiseByUse } from "./waited-elsewhere.ts";

// Is it a promise, who looks at it, and where does it come from?
//
// A promise is what the language waits for: anything whose `then` takes a callback. A *may*
// question: one branch of a condition is enough. What is `any` is not called a promise, so code
// without types is met with silence, but for what only a promise has, `then` and `finally` with a
// callback, and for calls that the same file waits for elsewhere (facts/waited-elsewhere.ts). "Handled" is a *must*
// question about one expression: somebody is told when it rejects. It does not follow the promise
// into variables; the rules about bindings do that on the flow graph.

const CHAIN: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

/** Whether evaluating the expression can give a promise that then stands unobserved. */
export function isPromise(expression: Node, program: Program): boolean {
  return branchesOf(expression).some((it) => {
    const { extent } = program.types.promise(it);
    if (extent === "all" || extent === "some") return true;
    if (isAsyncWhateverIsSaid(it, program)) return true;
    return extent === "unknown" && (isMadeByChain(it) || isPromiseByUse(it, program));
  });
}

/**
 * `then` and `finally` with one callback are methods of promises and of nothing else, whatever has no
 * type. The commands of Cypress have a `then` too, and no promise behind it.
 */
function isMadeByChain(expression: Node): boolean {
  const call = methodCall(unwrapped(expression));
  const [callback, ...others] = call?.args ?? [];
  if (call === undefined || callback === undefined || 0 < others.length) return false;
  if (call.method !== "finally" && call.method !== "then") return false;
  return isFunctionExpression(unwrapped(callback)) && nameOf(rootOf(call.receiver)) !== "cy";
}

function rootOf(expression: Node): Node {
  let node = unwrapped(expression);
  while (is.CallExpression(node) || is.PropertyAccessExpression(node)) {
    node = unwrapped(node.expression);
  }
  return node;
}

/**
 * Whether this calls an async function of JavaScript. Comments there often give the type of what
 * comes out of the promise, `@returns {boolean}`, and the compiler takes their word for it.
 */
function isAsyncWhateverIsSaid(expression: Node, program: Program): boolean {
  if (!isJavaScript(sourceFileOf(expression))) return false;
  const start = chainStart(expression);
  const functions = is.CallExpression(start) ? calleeOf(start, program).functions : [];
  return functions.length > 0 && functions.every((it) => isAsync(it) && !isGenerator(it));
}

/** Whether every possible value is a promise, `null` and `undefined` left aside. */
export function isAlwaysPromise(expression: Node, program: Program): boolean {
  const { extent } = program.types.promise(expression);
  if (extent === "unknown") return isFetch(expression);
  return extent === "all" || (extent === "none" && isAsyncWhateverIsSaid(expression, program));
}

/**
 * Whether the value may be a promise for all that is known. `resolve(value)` gives nothing, also where
 * nobody has said so: in JavaScript. What is called an error and has no type is what somebody caught.
 */
export function isPossiblyPromise(expression: Node, program: Program): boolean {
  const node = unwrapped(expression);
  const callee = is.CallExpression(node) ? nameOf(unwrapped(node.expression)) : undefined;
  if (callee === "resolve" || callee === "reject") return false;
  const { extent } = program.types.promise(expression);
  return extent === "unknown" ? !isCalledError(node) : extent !== "none";
}

function isCalledError(node: Node): boolean {
  return (
    is.Identifier(node) && /^(?:e|ex|exception|reason|cause)$|(?:^e|E)rr(?:or)?$/u.test(node.text)
  );
}

/**
 * Whether the value is an array with promises in it. Asked only of `map` and array literals: the
 * type of every other call would have to be worked out in full for something that nobody writes.
 */
export function isArrayOfPromises(expression: Node, program: Program): boolean {
  const inner = unwrapped(expression);
  const method = methodCall(inner)?.method;
  if (method !== "map" && method !== "flatMap" && !is.ArrayLiteralExpression(inner)) return false;
  const { elements } = program.types.value(inner);
  return elements === "all" || elements === "some";
}

/** The promise type of the first branch that has one. */
export function promiseType(expression: Node, program: Program): PromiseType | undefined {
  return branchesOf(expression)
    .map((it) => program.types.promise(it))
    .find(({ extent }) => extent === "all" || extent === "some");
}

/** The expressions whose value the whole may have: both sides of `?:`, the right side of `&&`. */
export function branchesOf(expression: Node): readonly Node[] {
  const inner = unwrapped(expression);
  if (is.ConditionalExpression(inner)) {
    return [...branchesOf(inner.whenTrue), ...branchesOf(inner.whenFalse)];
  }
  if (isShortCircuit(inner)) return [...branchesOf(inner.left), ...branchesOf(inner.right)];
  if (isComma(inner)) return branchesOf(inner.right);
  return [inner];
}

/**
 * The promises that a statement leaves to themselves: those on one of its branches, and those in
 * front of a comma, that nobody handles and whose maker does not look after them.
 */
export function leftAlone(expression: Node, program: Program): readonly Node[] {
  const inner = unwrapped(expression);
  if (isComma(inner)) {
    return [...leftAlone(inner.left, program), ...leftAlone(inner.right, program)];
  }
  return branchesOf(inner).filter(
    (it) => isPromise(it, program) && !isHandled(it, program) && !mayFloat(it, program),
  );
}

/**
 * Whether somebody is told when the promise rejects.
 *
 * `.finally` passes the outcome through, so it is only as safe as the promise it is called on.
 */
export function isHandled(expression: Node, program: Program): boolean {
  const call = methodCall(unwrapped(expression));
  switch (call?.method) {
    case "catch":
      return isHandler(call.args[0], program);
    case "then":
      return isHandler(call.args[1], program) || isHandled(call.receiver, program);
    case "finally":
      return isHandled(call.receiver, program);
    default:
      return false;
  }
}

/** Whether what is called, or what it gives, is known to look after the promise itself. */
export function mayFloat(expression: Node, program: Program): boolean {
  return branchesOf(expression).every((branch) => {
    if (modelOf(branch, program)?.result === "floats") return true;
    if (tellsByCallback(branch, program)) return true;
    if (is.CallExpression(branch) && isToldInstead(branch, program)) return true;
    const { floats, names } = program.types.promise(branch);
    return floats || names.some((it) => program.models.type(it)?.promise === "floats");
  });
}

/** Whether nothing happens until somebody awaits it: query builders and the like. */
export function isLazy(expression: Node, program: Program): boolean {
  return branchesOf(expression).some((branch) => {
    if (modelOf(branch, program)?.result === "lazy") return true;
    const models = program.types.promise(branch).names.map((it) => program.models.type(it));
    const method = methodCall(branch)?.method ?? "";
    return (
      models.length > 0 &&
      models.every((it) => it?.promise === "lazy" && it.startedBy?.includes(method) !== true)
    );
  });
}

/**
 * `client.info((error, text) => …)`: a function that takes a callback, too, tells that of a failure,
 * and its promise is for those who give none. An own async function has a promise for everybody.
 */
function tellsByCallback(node: Node, program: Program): boolean {
  if (!is.CallExpression(node)) return false;
  const last = node.arguments.at(-1);
  if (last === undefined || is.SpreadElement(last)) return false;
  const given = unwrapped(last);
  // A wrapper around it, such as one that calls it in time.
  const inner = is.CallExpression(given) ? given.arguments.map(unwrapped) : [given];
  return inner.some(takesErrorFirst) && !calleeOf(node, program).functions.some(isAsync);
}

function takesErrorFirst(node: Node): boolean {
  if (!isFunctionExpression(node)) return false;
  const [first, second] = node.parameters;
  return second !== undefined && /^_?(?:e|er|err|error)$/.test(nameOf(first?.name) ?? "");
}

function modelOf(node: Node, program: Program): CallModel | undefined {
  return is.CallExpression(node) ? calleeOf(node, program).model : undefined;
}

/** The expression that a chain of `then`, `catch` and `finally` calls starts from. */
export function chainStart(expression: Node): Node {
  const inner = unwrapped(expression);
  const call = methodCall(inner);
  return call !== undefined && CHAIN.has(call.method) ? chainStart(call.receiver) : inner;
}

/** The `then`, `catch` or `finally` that a function is handed to as a callback. */
export function chainCallOf(callback: Node, program: Program) {
  const argument = wrapped(callback);
  const call = methodCall(argument.parent);
  if (call === undefined || !CHAIN.has(call.method) || !call.args.includes(argument))
    return undefined;
  return isPromise(call.receiver, program) ? call : undefined;
}

/**
 * Where an `await` may be written without touching any other line.
 *
 * The top level of a file counts only where the file already awaits there or is an ES module by
 * its name; elsewhere it depends on the module format.
 */
export function canAwaitAt(node: Node): boolean {
  const owner = enclosingFunction(node);
  return owner !== undefined && isAsync(owner) && !isParameterOf(node, owner);
}

/** Whether the function runs its body only when it is iterated. */
export function isLazyFunction(node: Node): boolean {
  return isFunctionLike(node) && isGenerator(node);
}

function isParameterOf(
  node: Node,
  owner: Node & { readonly parameters: readonly Node[] },
): boolean {
  return owner.parameters.some((it) => it.pos <= node.pos && node.end <= it.end);
}

/** `.catch(undefined)` handles nothing; a value of type `any` gets the benefit of the doubt. */
function isHandler(argument: Node | undefined, program: Program): boolean {
  if (argument === undefined) return false;
  const handler = unwrapped(argument);
  if (isFunctionExpression(handler)) return true;
  if (is.NullKeyword(handler) || nameOf(handler) === "undefined") return false;
  const { opaque, callResult } = program.types.value(handler);
  return opaque || callResult !== undefined;
}
