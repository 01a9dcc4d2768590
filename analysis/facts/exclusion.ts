import { fact, type Program } from "../program.ts";
import {
  type FunctionLike,
  is,
  isAssignment,
  isFunctionExpression,
  isFunctionLike,
  Kind,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { type Access, writeAt } from "./access-kinds.ts";
import { accessesTo } from "./accesses.ts";
import { flagsAt } from "./busy-flags.ts";
import { flowOwner } from "./flow-graph.ts";
import { isOpen, mentionsOfFunction } from "./functions.ts";
import { locationOf } from "./locations.ts";
import { turnOf, wayBetween } from "./pauses.ts";
import { conditionsOn } from "./place-tests.ts";
import { sideOf } from "./tests.ts";

// What keeps a second task out while this one is here?
//
// Locks are the business of facts/locks.ts. Without one, JavaScript has three ways, which work
// because nothing comes in between where there is no pause:
//
//  - a flag that is tested and set before the next pause: `if (this.busy) return; this.busy = true`.
//    It keeps others out until it is set back, in whichever function;
//  - a promise in flight: the work is begun only where no promise of it is there, and its promise
//    is put there at once (`this.loading ??= this.load()`);
//  - a chain: the work is put behind what came before (`this.tail = this.tail.then(() => …)`).
//
// *Must*: it holds on every way to the node. What holds where a callback is handed over holds in the
// callback, and what holds at each call of a function that only its file can call holds inside.
// Whether the flag is set back in the end is the question of leaky-busy-flag.

/** Names of what keeps other tasks out at the node, on every way to it. */
export function exclusionsAt(node: Node, program: Program): ReadonlySet<string> {
  const held = new Set<string>();
  let at: Node = node;
  for (let steps = 0; steps < MOST_LEVELS; steps += 1) {
    const owner = flowOwner(at);
    if (owner === undefined) break;
    for (const key of flagsAt(at, owner, program)) held.add(key);
    if (!isFunctionLike(owner)) break;
    for (const key of aroundFunction(owner, program)) held.add(key);
    if (turnOf(owner, program) === undefined) break;
    at = owner;
  }
  return held;
}

const MOST_LEVELS = 6;
const MEMO = "memo ";

/** Whether something that holds at both nodes keeps others out in between. */
export function isExclusive(from: Node, to: Node, program: Program): boolean {
  const there = exclusionsAt(to, program);
  if (there.size === 0) return false;
  // Work whose promise is kept is done once at a time, wherever it was decided to begin it.
  if ([...there].some((it) => it.startsWith(MEMO))) return true;
  const before = exclusionsAt(from, program);
  return [...there].some((it) => before.has(it));
}

/** What holds for all of a function's body because of where the function is begun. */
const aroundFunction: (fn: FunctionLike, program: Program) => ReadonlySet<string> = fact(
  (fn, program) => {
    const direct = beginningOf(fn, program);
    if (direct !== undefined) return new Set([direct]);
    if (isFunctionExpression(fn) && turnOf(fn, program) !== undefined) return NOTHING;
    if (isOpen(fn, program)) return NOTHING;
    let held: ReadonlySet<string> | undefined;
    for (const mention of mentionsOfFunction(fn, program)) {
      const call = wrapped(mention).parent;
      if (!is.CallExpression(call) || call.expression !== wrapped(mention)) return NOTHING;
      const here = exclusionsAtCall(call, program);
      held = held === undefined ? here : new Set([...held].filter((it) => here.has(it)));
      if (held.size === 0) return NOTHING;
    }
    return held ?? NOTHING;
  },
  new Set<string>(),
);

const NOTHING: ReadonlySet<string> = new Set();

/** What keeps others out of what a call begins: what holds there, and the memo that it goes into. */
export function exclusionsAtCall(call: Node, program: Program): ReadonlySet<string> {
  const held = exclusionsAt(call, program);
  const memo = memoKey(call, program);
  return memo === undefined ? held : new Set([...held, memo]);
}

/** A function expression that is called into a memo, or handed to the end of a chain. */
function beginningOf(fn: FunctionLike, program: Program): string | undefined {
  if (!isFunctionExpression(fn)) return undefined;
  const value = wrapped(fn);
  const { parent } = value;
  if (!is.CallExpression(parent)) return undefined;
  if (parent.expression === value) return memoKey(parent, program);
  return chainKey(parent, program) ?? memoKey(parent, program);
}

/** `this.tail.then(() => …)`, the result of which becomes `this.tail` before the next pause. */
function chainKey(call: Node, program: Program): string | undefined {
  const parts = methodCall(call);
  if (parts === undefined || !/^(?:then|finally|catch)$/.test(parts.method)) return undefined;
  let start = unwrapped(parts.receiver);
  for (let inner = methodCall(start); inner !== undefined; inner = methodCall(start)) {
    if (!/^(?:then|finally|catch)$/.test(inner.method)) break;
    start = unwrapped(inner.receiver);
  }
  if (is.BinaryExpression(start)) start = unwrapped(start.left);
  const tail = locationOf(start, program);
  if (
    tail === undefined ||
    (tail.root.kind === "variable" && tail.path.length === 0 && tail.root.scope === flowOwner(call))
  ) {
    const origin = is.Identifier(start) ? originOfTail(start, program) : undefined;
    return origin;
  }
  const isPutBack = accessesTo(tail, sourceFileOf(call), program).some(
    (it) => it.kind === "write" && flowOwner(it.at) === flowOwner(call),
  );
  return isPutBack ? `chain ${tail.key}` : undefined;
}

/** `const before = this.tail; this.tail = before.then(…)`. */
function originOfTail(name: Node, program: Program): string | undefined {
  const variable = is.Identifier(name) ? locationOf(name, program) : undefined;
  const declaration = variable?.root.kind === "variable" ? variable.root.declaration : undefined;
  const from = is.VariableDeclaration(declaration) ? declaration.initializer : undefined;
  const tail = from === undefined ? undefined : locationOf(from, program);
  if (tail === undefined) return undefined;
  const isPutBack = accessesTo(tail, sourceFileOf(name), program).some(
    (it) => it.kind === "write" && flowOwner(it.at) === flowOwner(name),
  );
  return isPutBack ? `chain ${tail.key}` : undefined;
}

/**
 * The place that the promise of a call is put into at once, and only where none is there yet:
 * `this.p ??= load()`, `if (!this.p) this.p = load()`, `cache.set(id, load(id))` behind a test.
 */
function memoKey(call: Node, program: Program): string | undefined {
  let value = wrapped(call);
  for (;;) {
    const { parent } = value;
    const chained = is.PropertyAccessExpression(parent) ? wrapped(parent).parent : undefined;
    if (
      chained !== undefined &&
      is.CallExpression(chained) &&
      /^(?:then|catch|finally)$/.test(nameOfMethod(chained))
    ) {
      value = wrapped(chained);
    } else if (is.VariableDeclaration(parent)) {
      return memoOfVariable(parent, program);
    } else break;
  }
  const { parent } = value;
  const target =
    is.CallExpression(parent) && parent.expression !== value
      ? parent
      : isAssignment(parent) && parent.right === value
        ? parent
        : undefined;
  const write = target && writeAt(target, program);
  if (write === undefined || write.kind !== "write" || write.value === undefined) return undefined;
  if (unwrapped(write.value) !== unwrapped(value)) return undefined;
  return isTestedHere(write, program) ? `${MEMO}${write.location.key}` : undefined;
}

/** `const p = load(); this.p = p;` */
function memoOfVariable(
  declaration: Node & { readonly name: Node },
  program: Program,
): string | undefined {
  const { name } = declaration;
  const location = is.Identifier(name) ? locationOf(name, program) : undefined;
  if (location === undefined) return undefined;
  for (const { kind, reference } of accessesTo(location, sourceFileOf(declaration), program)) {
    if (kind !== "read" || flowOwner(reference) !== flowOwner(declaration)) continue;
    const { parent } = wrapped(reference);
    const isValue = isAssignment(parent)
      ? parent.right === wrapped(reference)
      : is.CallExpression(parent);
    const write = isValue ? writeAt(parent, program) : undefined;
    if (write?.kind === "write" && write.value !== undefined && isTestedHere(write, program)) {
      return `${MEMO}${write.location.key}`;
    }
  }
  return undefined;
}

function nameOfMethod(call: Node): string {
  return methodCall(call)?.method ?? nameOf(call) ?? "";
}

/** Whether the place was found empty since the last pause before the write. */
function isTestedHere(write: Access, program: Program): boolean {
  const { at, location } = write;
  const owner = flowOwner(at);
  if (owner === undefined) return false;
  if (isAssignment(at) && MEMOISING.has(at.operatorToken.kind)) return true;
  return conditionsOn(location, [owner], program).some((condition) => {
    const way = wayBetween(condition.read, at, program);
    if (way === undefined || way.pauses.length > 0) return false;
    const side = sideOf(condition.node, at, program);
    return side !== undefined && (side ? condition.whenTrue : condition.whenFalse) === "empty";
  });
}

const MEMOISING: ReadonlySet<number> = new Set([
  Kind.QuestionQuestionEqualsToken,
  Kind.BarBarEqualsToken,
]);
