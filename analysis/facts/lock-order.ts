import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isFunctionExpression,
  isFunctionLike,
  methodCall,
  type Node,
  nameOf,
  type SourceFile,
  sourceFileOf,
  unwrapped,
  walk,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { callbackOf } from "./callbacks.ts";
import { pathFromEntry } from "./flow.ts";
import { idOutside } from "./lock-flow.ts";
import type { Lock } from "./lock-identity.ts";
import { lockUseOf, mayConcernLock } from "./lock-uses.ts";
import { type Held, heldAt } from "./locks.ts";
import { tailTaken } from "./promise-tails.ts";

// In which order are locks taken?
//
// For each place of a file that takes a lock and waits for it, directly or by calling an own function
// that does: which locks are held there. Holding the same one means waiting for oneself. Two places
// that take two locks in opposite orders may wait for each other.
//
// What is held is *must*, and here without the inclination of facts/locks.ts: only what is sure. What
// is taken is *may*; whether a called function takes it on every way is said along with it, since a
// function that is told by an argument that its caller has the lock is no mistake. Whether somebody
// waits for it is read off the code: a lock that is asked for and not waited for holds up nobody.
// Trying to take a lock does not wait. Other files' orders are seen through the functions that this
// file calls, and not otherwise.

/** A lock that is taken, and waited for, while others are held. */
export interface Nested {
  /** The call of this file that takes it, or that calls what takes it. */
  readonly at: CallExpression;
  readonly outer: Held;
  readonly inner: Lock;
  /** Where it is taken, in this or another file. */
  readonly taken: Node;
  /** Whenever the call is made, it is taken. */
  readonly certain: boolean;
  /** Others may take it at the same time: both are readers. */
  readonly shared: boolean;
}

/** All of a file's places that take a lock while they hold one, in source order. */
const nestedIn: (file: SourceFile, program: Program) => readonly Nested[] = fact(
  (file, program) => {
    const nested: Nested[] = [];
    if (!speaksOfLocks(file, program)) return nested;
    walk(file, (call) => {
      if (!is.CallExpression(call) || !isWaitedFor(call)) return undefined;
      const held = heldAt(call, program).filter((it) => it.sure && !it.lock.fresh);
      if (held.length === 0) return undefined;
      for (const { lock, taken, certain, shared } of takenBy(call, program, 0)) {
        for (const outer of held) {
          if (outer.since.includes(call)) continue;
          nested.push({
            at: call,
            outer,
            inner: lock,
            taken,
            certain,
            shared: shared && outer.shared,
          });
        }
      }
      return undefined;
    });
    return nested.filter((it) => !nested.some((other) => saysBetter(other, it)));
  },
);

/** What a function takes under the locks of its callers is said where it is called. */
function saysBetter(call: Nested, { at, taken, inner }: Nested): boolean {
  return call.at !== at && taken === at && call.taken === at && call.inner.id === inner.id;
}

/** Most files have nothing of the kind, and their calls need not be asked about. */
function speaksOfLocks(file: SourceFile, program: Program): boolean {
  let found = false;
  walk(file, (it) => {
    if (found || !is.CallExpression(it)) return found ? "skip" : undefined;
    const chain = methodCall(it);
    if (chain?.method === "then" && isFieldOrVariable(chain.receiver)) {
      found = tailTaken(it, program) !== undefined;
    } else found = mayConcernLock(it, program) && lockUseOf(it, program) !== undefined;
    return undefined;
  });
  return found;
}

function isFieldOrVariable(receiver: Node): boolean {
  const node = unwrapped(receiver);
  return is.PropertyAccessExpression(node) || is.Identifier(node);
}

interface Taken {
  readonly lock: Lock;
  readonly taken: Node;
  readonly certain: boolean;
  readonly shared: boolean;
}

/** Own functions are followed no deeper than this. */
const DEEPEST = 4;

/** The locks that a call takes before what it gives settles. */
function takenBy(call: CallExpression, program: Program, depth: number): readonly Taken[] {
  const tail = methodCall(call)?.method === "then" ? tailTaken(call, program) : undefined;
  if (tail !== undefined) {
    return [{ lock: tail.held.lock, taken: call, certain: true, shared: false }];
  }
  const use = lockUseOf(call, program);
  if (use !== undefined) {
    if (use.does !== "acquire" && use.does !== "run") return [];
    if (use.reentrant === true || use.lock.fresh) return [];
    const shared = use.shared === true;
    return [{ lock: use.lock, taken: call, certain: true, shared }];
  }
  if (depth === DEEPEST) return [];
  const [fn, another] = calleeOf(call, program).functions;
  if (fn === undefined || another !== undefined) return [];
  return (TAKEN_IN[depth + 1]?.(fn, program) ?? []).flatMap((it) => {
    const id = idOutside(it.lock, fn, call, program);
    return id === undefined ? [] : { ...it, lock: { ...it.lock, id } };
  });
}

/** The locks that a function takes, and waits for, before what it gives settles. */
const TAKEN_IN = Array.from({ length: DEEPEST + 1 }, (_, depth) =>
  fact((fn: FunctionLike, program: Program): readonly Taken[] => {
    const found = new Map<string, Taken>();
    const visit = (body: Node, outermost: boolean) => {
      const look = (node: Node): "skip" | undefined => {
        if (isFunctionLike(node)) {
          if (runsInside(node, program)) visit(node, false);
          return undefined;
        }
        if (!is.CallExpression(node) || !isWaitedFor(node)) return undefined;
        for (const it of takenBy(node, program, depth)) {
          const certain = outermost && it.certain && isOnEveryWay(node, fn, program);
          const known = found.get(it.lock.id);
          if (known === undefined || (!known.certain && certain)) {
            found.set(it.lock.id, { ...it, certain });
          }
        }
        return undefined;
      };
      if (isFunctionLike(body) && body.body !== undefined) look(body.body);
      walkBody(body, look);
    };
    if (fn.body !== undefined && isShort(fn)) visit(fn, true);
    return [...found.values()];
  }),
);

/** In UTF-16 units: bodies beyond this are not looked into for the sake of a question about order. */
const LONGEST = 20_000;

function isShort({ body }: FunctionLike): boolean {
  return body !== undefined && body.end - body.pos < LONGEST;
}

/** A function that a call runs and waits for. */
function runsInside(fn: FunctionLike, program: Program): boolean {
  if (!isFunctionExpression(fn)) return false;
  const value = wrapped(fn);
  const call = value.parent;
  if (!is.CallExpression(call) || !isWaitedFor(call)) return false;
  if (call.expression === value) return true;
  if (lockUseOf(call, program)?.does === "run") return true;
  const use = callbackOf(value, program);
  return use !== undefined && use !== "never" && use.runs !== "later" && use.result !== "dropped";
}

function isOnEveryWay(node: Node, fn: FunctionLike, program: Program): boolean {
  const around = pathFromEntry(
    fn,
    { until: ["return", "end"], stops: (it) => it === node },
    program,
  );
  return around === undefined;
}

/** Whether the function around goes on, or settles, only after the promise of this call. */
export function isWaitedFor(call: Node): boolean {
  const value = wrapped(call);
  const { parent } = value;
  if (is.AwaitExpression(parent) || is.ReturnStatement(parent)) return true;
  if (is.ArrowFunction(parent)) return parent.body === value;
  if (is.ConditionalExpression(parent)) return parent.condition !== value && isWaitedFor(parent);
  if (is.PropertyAccessExpression(parent) && CHAIN.has(parent.name.text)) {
    const chained = wrapped(parent).parent;
    return is.CallExpression(chained) && isWaitedFor(chained);
  }
  if (is.ArrayLiteralExpression(parent)) {
    const all = methodCall(wrapped(parent).parent);
    return all !== undefined && nameOf(all.receiver) === "Promise" && isWaitedFor(all.call);
  }
  return false;
}

const CHAIN: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

/** Whether the lock is waited for by those who hold it, so that it never comes. */
function isSelfDeadlock({ outer, inner }: Nested): boolean {
  return outer.lock.id === inner.id;
}

export interface Opposite {
  /** Takes the two locks one way round, first in the file. */
  readonly first: Nested;
  /** Takes them the other way round. */
  readonly second: Nested;
}

/** What is wrong at a call that takes a lock: the first thing that is. */
export type Circle =
  | { readonly kind: "again"; readonly nested: Nested }
  | { readonly kind: "unordered"; readonly nested: Nested }
  | ({ readonly kind: "opposite" } & Opposite);

/** The circle that a call closes. */
export function circleAt(call: CallExpression, program: Program): Circle | undefined {
  return circlesIn(sourceFileOf(call), program).get(call);
}

const circlesIn: (file: SourceFile, program: Program) => ReadonlyMap<Node, Circle> = fact(
  (file, program) => {
    const circles = new Map<Node, Circle>();
    const nested = nestedIn(file, program);
    for (const it of nested) {
      if (circles.has(it.at)) continue;
      if (isSelfDeadlock(it) && !it.shared) circles.set(it.at, { kind: "again", nested: it });
      else if (isUnorderedPair(it, program)) circles.set(it.at, { kind: "unordered", nested: it });
    }
    for (const it of oppositeOrders(nested)) {
      const { at } = it.second;
      if (!circles.has(at)) circles.set(at, { kind: "opposite", ...it });
    }
    return circles;
  },
);

/** Pairs of places that take the same two locks in opposite orders. */
function oppositeOrders(all: readonly Nested[]): readonly Opposite[] {
  const nested = all.filter((it) => !isSelfDeadlock(it) && isExclusive(it));
  const seen = new Map<string, Nested>();
  const found: Opposite[] = [];
  for (const second of nested) {
    const order = orderOf(second.outer.lock.id, second.inner.id);
    const first = seen.get(orderOf(second.inner.id, second.outer.lock.id));
    if (first !== undefined && !haveLockInCommon(first, second, nested)) {
      found.push({ first, second });
    } else if (!seen.has(order)) seen.set(order, second);
  }
  return found;
}

function orderOf(outer: string, inner: string): string {
  return `${outer} ${inner}`;
}

/** One that lets several in makes nobody wait as long as there is room; that is left alone. */
function isExclusive({ outer, inner }: Nested): boolean {
  return outer.lock.permits === 1 && inner.permits === 1 && !outer.shared;
}

/** A third lock around both keeps the two from ever being there at once. */
function haveLockInCommon(a: Nested, b: Nested, all: readonly Nested[]): boolean {
  const around = (it: Nested) =>
    all
      .filter((other) => other.at === it.at && other.outer.lock.id !== it.outer.lock.id)
      .map(({ outer }) => outer.lock.id);
  const others = new Set(around(b));
  return around(a).some((id) => others.has(id));
}

/** Two locks of one holder, by two keys that come from outside in whatever order. */
function isUnorderedPair({ at, outer, inner, shared }: Nested, program: Program): boolean {
  if (shared || lockUseOf(at, program) === undefined || outer.lock.id === inner.id) return false;
  const holder = withoutKey(outer.lock.id);
  if (holder === undefined || holder !== withoutKey(inner.id)) return false;
  return isFromOutside(outer.lock.key, program) && isFromOutside(inner.key, program);
}

function withoutKey(id: string): string | undefined {
  return /^(.*)\[[^[\]]*\]$/.exec(id)?.[1];
}

/** A parameter, or a property of one: nobody has put it in order here. */
function isFromOutside(key: Node | undefined, program: Program): boolean {
  let node = key && unwrapped(key);
  while (is.PropertyAccessExpression(node)) node = unwrapped(node.expression);
  return is.Identifier(node) && program.types.symbol(node)?.kind === "parameter";
}
