import type { Program } from "../program.ts";
import {
  is,
  isAssignment,
  Kind,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { accessesIn, accessesTo } from "./accesses.ts";
import { isCallAccess } from "./call-accesses.ts";
import { callAccessesTo } from "./calls-in-file.ts";
import { flowOwner } from "./flow-graph.ts";
import { type Location, locationOf } from "./locations.ts";
import { isDropped } from "./mentions.ts";
import { ownersOf, wayBetween } from "./pauses.ts";

// Is a collection emptied behind a pause, with what has come in since it was looked at?
//
// `await save([...this.changed]); this.changed.clear();`: what was added during the pause was not
// saved, and is thrown away. A look is any read of the whole collection, or of its size; a look behind
// the pause would see what has come, so the way from the look to the emptying may pass no other. A
// loop over the collection itself goes on with what is added to it, and is no look; one over a copy is.
// *May*: one way with a pause. Who adds meanwhile, and whether anybody can, are other questions; asked
// are the functions of the same file and what they call. Not seen: looks by a function that is called
// for it.

export interface Drain {
  readonly location: Location;
  /** The call or assignment that empties it. */
  readonly at: Node;
  readonly read: Node;
  /** Nearest first, and at least one. */
  readonly pauses: readonly Node[];
}

/** What a node empties, that was looked at in front of a pause. */
export function drainAt(node: Node, program: Program): Drain | undefined {
  const collection = emptiedBy(node);
  const location = collection && locationOf(collection, program);
  if (location === undefined || location.cell !== undefined) return undefined;
  const reads = ownersOf(node, program)
    .flatMap((it) => accessesIn(location, it, program))
    .filter((it) => it.kind === "read" && it.reference !== collection);
  const looks = reads.filter((it) => isLook(it.reference)).map((it) => it.reference);
  if (looks.length === 0) return undefined;
  const all = new Set<Node>(reads.map((it) => it.reference));
  for (const read of looks) {
    const way = wayBetween(read, node, program, (it) => it !== read && all.has(it));
    const pauses = way?.pauses ?? [];
    if (pauses.length > 0) return { location, at: node, read, pauses };
  }
  return undefined;
}

/** `this.jobs` in `this.jobs.clear()`, `this.jobs = []`, `this.jobs.length = 0`, `this.jobs.splice(0)`. */
export function emptiedBy(node: Node): Node | undefined {
  if (isAssignment(node)) {
    if (node.operatorToken.kind !== Kind.EqualsToken) return undefined;
    const left = unwrapped(node.left);
    if (is.PropertyAccessExpression(left) && left.name.text === "length") {
      return textOf(node.right) === "0" ? unwrapped(left.expression) : undefined;
    }
    return isEmptyCollection(node.right) ? left : undefined;
  }
  const call = methodCall(node);
  if (call === undefined) return undefined;
  const [from, count] = call.args;
  const receiver = unwrapped(call.receiver);
  if (call.method === "clear" && from === undefined) return receiver;
  if (call.method !== "splice" || from === undefined || textOf(from) !== "0") return undefined;
  const isAll = count === undefined || textOf(count) === `${textOf(receiver)}.length`;
  return isAll && isDropped(call.call) ? receiver : undefined;
}

function isEmptyCollection(written: Node): boolean {
  const value = unwrapped(written);
  if (is.ArrayLiteralExpression(value)) return value.elements.length === 0;
  if (!is.NewExpression(value)) return false;
  return /^(?:Set|Map|Array)$/.test(nameOf(value.expression) ?? "") && !value.arguments?.length;
}

/** A use of the whole collection, or of how much there is; not one of its elements, and no live loop. */
function isLook(reference: Node): boolean {
  const node = wrapped(reference);
  const { parent } = node;
  if (is.ForOfStatement(parent)) return parent.expression !== node;
  if (is.ElementAccessExpression(parent)) return parent.expression !== node;
  if (!is.PropertyAccessExpression(parent)) return !is.BindingElement(reference);
  const outer = wrapped(parent).parent;
  const isCalled = is.CallExpression(outer) && outer.expression === wrapped(parent);
  if (!isCalled) return parent.name.text === "length" || parent.name.text === "size";
  return TAKES_ALL.test(parent.name.text);
}

const TAKES_ALL =
  /^(?:map|filter|slice|concat|join|flatMap|reduce|toSorted|toReversed|values|entries|keys)$/;

/** Where other pieces of work put something into the collection. */
export function addersElsewhere({ location, at }: Drain, program: Program): readonly Access[] {
  const owners = ownersOf(at, program);
  const file = sourceFileOf(at);
  const all = [...accessesTo(location, file, program), ...callAccessesTo(location, file, program)];
  return all.filter((it) => {
    const made = isCallAccess(it) ? it.inner.at : it.at;
    if (it.kind !== "mutate" || !ADDS.test(methodCall(made)?.method ?? "")) return false;
    const owner = flowOwner(it.at);
    return owner !== undefined && !owners.includes(owner);
  });
}

const ADDS = /^(?:push|unshift|add|set)$/;
