import type { Program } from "../program.ts";
import {
  is,
  isAssignment,
  isFunctionLike,
  Kind,
  type Node,
  type NodeOf,
  sourceFileOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { accessesIn, accessesTo } from "./accesses.ts";
import type { Access } from "./access-kinds.ts";
import { flowOwner } from "./flow-graph.ts";
import { type Location, locationOf, variableOf } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { type Overlap, overlapAt } from "./overlap.ts";
import { ownersOf, wayBetween } from "./pauses.ts";
import { isKeptOut } from "./races.ts";

// Is a variable of the module used to hand something from one part of a task to another, across a pause?
//
// A call puts something of its own, made from its parameters, into the variable, pauses, and reads the
// variable again as if it still were its own. Another call of the same function has put its own there
// in the meantime. Looked at are variables of a module, written by a plain assignment and read by the
// same piece of work behind a pause, with no other assignment in between.
//
// *May* for the path, and each of these makes it no finding: a lock or flag around both; a comparison
// of the variable with something of the call's own, which is how a newer call is noticed; a value that
// does not depend on the call; no reason why two calls overlap. Reads in other functions are left out:
// they may be of calls that are over by then. Or it puts back behind the pause what it had found there.

export interface Ambient {
  readonly write: Access;
  readonly read: Node;
  readonly pause: Node;
  readonly overlap: Overlap;
}

/** The first read behind a pause of what an assignment has put into a variable of the module. */
export function ambientFrom(
  assignment: NodeOf<"BinaryExpression">,
  program: Program,
): Ambient | undefined {
  if (assignment.operatorToken.kind !== Kind.EqualsToken) return undefined;
  const target = unwrapped(assignment.left);
  if (!is.Identifier(target) || !isFunctionLike(flowOwner(assignment))) return undefined;
  const variable = variableOf(target, program);
  if (variable === undefined || !is.SourceFile(flowOwner(variable))) return undefined;
  const location = locationOf(target, program);
  if (location === undefined || !isOfCall(assignment.right, program)) return undefined;
  const accesses = accessesTo(location, sourceFileOf(assignment), program);
  const owners = ownersOf(assignment, program);
  const inside = accesses.filter((it) => {
    const owner = flowOwner(it.at);
    return owner !== undefined && ownersOf(it.at, program).some((at) => owners.includes(at));
  });
  if (inside.some((it) => it.kind === "read" && isCompared(it.reference))) return undefined;
  const writes = new Set(inside.filter((it) => it.kind === "write").map((it) => it.at));
  const write = inside.find((it) => it.at === assignment);
  if (write === undefined) return undefined;
  for (const { kind, reference } of inside) {
    if (kind !== "read" || isPut(reference)) continue;
    const way = wayBetween(assignment, reference, program, (it) => writes.has(it));
    const [pause] = way?.pauses ?? [];
    if (pause === undefined || isKeptOut(assignment, reference, program)) continue;
    const overlap = overlapAt(assignment, location, program);
    return overlap && { write, read: reference, pause, overlap };
  }
  return undefined;
}

export interface Restoring {
  /** The assignment that puts its own value there. */
  readonly set: Access;
  /** The constant that keeps what was there before. */
  readonly kept: Node;
  readonly pause: Node;
  readonly overlap: Overlap;
}

/**
 * What an assignment puts back behind a pause: what the same call had found in a variable of the
 * module before it put its own there. Calls do not end in the order in which they began, so what is
 * put back may be another call's, and what is replaced too.
 */
export function restoringBy(
  assignment: NodeOf<"BinaryExpression">,
  program: Program,
): Restoring | undefined {
  const target = unwrapped(assignment.left);
  const kept = unwrapped(assignment.right);
  if (assignment.operatorToken.kind !== Kind.EqualsToken || !is.Identifier(kept)) return undefined;
  const location = moduleVariable(target, program);
  const holder = location && variableOf(kept, program);
  if (
    location === undefined ||
    !is.VariableDeclaration(holder) ||
    holder.initializer === undefined
  ) {
    return undefined;
  }
  if (is.SourceFile(flowOwner(holder))) return undefined;
  if (locationOf(holder.initializer, program)?.key !== location.key) return undefined;
  const owners = ownersOf(assignment, program);
  for (const set of owners.flatMap((it) => accessesIn(location, it, program))) {
    if (set.kind !== "write" || set.at === assignment) continue;
    if (wayBetween(holder, set.at, program) === undefined) continue;
    const [pause] = wayBetween(set.at, assignment, program)?.pauses ?? [];
    if (pause === undefined || isKeptOut(set.at, assignment, program)) continue;
    const overlap = overlapAt(assignment, location, program);
    return overlap && { set, kept: holder.name, pause, overlap };
  }
  return undefined;
}

function moduleVariable(target: Node, program: Program): Location | undefined {
  const variable = is.Identifier(target) ? variableOf(target, program) : undefined;
  if (variable === undefined || !is.SourceFile(flowOwner(variable))) return undefined;
  return locationOf(target, program);
}

/** Whether a value comes from a parameter of the function, so that each call has its own. */
function isOfCall(value: Node, program: Program): boolean {
  const node = unwrapped(value);
  if (isFunctionLike(node)) return false;
  return originsOf(value, program).some(({ node: origin }) => {
    let found = isParameter(origin, program);
    walk(origin, (it) => {
      found ||= isParameter(it, program);
      return found || isFunctionLike(it) ? "skip" : undefined;
    });
    return found;
  });
}

function isParameter(node: Node, program: Program): boolean {
  if (!is.Identifier(node)) return false;
  if (is.PropertyAccessExpression(node.parent) && node.parent.name === node) return false;
  const declaration = variableOf(node, program);
  return is.Parameter(declaration) && isFunctionLike(declaration.parent);
}

/** `if (latest !== id) return`: whether a newer call has come is what is asked. */
function isCompared(reference: Node): boolean {
  const { parent } = wrapped(reference);
  return is.BinaryExpression(parent) && EQUALITY.has(parent.operatorToken.kind);
}

const EQUALITY: ReadonlySet<number> = new Set([
  Kind.EqualsEqualsToken,
  Kind.EqualsEqualsEqualsToken,
  Kind.ExclamationEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
]);

/** The left side of an assignment, or what is only tested for being there. */
function isPut(reference: Node): boolean {
  const node = wrapped(reference);
  const { parent } = node;
  if (isAssignment(parent)) return parent.left === node;
  if (is.IfStatement(parent)) return parent.expression === node;
  return is.PrefixUnaryExpression(parent);
}
