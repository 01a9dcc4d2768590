import { fact, type Program } from "../program.ts";
import {
  ancestor,
  hasQuestionDot,
  is,
  type Node,
  nameOf,
  type PropertyAccess,
  type SourceFile,
  sourceFileOf,
  declarationKeyword,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { accessesTo, writesTo } from "./accesses.ts";
import { callAccessesIn, isCallAccess } from "./call-accesses.ts";
import { callAccessesTo } from "./calls-in-file.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { closesOfNode } from "./guards.ts";
import { type Location, locationOf, rootOfThis } from "./locations.ts";
import { ownersOf, wayBetween } from "./pauses.ts";
import { conditionsOn } from "./place-tests.ts";
import { type Condition, isEmpty, sideOf } from "./tests.ts";

// Which uses of a place rely on a test from before a pause?
//
// `if (!this.conn) return; await …; this.conn.ping()`: TypeScript keeps what the test has told it
// across the pause, though somebody else may have emptied the place by then. A use counts where the
// value is reached into, no newer test lies between the pause and the use, and somebody else in the
// file does empty the place, itself or by a function that it calls: another function, which is not
// waited for in between. *May*: one way with a pause. Not seen: writers that no call of this file leads
// to, and tests of another place that mean the same.

export interface StaleUse {
  /** `this.conn` in `this.conn.ping()`. */
  readonly use: Node;
  readonly location: Location;
  readonly condition: Condition;
  readonly pauses: readonly Node[];
  /** Who empties the place meanwhile. */
  readonly writers: readonly Access[];
}

/** The object that is reached into, where it could be a place that others empty; from syntax alone. */
export function reachedInto(access: PropertyAccess, program: Program): Node | undefined {
  const object = unwrapped(access.expression);
  if (hasQuestionDot(access)) return undefined;
  if (is.PropertyAccessExpression(object)) {
    const base = unwrapped(object.expression);
    return is.ThisKeyword(base) && rootOfThis(base) !== undefined ? object : undefined;
  }
  if (!is.Identifier(object)) return undefined;
  return moduleVariables(sourceFileOf(access), program).has(object.text) ? object : undefined;
}

/** The names of a module's `let` and `var`. */
const moduleVariables: (file: SourceFile, program: Program) => ReadonlySet<string> = fact(
  (file) => {
    const names = new Set<string>();
    for (const statement of file.statements) {
      if (!is.VariableStatement(statement)) continue;
      if (declarationKeyword(statement.declarationList) === "const") continue;
      for (const { name } of statement.declarationList.declarations) {
        const text = nameOf(name);
        if (text !== undefined) names.add(text);
      }
    }
    return names;
  },
);

/** What is stale about a use; undefined: nothing, or an earlier use of the function is as stale. */
export function staleUseOf(object: Node, program: Program): StaleUse | undefined {
  const location = locationOf(object, program);
  const owner = flowOwner(object);
  if (location === undefined || owner === undefined) return undefined;
  const first = staleUsesIn(owner, program).of(location);
  return first?.use === object ? first : undefined;
}

interface StaleUses {
  of(location: Location): StaleUse | undefined;
}

const staleUsesIn: (owner: FlowOwner, program: Program) => StaleUses = fact((owner, program) => {
  const known = new Map<string, StaleUse | undefined>();
  return {
    of: (location) => {
      if (!known.has(location.key)) known.set(location.key, firstStale(location, owner, program));
      return known.get(location.key);
    },
  };
});

function firstStale(location: Location, owner: FlowOwner, program: Program): StaleUse | undefined {
  const file = sourceFileOf(owner);
  const all = [...accessesTo(location, file, program), ...callAccessesIn(location, owner, program)];
  const uses = all.filter(
    (it) =>
      it.kind === "read" && !isCallAccess(it) && flowOwner(it.at) === owner && isReachedInto(it),
  );
  const [some] = uses;
  if (some === undefined) return undefined;
  const owners = ownersOf(some.at, program);
  const conditions = conditionsOn(location, owners, program);
  const writers = conditions.length === 0 ? [] : emptiersOf(location, some.at, program);
  if (writers.length === 0) return undefined;
  for (const { reference } of uses.slice(0, MOST_USES)) {
    const closes = closesOfNode(reference, location, writers, program);
    for (const condition of conditions) {
      const read = pointOf(condition.read);
      if (read === reference) continue;
      const way = wayBetween(read, reference, program, (it) => closes(it) || isFilledAt(it, all));
      if (way === undefined || way.pauses.length === 0) continue;
      const side = sideOf(condition.node, way.at, program);
      const outcome =
        side === undefined ? undefined : side ? condition.whenTrue : condition.whenFalse;
      if (outcome !== "set") continue;
      return { use: reference, location, condition, pauses: way.pauses, writers };
    }
  }
  return undefined;
}

/** More uses of one place in one function are not looked at one by one. */
const MOST_USES = 40;

function pointOf(read: Node): Node {
  return is.BindingElement(read) ? (ancestor(read, is.VariableDeclaration) ?? read) : read;
}

/** `this.conn.ping` and `this.conn[0]`, but not `this.conn?.ping`. */
function isReachedInto({ reference }: Access): boolean {
  const node = wrapped(reference);
  const { parent } = node;
  const reaches = is.PropertyAccessExpression(parent) || is.ElementAccessExpression(parent);
  return reaches && parent.expression === node && !hasQuestionDot(parent);
}

/** Filled again on the way, the place is no longer the one that was tested. */
function isFilledAt(node: Node, accesses: readonly Access[]): boolean {
  return accesses.some(
    (it) => it.at === node && it.kind === "write" && it.value !== undefined && !isEmpty(it.value),
  );
}

/** The writes by which other pieces of work empty the place. */
function emptiersOf(location: Location, near: Node, program: Program): readonly Access[] {
  const owners = ownersOf(near, program);
  const file = sourceFileOf(near);
  const all = [...writesTo(location, file, program), ...callAccessesTo(location, file, program)];
  return all.filter((it) => {
    const owner = flowOwner(it.at);
    if (it.kind !== "write" && !is.DeleteExpression(it.at)) return false;
    const empties = it.value === undefined ? is.DeleteExpression(it.at) : isEmpty(it.value);
    return empties && owner !== undefined && !owners.includes(owner);
  });
}
