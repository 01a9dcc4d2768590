import type { Program } from "../program.ts";
import {
  enclosingFunction,
  is,
  isAssignment,
  isFunctionExpression,
  isFunctionLike,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { type Access, writeAt } from "./access-kinds.ts";
import { accessesIn, writesTo } from "./accesses.ts";
import { writesByCall } from "./call-writes.ts";
import { isGuardedInside } from "./call-guards.ts";
import { callAccessesTo } from "./calls-in-file.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { nameOfFunction } from "./functions.ts";
import { closesOf } from "./guards.ts";
import { locationOf } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { ownersOf, wayBetween } from "./pauses.ts";
import { isEmpty } from "./tests.ts";

// Does what a promise gives come into a place that has been emptied since?
//
// `cache.set(key, row); row.then((it) => cache.set(key, it))`: first the promise is kept, then what it
// gives. If somebody deletes the entry in between, because it is out of date, the answer brings it back.
// Seen are a promise that the function puts into the place, by itself or in an object; a write of what it
// gives to the same place, in a `then` callback or behind `await`, by a function that is called as well;
// nobody who looks whether the promise is still there (facts/guards.ts); and another function of the file
// that empties the place, or takes things out of the collection. *May*: whether the same key is meant is
// not asked of the other function. Not seen: promises that are replaced by newer ones of the same function,
// which is a question of order (facts/late-answers.ts). Preferred mistake: silence.

export interface LateSettled {
  /** The write of what the promise gives. */
  readonly write: Access;
  /** Where the promise is kept. */
  readonly kept: Access;
  /** The `then` call, or the `await`. */
  readonly pause: Node;
  /** Where others empty the place. */
  readonly rivals: readonly Access[];
}

/** What the node puts too late into a place; undefined: nothing. */
export function lateSettled(node: Node, program: Program): LateSettled | undefined {
  for (const write of writesAt(node, program)) {
    const { value } = write;
    const answer = value && answerIn(value, write.at, program);
    if (answer === undefined) continue;
    const kept = keptBefore(write, answer, program);
    if (kept === undefined) continue;
    const way = wayBetween(answer.from, write.at, program, closesOf(write, program));
    const [pause] = way?.pauses ?? [];
    const rivals = pause === undefined ? [] : rivalsOf(write, program);
    if (pause === undefined || rivals.length === 0 || isGuardedInside(write, program)) continue;
    return { write, kept, pause, rivals };
  }
  return undefined;
}

function writesAt(node: Node, program: Program): readonly Access[] {
  const own = isAssignment(node) || is.CallExpression(node) ? writeAt(node, program) : undefined;
  if (own !== undefined) return own.kind === "write" ? [own] : [];
  if (!is.CallExpression(node) || node.arguments.length === 0) return [];
  if (thenAround(node) === undefined) return [];
  return writesByCall(node, program);
}

interface Answer {
  /** The promise, as it is kept as well. */
  readonly promise: Node;
  /** Where waiting for it begins. */
  readonly from: Node;
}

/** `load.then((row) => …)` around a node. */
function thenAround(node: Node) {
  const fn = enclosingFunction(node);
  if (!isFunctionExpression(fn)) return undefined;
  const call = methodCall(wrapped(fn).parent);
  const isHandler = call?.method === "then" && call.args[0] === wrapped(fn);
  return call !== undefined && isHandler ? { fn, call } : undefined;
}

/** The promise whose answer a value is, or is made from. */
function answerIn(value: Node, at: Node, program: Program): Answer | undefined {
  const then = thenAround(at);
  const given = nameOf(then?.fn.parameters[0]?.name);
  for (const { node, opaque } of originsOf(value, program)) {
    if (opaque) continue;
    if (is.AwaitExpression(node)) {
      const promise = unwrapped(node.expression);
      if (is.Identifier(promise)) return { promise, from: promise };
    } else if (then !== undefined && given !== undefined && nameOf(node) === given) {
      const promise = unwrapped(then.call.receiver);
      return { promise: is.Identifier(promise) ? promise : then.call.call, from: promise };
    }
  }
  return undefined;
}

/** Where the function around puts the promise into the same place. */
function keptBefore(write: Access, answer: Answer, program: Program): Access | undefined {
  const owner = flowOwner(answer.from);
  const key = is.Identifier(answer.promise) ? locationOf(answer.promise, program)?.key : undefined;
  const kept = owner === undefined ? [] : accessesIn(write.location, owner, program);
  return kept.find(({ at, kind, value }) => {
    if (kind !== "write" || value === undefined || at === write.at) return false;
    return originsOf(value, program).some(({ node, opaque }) => {
      if (opaque) return false;
      if (node === unwrapped(answer.promise)) return true;
      return key !== undefined && is.Identifier(node) && locationOf(node, program)?.key === key;
    });
  });
}

/** Where other functions empty the place, or take something out of its collection. */
function rivalsOf({ location, at }: Access, program: Program): readonly Access[] {
  const file = sourceFileOf(at);
  const owners = ownersOf(at, program);
  const places = location.cell === undefined ? [location] : [location.cell.collection];
  return places
    .flatMap((it) => [...writesTo(it, file, program), ...callAccessesTo(it, file, program)])
    .filter((it) => {
      const owner = flowOwner(it.at);
      return owner !== undefined && !owners.includes(owner) && empties(it) && !isAtEnd(owner);
    });
}

/** Behind the end nobody looks any more. */
function isAtEnd(owner: FlowOwner): boolean {
  const name = isFunctionLike(owner) ? nameOfFunction(owner) : undefined;
  return name !== undefined && ENDS.test(name);
}

const ENDS =
  /^_?(?:close|stop|dispose|destroy|shutdown|teardown|end|kill|unload|unmount|on\w*Destroy)/i;

function empties({ at, kind, value }: Access): boolean {
  if (kind === "read") return false;
  if (is.DeleteExpression(at)) return true;
  const call = methodCall(at);
  if (call !== undefined) return /^(?:delete|clear)$/.test(call.method);
  if (kind !== "write" || value === undefined) return false;
  const made = unwrapped(value);
  return isEmpty(value) || (is.NewExpression(made) && !made.arguments?.length);
}
