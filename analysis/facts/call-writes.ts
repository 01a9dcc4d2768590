import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isFunctionLike,
  type Node,
  sourceFileOf,
  walk,
} from "../syntax.ts";
import { targetOf, writeAt } from "./access-kinds.ts";
import { accessesIn } from "./accesses.ts";
import { awaitOf, type CallAccess, callAccessesIn } from "./call-accesses.ts";
import { callsOf, passedIn, placeAtCall } from "./call-places.ts";
import { answersIn } from "./call-tests.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import type { Location } from "./locations.ts";
import { ownersOf } from "./pauses.ts";
import { pausesOnWay } from "./segments.ts";

// Which places does a call write, behind a pause and over what its function has looked at?
//
// `if (!this.conn) await this.connect()` fills `this.conn` as an assignment would. What is asked of a call is
// in facts/call-accesses.ts; here the places are found that are worth asking about. Several rules ask this
// of each call, so that all that is cheap comes first: whether other code can come in between at all, and
// whether the function has to do with the place. *May*. Preferred mistake: missing a write.

/**
 * What a call writes, as the caller knows it, of what the caller looks at itself; an access for each write
 * that the call may come to.
 */
export const writesByCall: (call: CallExpression, program: Program) => readonly CallAccess[] = fact(
  (call, program) => {
    const owner = flowOwner(call);
    if (owner === undefined || !isBehindPause(call, owner, program)) return NO_ACCESSES;
    const places = new Map<string, Location>();
    for (const { call: it, fn } of callsOf(owner, program)) {
      if (it !== call) continue;
      const isNear = sourceFileOf(fn) === sourceFileOf(call) || passesShared(call, owner, program);
      for (const inner of placesWritten(fn, program, isNear ? MOST_CALLS_BACK : 0)) {
        const place = placeAtCall(inner, call, fn, program);
        if (place !== undefined && isLookedAt(place, call, program)) places.set(place.key, place);
      }
    }
    return [...places.values()].flatMap((place) =>
      callAccessesIn(place, owner, program).filter((it) => it.call === call && it.kind === "write"),
    );
  },
);

const NO_ACCESSES: readonly CallAccess[] = [];

/** Whether other code may have run since the work began, or does while the call is waited for. */
function isBehindPause(call: CallExpression, owner: FlowOwner, program: Program): boolean {
  if (awaitOf(call) !== undefined || !isFunctionLike(owner)) return true;
  return (
    ownersOf(call, program).length > 1 ||
    (pausesOnWay(owner, call, undefined, program) ?? []).length > 0
  );
}

/** Whether the work that a call is part of has to do with the place itself; spares all other questions. */
function isLookedAt(place: Location, call: Node, program: Program): boolean {
  return ownersOf(call, program).some(
    (it) => accessesIn(place, it, program).length > 0 || answersIn(place, it, program).length > 0,
  );
}

/** Whether a call hands on an object that others may hold as well. */
function passesShared(call: CallExpression, owner: FlowOwner, program: Program): boolean {
  return passedIn(owner, program).some(({ call: it, base: { root } }) => {
    if (it !== call) return false;
    return root.kind !== "variable" || is.SourceFile(root.scope);
  });
}

/** The places that a function writes, or one that it calls, as the function knows them. */
function placesWritten(fn: FunctionLike, program: Program, calls: number): readonly Location[] {
  const places = [...ownPlacesWritten(fn, program)];
  if (calls === 0) return places;
  for (const { call, fn: next } of callsOf(fn, program)) {
    for (const inner of placesWritten(next, program, calls - 1)) {
      const place = placeAtCall(inner, call, next, program);
      if (place !== undefined) places.push(place);
    }
  }
  return places;
}

const MOST_CALLS_BACK = 1;

/** More places than this are not the business of one function. */
const MOST_PLACES = 24;

const ownPlacesWritten: (fn: FunctionLike, program: Program) => readonly Location[] = fact(
  (fn, program) => {
    const places = new Map<string, Location>();
    walk(fn, (node) => {
      const target = places.size < MOST_PLACES ? targetOf(node) : undefined;
      const access = target && writeAt(node, program);
      if (access?.kind === "write") places.set(access.location.key, access.location);
      return undefined;
    });
    return [...places.values()];
  },
);
