import { fact, type Program } from "../program.ts";
import {
  bodyHas,
  type CallExpression,
  enclosingClass,
  enclosingFunction,
  is,
  isAsync,
  isFunctionExpression,
  isGenerator,
  methodCall,
  type Node,
  nameOf,
  type SourceFile,
  sourceFileOf,
  statementOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { referenceKey } from "./references.ts";

// Does a call give a promise, although nothing is known of its type?
//
// Where an import has no types, as in much of JavaScript, every call of it is `any`. What the file
// itself does with other calls of the same thing says what the types do not: who writes
// `await client.post(…)` in five places knows that it gives a promise, and means the sixth one too.
//
// *May*, and one place is enough: a call of the same member of the same thing, by the name it has in
// this file, that is awaited, or on whose result `then` or `catch` is called. The same thing is the
// same variable or import, or `this` within one class. Left out: functions that are parameters, which
// somebody may give now as a plain one and now as an async one, what hangs on the result of another
// call, and calls that are given a function, for many of these wait where that one does (`act(() => …)`). People also await what is no promise; a finding that rests on this names the place.
//
// Two more things are known without any type. `fetch` gives a promise, whoever it is imported from. And
// an async function that never waits for anything is async because of what it calls: where all that it
// does is to call a member of its own name, `async close() { this.socket.close(); }`, that one is async
// as well, and the `await` is missing.

/** Another call of the same thing, for which somebody waits; undefined: none in this file. */
export function waitedElsewhere(written: Node, program: Program): CallExpression | undefined {
  const call = unwrapped(written);
  if (!is.CallExpression(call)) return undefined;
  if (call.arguments.some((it) => isFunctionExpression(unwrapped(it)))) return undefined;
  const key = referenceKey(call.expression);
  const others = key === undefined ? undefined : waitedIn(sourceFileOf(call), program).get(key);
  return others?.find((it) => it !== call && isSameThing(it, call, program));
}

/** The calls that are waited for, by how their callees are written. */
const waitedIn: (
  file: SourceFile,
  program: Program,
) => ReadonlyMap<string, readonly CallExpression[]> = fact((file) => {
  const found = new Map<string, CallExpression[]>();
  walk(file, (it) => {
    if (!is.CallExpression(it) || !isWaitedFor(it)) return undefined;
    const key = referenceKey(it.expression);
    if (key === undefined || /\.(?:then|catch|finally)$/.test(key)) return undefined;
    const known = found.get(key);
    if (known === undefined) found.set(key, [it]);
    else known.push(it);
    return undefined;
  });
  return found;
});

/** Whether something other than types says that this call gives a promise. */
export function isPromiseByUse(written: Node, program: Program): boolean {
  const call = unwrapped(written);
  if (!is.CallExpression(call)) return false;
  return isFetch(call) || isDelegation(call) || waitedElsewhere(call, program) !== undefined;
}

/**
 * Whether the function is async, waits for nothing, and has a `try` around this: of all that is in it, the
 * returned call may be the reason. Weak evidence, for what else may be.
 */
export function isOnlyReasonForAsync(written: Node): boolean {
  const call = unwrapped(written);
  const fn = enclosingFunction(call);
  if (!is.CallExpression(call) || fn === undefined || !isAsync(fn) || isGenerator(fn)) return false;
  return fn.body !== undefined && !bodyHas(fn.body, isPause);
}

const isPause = (node: Node) =>
  is.AwaitExpression(node) || (is.ForOfStatement(node) && node.awaitModifier !== undefined);

/** `fetch(…)`, by whatever package. */
export function isFetch(written: Node): boolean {
  const call = unwrapped(written);
  return is.CallExpression(call) && nameOf(unwrapped(call.expression)) === "fetch";
}

/** `async close() { this.socket.close(); }`. */
function isDelegation(call: CallExpression): boolean {
  const method = methodCall(call);
  const fn = method && statementOf(call) && enclosingFunction(call);
  if (method === undefined || fn === undefined || !isAsync(fn) || isGenerator(fn)) return false;
  if (nameOf(fn.name) !== method.method || is.SuperKeyword(unwrapped(method.receiver)))
    return false;
  return (
    is.Block(fn.body) && fn.body.statements.length === 1 && !bodyHas(fn.body, is.AwaitExpression)
  );
}

function isWaitedFor(call: CallExpression): boolean {
  const { parent } = wrapped(call);
  if (is.AwaitExpression(parent)) return true;
  const chained = is.PropertyAccessExpression(parent) ? wrapped(parent).parent : undefined;
  const method = chained && methodCall(chained);
  return (
    method !== undefined &&
    unwrapped(method.receiver) === call &&
    (method.method === "then" || method.method === "catch")
  );
}

function isSameThing(one: CallExpression, other: CallExpression, program: Program): boolean {
  const [a, b] = [rootOf(one.expression), rootOf(other.expression)];
  if (is.ThisKeyword(a) || is.ThisKeyword(b)) {
    return is.ThisKeyword(a) && is.ThisKeyword(b) && enclosingClass(a) === enclosingClass(b);
  }
  const [first, second] = [program.types.symbol(a), program.types.symbol(b)];
  if (first === undefined || first.id !== second?.id) return false;
  const isBare = a === unwrapped(one.expression);
  return !isBare || first.kind !== "parameter";
}

/** `client` in `client.posts.send`. */
function rootOf(callee: Node): Node {
  let node = unwrapped(callee);
  while (is.PropertyAccessExpression(node) || is.ElementAccessExpression(node)) {
    node = unwrapped(node.expression);
  }
  return node;
}
