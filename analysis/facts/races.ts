import type { Program } from "../program.ts";
import {
  enclosingFunction,
  is,
  isAsync,
  isFunctionLike,
  type Node,
  sourceFileOf,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { writesTo } from "./accesses.ts";
import { callAccessesIn, isCallAccess } from "./call-accesses.ts";
import { exclusionsAt, isExclusive } from "./exclusion.ts";
import { flowOwner } from "./flow-graph.ts";
import type { Location } from "./locations.ts";
import { isMemoOnLookup } from "./lookups.ts";
import { excludes, heldThroughout } from "./locks.ts";
import { type Overlap, overlapAt } from "./overlap.ts";
import { ownersOf, turnOf, wayBetween } from "./pauses.ts";
import { sharingOf } from "./sharing.ts";
import { isEmpty } from "./tests.ts";
import type { Window } from "./windows.ts";

// Can a second task come into a window, and do harm there?
//
// Where rules about races meet: a place that others can see (facts/sharing.ts), a reason why two
// tasks overlap (facts/overlap.ts), and nothing that keeps the second one out from the read to the
// write (facts/exclusion.ts). What closes the window after the pause is asked earlier, when it is
// looked for (facts/guards.ts). *May*; all of them prefer silence, and so does this.

/** Why another task can be in the window of this one; undefined: none can, as far as we see. */
export function raceIn(window: Window, program: Program): Overlap | undefined {
  const { read, write } = window;
  const isShared =
    isSharedAt(write.location, write.at, program) ||
    isMemoOnLookup(write.location, write.at, program);
  if (!isShared) return undefined;
  const overlap = overlapAt(write.at, write.location, program);
  if (overlap === undefined || isKeptOut(read, write.at, program)) return undefined;
  return isKeptOutWhilePaused(window, program) ? undefined : overlap;
}

/**
 * Whether a flag that is set behind the read, but before the first pause, keeps others out for as
 * long as this task is paused: they may pass the same test, and then find the flag.
 */
function isKeptOutWhilePaused({ pauses, write }: Window, program: Program): boolean {
  const [first, ...others] = pauses;
  if (first === undefined) return false;
  const held = [...exclusionsAt(first, program)].filter((key) =>
    others.every((pause) => exclusionsAt(pause, program).has(key)),
  );
  const there = held.length === 0 ? held : [...exclusionsAt(write.at, program)];
  return held.some((key) => there.includes(key) && !key.endsWith(` ${write.location.key}`));
}

/** Whether a lock, a flag, a promise in flight or a chain lets only one task be between the nodes. */
export function isKeptOut(from: Node, to: Node, program: Program): boolean {
  return isExclusive(from, to, program) || heldThroughout(from, to, program).some(excludes);
}

/**
 * Whether the place is emptied again by the same piece of work, and not only where that fails: then it
 * says that somebody is inside, and not that something is there.
 */
export function isSetBack(write: Access, program: Program): boolean {
  const owners = ownersOf(write.at, program);
  const all = [
    ...writesTo(write.location, sourceFileOf(write.at), program),
    ...owners.flatMap((it) => callAccessesIn(write.location, it, program)),
  ];
  return all.some((it) => {
    const owner = flowOwner(it.at);
    if (it.value === undefined || !isEmpty(it.value) || owner === undefined) return false;
    // A function that first empties the place and then fills it is no sign of somebody inside.
    if (isInCatch(it.at) || it.at === write.at) return false;
    const isBeside = owners.includes(owner) && !isCallAccess(it);
    return isBeside || leadsTo(write.at, it.at, program);
  });
}

/** Whether the node is in a `catch` clause of its function. */
export function isInCatch(node: Node): boolean {
  for (let at = node.parent; !isFunctionLike(at) && !is.SourceFile(at); at = at.parent) {
    if (is.CatchClause(at)) return true;
  }
  return false;
}

/** Whether the one node runs after the other in the same piece of work, callbacks included. */
function leadsTo(from: Node, to: Node, program: Program): boolean {
  return wayBetween(from, to, program) !== undefined;
}

/** Whether a second task may see the place at all. */
export function isSharedAt(location: Location, at: Node, program: Program): boolean {
  const { level } = sharingOf(location, at, program);
  if (level === "fresh" || level === "single-owner") return false;
  // Its own variable, seen by nobody else, unless callbacks that overlap share it.
  return level !== "local" || flowOwner(at) !== scopeOf(location);
}

function scopeOf({ root }: Location) {
  return root.kind === "variable" ? root.scope : undefined;
}

/**
 * Whether a pause can lie before this node in its piece of work, from syntax alone: it is in an
 * async function, or in a callback. Spares everything else where the answer is no.
 */
export function mayBeInterrupted(node: Node, program: Program): boolean {
  for (let fn = enclosingFunction(node); fn !== undefined; fn = enclosingFunction(fn)) {
    if (isAsync(fn)) return true;
    if (!is.ArrowFunction(fn) && !is.FunctionExpression(fn)) return false;
    const turn = turnOf(fn, program);
    if (turn === undefined) return false;
    if (turn.runs !== "now") return true;
  }
  return false;
}
