import type { Program } from "../program.ts";
import { isAssignment, Kind } from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { isCallAccess } from "./call-accesses.ts";
import { exclusionsAt } from "./exclusion.ts";
import { flowOwner } from "./flow-graph.ts";
import { excludes, heldAt } from "./locks.ts";
import { wayBetween } from "./pauses.ts";
import { conditionsOn } from "./place-tests.ts";
import { sideOf } from "./tests.ts";

// Does a function that is called see to it itself that what it does there is right?
//
// A caller's test may be old by the time the function that it calls writes. That does no harm where the
// function tests the place itself, where it is let in one at a time by a flag, by a promise in flight or
// by a lock, or where it fills the place only if it is empty (`??=`). What comes of a test with a pause
// behind it is the business of that function, not of its callers. Asked of all functions on the way to the
// access. *May*: a test on one way to it counts. Preferred mistake: seeing a guard where there is none.

/** Whether the access is made by a call, and a function on the way to it guards it. To be asked late. */
export function isGuardedInside(access: Access, program: Program): boolean {
  if (!isCallAccess(access)) return false;
  const { inner, call, through } = access;
  const { at, location } = inner;
  const owner = flowOwner(at);
  if (owner === undefined) return true;
  if (isAssignment(at) && MEMOISING.has(at.operatorToken.kind)) return true;
  const isTested = conditionsOn(location, [owner], program).some(({ node, read }) => {
    const way = wayBetween(read, at, program);
    return way !== undefined && sideOf(node, way.at, program) !== undefined;
  });
  if (isTested) return true;
  return [at, ...through].some(
    (it) =>
      it !== call && (exclusionsAt(it, program).size > 0 || heldAt(it, program).some(excludes)),
  );
}

/** `x ??= y` is filled only where it is empty. */
const MEMOISING: ReadonlySet<number> = new Set([
  Kind.QuestionQuestionEqualsToken,
  Kind.BarBarEqualsToken,
]);
