import type { Program } from "../program.ts";
import {
  bodyHas,
  hasQuestionDot,
  is,
  isFunctionLike,
  isOneOf,
  methodCall,
  type Node,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { accessesTo, sharedWritesIn, writesTo } from "./accesses.ts";
import { constantBehind, functionsIn } from "./callees.ts";
import { exclusionsAt } from "./exclusion.ts";
import { type FlowOwner, flowOwner, pointsFor } from "./flow.ts";
import { after, graphOf } from "./flow-walk.ts";
import { mentionsOfFunction } from "./functions.ts";
import { type Location, locationOf } from "./locations.ts";
import { excludes, heldThroughout } from "./locks.ts";
import { fills } from "./memos.ts";
import { ownersOf, wayBetween } from "./pauses.ts";
import { isPromise } from "./promises.ts";
import { isInCatch } from "./races.ts";
import { pausesOnWay } from "./segments.ts";
import { conditionsOn } from "./place-tests.ts";
import { type Condition, conditionAt, isEmpty, sideOf } from "./tests.ts";

// Does a place say that work is done while it is still under way?
//
// `if (!this.ready) { this.ready = true; this.index = await load(); } this.index.find(word)`: the
// first call marks the place and waits, and every other call finds it marked, goes past, and uses
// what is not there yet. What the work *delivers* is seen in three ways: a place that is filled
// behind the pause, here or in an own function that is awaited; and the object of a call that is
// named for it, as `server` in `await server.init()` or in a promise that such a call has given.
// A call *relies* on it where it is used on the other side of the test, or behind an awaited call
// of the function that tests and marks.
//
// *May*: one way past the test is enough. Nothing is said where the other side waits for a promise
// that all share, where it looks whether the delivery is there, where a lock or a promise in flight
// lets one in at a time, and where the mark is taken away in the end (then it says that somebody is
// inside: facts/busy-flags.ts). Not seen: deliveries through parameters, and uses in other files.
// Preferred mistake: silence.

export interface Unfinished {
  readonly condition: Condition;
  /** The write that marks the work as done. */
  readonly write: Access;
  readonly pause: Node;
  /** What another call uses before it is there. */
  readonly use: Node;
}

/** Who relies on what the write announces before it is there; undefined: nobody. */
export function unfinishedAt(write: Access, program: Program): Unfinished | undefined {
  const owner = flowOwner(write.at);
  if (owner === undefined || !fills(write)) return undefined;
  const conditions = conditionsOn(write.location, [owner], program);
  if (conditions.length === 0 || isTakenBack(write, program)) return undefined;
  for (const condition of conditions) {
    // Cheap questions first: a place may be written in every line.
    if (condition.whenTrue !== "empty" && condition.whenFalse !== "empty") continue;
    const way = wayBetween(condition.read, write.at, program);
    if (way === undefined || way.pauses.length > 0) continue;
    const side = sideOf(condition.node, write.at, program);
    if (side === undefined || outcomeOn(side, condition) !== "empty") continue;
    if (isTakenBack(write, program)) return undefined;
    const test = { owner, condition, side, write };
    for (const delivery of deliveriesOf(test, program)) {
      const use = useOf(delivery, test, program);
      if (use === undefined || isPromise(valueOf(write), program)) continue;
      if (isOneAtATime(condition.read, delivery.pause, write, program)) continue;
      return { condition, write, pause: delivery.pause, use };
    }
  }
  return undefined;
}

interface Test {
  readonly owner: FlowOwner;
  readonly condition: Condition;
  /** The side on which the work is done. */
  readonly side: boolean;
  readonly write: Access;
}

interface Delivery {
  readonly location: Location;
  /** Where the function that marks waits for it. */
  readonly pause: Node;
}

function outcomeOn(side: boolean, { whenTrue, whenFalse }: Condition) {
  return side ? whenTrue : whenFalse;
}

function valueOf({ at, value }: Access): Node {
  return value ?? at;
}

/** Whether the mark is taken away again where all goes well. */
function isTakenBack(write: Access, program: Program): boolean {
  const owners = ownersOf(write.at, program);
  return writesTo(write.location, sourceFileOf(write.at), program).some((it) => {
    const owner = flowOwner(it.at);
    const empties = it.value === undefined || isEmpty(it.value);
    return empties && owner !== undefined && owners.includes(owner) && !isInCatch(it.at);
  });
}

function isOneAtATime(from: Node, pause: Node, write: Access, program: Program): boolean {
  const own = `flag ${write.location.key}`;
  if ([...exclusionsAt(write.at, program)].some((it) => it !== own)) return true;
  return heldThroughout(from, pause, program).some(excludes);
}

function* deliveriesOf(test: Test, program: Program): Iterable<Delivery> {
  const { owner, condition, side, write } = test;
  if (!isFunctionLike(owner)) return;
  const isBehind = (node: Node) => sideOf(condition.node, node, program) === side;
  for (const it of sharedWritesIn(owner, program)) {
    if (!delivers(it) || it.location.key === write.location.key || !isBehind(it.at)) continue;
    if (isOwn(it.location, owner)) continue;
    const [pause] = wayBetween(write.at, it.at, program)?.pauses ?? [];
    if (pause !== undefined) yield { location: it.location, pause };
  }
  for (const { node, role } of graphOf(owner, program).points) {
    if (role === "branch" || !is.AwaitExpression(node) || !isBehind(node)) continue;
    if (wayBetween(write.at, node, program) === undefined) continue;
    for (const location of deliveredBy(node.expression, program)) yield { location, pause: node };
  }
}

/** A variable of the function, which each of its calls has for itself. */
function isOwn({ root }: Location, owner: FlowOwner): boolean {
  return root.kind === "variable" && root.scope === owner;
}

/** Puts something there, or adds something to it. */
function delivers(access: Access): boolean {
  if (access.kind !== "mutate") return fills(access) && !isMark(access.value);
  const { at } = access;
  const call = methodCall(at);
  return call === undefined ? !is.DeleteExpression(at) : ADDS.has(call.method);
}

const ADDS: ReadonlySet<string> = new Set(["push", "unshift", "set", "add"]);

/** A flag or a number says something about the work, and is not what it was done for. */
function isMark(value: Node | undefined): boolean {
  return value !== undefined && isLiteral(unwrapped(value));
}

const isLiteral = isOneOf("TrueKeyword", "NumericLiteral", "StringLiteral");

/** What an awaited expression delivers: by own functions, or to the object of a call named for it. */
function* deliveredBy(awaited: Node, program: Program): Iterable<Location> {
  const call = callBehind(awaited, program);
  if (call === undefined) return;
  const callee = unwrapped(call.expression);
  const receiver = is.PropertyAccessExpression(callee) ? unwrapped(callee.expression) : undefined;
  if (receiver === undefined || is.ThisKeyword(receiver)) {
    for (const fn of functionsIn(callee, program)) {
      if (sourceFileOf(fn) !== sourceFileOf(call)) continue;
      for (const it of sharedWritesIn(fn, program)) {
        const pauses = delivers(it) ? pausesOnWay(fn, it.at, undefined, program) : undefined;
        if (pauses !== undefined && pauses.length > 0) yield it.location;
      }
    }
    return;
  }
  const name = is.PropertyAccessExpression(callee) ? callee.name.text : "";
  const object = PREPARES.test(name) ? locationOf(receiver, program) : undefined;
  if (object !== undefined) yield object;
}

/** Calls that make an object ready for use. */
const PREPARES =
  /^(?:init|initialize|initialise|setup|setUp|load|connect|open|start|prepare|ready|boot|bootstrap|warm(?:up|Up)?|launch|whenReady|waitUntilReady)$/;

/** The call whose promise is awaited, there and then or kept in a constant. */
function callBehind(awaited: Node, program: Program) {
  const node = unwrapped(awaited);
  if (is.CallExpression(node)) return node;
  const constant = is.Identifier(node) ? constantBehind(node, program) : undefined;
  const value = constant && unwrapped(constant);
  return is.CallExpression(value) ? value : undefined;
}

/** Where a call that finds the place marked uses the delivery. */
function useOf({ location }: Delivery, test: Test, program: Program): Node | undefined {
  const { owner, condition, side, write } = test;
  const file = sourceFileOf(write.at);
  const found = accessesTo(location, file, program).flatMap((it) => {
    const reads = it.kind === "read" && isRelied(it.reference);
    return reads && it.location.key !== write.location.key ? it.reference : [];
  });
  const here = found.find(
    (it) =>
      flowOwner(it) === owner &&
      leadsPast(condition.node, !side, it, stopsFor(location, it, program), program),
  );
  if (here !== undefined) return here;
  if (!isFunctionLike(owner) || isRecursive(owner, program)) return undefined;
  if (!leadsPast(condition.node, !side, undefined, () => false, program)) return undefined;
  for (const mention of mentionsOfFunction(owner, program)) {
    const call = wrapped(mention).parent;
    if (!is.CallExpression(call) || call.expression !== wrapped(mention)) continue;
    const wait = wrapped(call).parent;
    if (!is.AwaitExpression(wait)) continue;
    const there = found.find(
      (it) =>
        flowOwner(it) !== owner &&
        wayBetween(wait, it, program, stopsFor(location, it, program)) !== undefined,
    );
    if (there !== undefined) return there;
  }
  return undefined;
}

/** A use that does not ask first whether it is there. */
function isRelied(reference: Node): boolean {
  if (conditionAt(reference, reference) !== undefined) return false;
  const node = wrapped(reference);
  const { parent } = node;
  if (is.PropertyAccessExpression(parent) || is.ElementAccessExpression(parent)) {
    return parent.expression !== node || !hasQuestionDot(parent);
  }
  return !is.BinaryExpression(parent);
}

/** What a way may not pass: a look at the delivery, and waiting for what everybody shares. */
function stopsFor(delivery: Location, use: Node, program: Program): (node: Node) => boolean {
  const owners = ownersOf(use, program);
  const looks = new Set(
    conditionsOn(delivery, owners, program)
      .filter((it) => sideOf(it.node, use, program) !== undefined)
      .map((it) => it.read),
  );
  return (node) => looks.has(node) || isSharedWait(node, owners, program);
}

/** `await this.ready`, `await initialized`. */
function isSharedWait(node: Node, owners: readonly FlowOwner[], program: Program): boolean {
  if (!is.AwaitExpression(node)) return false;
  const awaited = unwrapped(node.expression);
  const location = is.CallExpression(awaited) ? undefined : locationOf(awaited, program);
  if (location === undefined) return false;
  const { root, path } = location;
  return root.kind !== "variable" || path.length > 0 || !owners.includes(root.scope);
}

function isRecursive(fn: FlowOwner, program: Program): boolean {
  if (!isFunctionLike(fn) || fn.body === undefined) return false;
  const mentions = new Set(mentionsOfFunction(fn, program).map((it) => unwrapped(it)));
  return bodyHas(fn.body, (it: Node): it is Node => mentions.has(it));
}

/** Whether a way leads from one outcome of a condition to the node; undefined: to the function's end. */
function leadsPast(
  condition: Node,
  side: boolean,
  to: Node | undefined,
  stops: (node: Node) => boolean,
  program: Program,
): boolean {
  const owner = flowOwner(condition);
  if (owner === undefined) return false;
  const graph = graphOf(owner, program);
  const branches = graph.pointsOf(condition).filter((it) => it.role === "branch");
  const ends = new Set(to === undefined ? [graph.returned, graph.ended] : pointsFor(to, graph));
  const shared = (node: Node) => stops(node) || isSharedWait(node, [owner], program);
  const seen = new Set(branches.flatMap((it) => it.next[side ? 0 : 1] ?? []));
  for (const point of seen) {
    if (ends.has(point)) return true;
    const { node, role } = point;
    if (node !== undefined && role !== "branch" && shared(node)) continue;
    for (const next of after(point, "thrown", program)) seen.add(next);
  }
  return false;
}
