import { fact, factBy, type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isAssignment,
  isAsync,
  isFunctionLike,
  isGenerator,
  nameOf,
  isInside,
  Kind,
  type Node,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { accessesByOwner } from "./accesses.ts";
import { isTooLarge } from "./bounds.ts";
import { passagesOf } from "./call-places.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import type { Location } from "./locations.ts";
import { pathFromEntry } from "./flow.ts";
import { isOfItsOwn, turnOf } from "./pauses.ts";
import { originsOf } from "./origins.ts";
import { pausesOnWay } from "./segments.ts";

// What do the functions that a call leads to do with a place of the caller?
//
// `this.setCount(n)` writes `this.count`, `this.drop(job)` changes `this.jobs`, `touch(state)` in
// another module sets `state.dirty`. Such an access happens at the call, as far as the function that
// is called gets before its first pause; what lies behind one of its pauses happens at the `await` of
// the call, which then is a pause itself, and is left out where nobody waits.
//
// The answer is the least one: what is reached by walking along calls, each function once for each
// place that it is asked about, forward into other files and through recursion. The walk stops after
// a number of functions; what lies beyond is not seen. *May*: whether the callee gets to the access
// is not asked, nor with which arguments. What guards an access inside of the functions on the way (a
// test of the same place, a lock, a flag) is a question of its own (facts/call-guards.ts), since it
// matters to those who look for a race and not to those who look for a second look. Preferred
// mistake: missing an access.

export interface CallAccess extends Access {
  /** In the function of the caller. */
  readonly call: CallExpression;
  /** The `await` of the call, where the access lies behind a pause of what is called. */
  readonly pause: Node | undefined;
  /** The access itself, in the function that makes it. */
  readonly inner: Access;
  /** The calls on the way to it, behind the first one. */
  readonly through: readonly CallExpression[];
}

export function isCallAccess(access: Access): access is CallAccess {
  return "inner" in access;
}

/** The accesses to a place that the calls of a function's own body lead to; nested functions left out. */
export function callAccessesIn(
  location: Location,
  owner: FlowOwner,
  program: Program,
): readonly CallAccess[] {
  return calledAccesses(owner, location, program);
}

const calledAccesses = factBy(
  (it: Location) => it.key,
  (owner: FlowOwner, location, program) => findIn(location, owner, program),
);

function findIn(location: Location, owner: FlowOwner, program: Program): CallAccess[] {
  if (isTooLarge(owner, program)) return [];
  return passagesOf(location, owner, program).flatMap(({ call, fn, location: inside }) =>
    reachedFrom(fn, inside, program).flatMap((it): CallAccess | [] => {
      const pause = it.isLate ? awaitOf(call) : undefined;
      if (it.isLate && pause === undefined) return [];
      const { kind } = it.inner;
      const value = valueAtCall(it, call);
      const given = value && argumentFor(value, it, { call, fn }, program);
      return {
        kind,
        location,
        at: pause ?? call,
        reference: call,
        value: given ?? value,
        call,
        pause,
        inner: it.inner,
        through: it.through,
      };
    }),
  );
}

interface Reached {
  readonly inner: Access;
  readonly isLate: boolean;
  readonly through: readonly CallExpression[];
}

/** What is reached from a function, by the place as it knows it. */
const reachedFrom = factBy(
  (it: Location) => it.key,
  (fn: FunctionLike, location, program) => reach(fn, location, program),
);

function reach(first: FunctionLike, place: Location, program: Program): readonly Reached[] {
  const found: Reached[] = [];
  const queue = [{ fn: first, location: place, isLate: false, through: NO_CALLS }];
  const seen = new Map<FunctionLike, Set<string>>();
  for (const { fn, location, isLate, through } of queue) {
    const known = seen.get(fn) ?? new Set();
    const key = `${String(isLate)} ${location.key}`;
    if (known.has(key) || MOST_VISITS < queue.length || isTooLarge(fn, program)) continue;
    seen.set(fn, known.add(key));
    for (const [owner, accesses] of accessesByOwner(location, sourceFileOf(fn), program)) {
      if (!isFunctionLike(owner) || (owner !== fn && !isInside(owner, fn))) continue;
      for (const inner of accesses) {
        // What a parameter is given anew, the caller does not see.
        if (inner.kind === "write" && is.Parameter(ownParameter(location))) continue;
        const when = whenIn(fn, inner.at, program);
        if (when !== undefined) found.push({ inner, isLate: isLate || when === "late", through });
      }
    }
    if (MOST_CALLS <= through.length) continue;
    for (const { call, fn: next, location: inside } of passagesOf(location, fn, program)) {
      const when = whenIn(fn, call, program);
      if (when === undefined) continue;
      queue.push({
        fn: next,
        location: inside,
        isLate: isLate || when === "late",
        through: [...through, call],
      });
    }
  }
  return found;
}

const NO_CALLS: readonly CallExpression[] = [];

/** Functions, once for each place: beyond this many nobody follows any more. */
const MOST_VISITS = 48;

/** Calls of calls of calls. */
const MOST_CALLS = 4;

/** The parameter that the place is as a whole. */
function ownParameter({ root, path }: Location): Node | undefined {
  return root.kind === "variable" && path.length === 0 ? root.declaration : undefined;
}

type When = "now" | "late";

/** Whether a node of a function runs before or behind its first pause; undefined: not as part of a call. */
function whenIn(fn: FunctionLike, node: Node, program: Program): When | undefined {
  let isLate = false;
  let at = node;
  for (;;) {
    const owner = flowOwner(at);
    const when = whenReached(at, program);
    if (!isFunctionLike(owner) || when === undefined) return undefined;
    isLate ||= when === "late";
    if (owner === fn) return isLate ? "late" : "now";
    const turn = turnOf(owner, program);
    if (turn === undefined || isOfItsOwn(turn)) return undefined;
    isLate ||= turn.runs !== "now";
    at = owner;
  }
}

/** The same in the function whose own body the node is in. */
const whenReached: (node: Node, program: Program) => When | undefined = fact((node, program) => {
  const owner = flowOwner(node);
  if (!isFunctionLike(owner)) return undefined;
  if (!isAsync(owner) && !isGenerator(owner)) return "now";
  const pauses = pausesOnWay(owner, node, undefined, program);
  return pauses && (pauses.length > 0 ? "late" : "now");
});

/** The `await` that a call's promise goes into: of itself, behind `catch`, or in `Promise.all`. */
export function awaitOf(call: Node): Node | undefined {
  let value = wrapped(call);
  for (;;) {
    const { parent } = value;
    if (is.AwaitExpression(parent)) return parent;
    if (is.PropertyAccessExpression(parent)) {
      const chained = wrapped(parent).parent;
      if (!is.CallExpression(chained) || !CHAIN.test(parent.name.text)) return undefined;
      value = wrapped(chained);
    } else if (is.ArrayLiteralExpression(parent)) {
      const together = wrapped(parent).parent;
      if (!is.CallExpression(together)) return undefined;
      value = wrapped(together);
    } else return undefined;
  }
}

const CHAIN = /^(?:then|catch|finally)$/;

/** What is written, followed through parameters to where somebody decides on it. */
function valueAtCall({ inner, through }: Reached, first: CallExpression): Node | undefined {
  let { value } = inner;
  let owner = flowOwner(inner.at);
  for (const call of [...through, first].toReversed()) {
    const name = is.Identifier(value && unwrapped(value)) ? nameOf(value) : undefined;
    if (name === undefined || !isFunctionLike(owner)) break;
    const at = owner.parameters.findIndex((it) => nameOf(it.name) === name);
    if (at < 0) break;
    value = call.arguments[at] ?? owner.parameters[at]?.initializer;
    owner = flowOwner(call);
  }
  return value;
}

/** What the caller hands over for the parameter that the written value is, or is made from. */
function argumentFor(
  value: Node,
  { inner, through }: Reached,
  { call, fn }: { readonly call: CallExpression; readonly fn: FunctionLike },
  program: Program,
): Node | undefined {
  if (through.length > 0 || flowOwner(inner.at) !== fn || isUpdate(inner)) return undefined;
  const origins = originsOf(value, program);
  const known = accessesByOwner(inner.location, sourceFileOf(fn), program).get(fn) ?? [];
  // Made from what is there at that moment, it overwrites nothing.
  const isMerged = origins.some(({ node }) =>
    known.some((it) => it.kind === "read" && it.reference === node),
  );
  if (isMerged) return undefined;
  for (const { node, opaque } of origins) {
    if (opaque || !is.Identifier(node)) continue;
    const at = fn.parameters.findIndex(
      ({ name }) => is.Identifier(name) && name.text === node.text,
    );
    const argument = call.arguments[at];
    if (argument !== undefined) return argument;
  }
  return undefined;
}

/** `x += y`. */
function isUpdate({ at }: Access): boolean {
  return isAssignment(at) && at.operatorToken.kind !== Kind.EqualsToken;
}

/** Whether every call that ends well gets to the access; asked of what is called itself alone. */
export function isMadeAlways({ inner, through }: CallAccess, program: Program): boolean {
  const owner = flowOwner(inner.at);
  if (through.length > 0 || owner === undefined) return false;
  const search = { until: ["return", "end"], stops: (it: Node) => it === inner.at } as const;
  return pathFromEntry(owner, search, program) === undefined;
}
