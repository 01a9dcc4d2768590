import type { Program } from "../program.ts";
import {
  declarationKeyword,
  is,
  isAssignmentOperator,
  isShortCircuit,
  Kind,
  type Node,
  nameOf,
  SHORT_CIRCUITS,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { accessesIn } from "./accesses.ts";
import { isTooLarge } from "./bounds.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { after, graphOf } from "./flow-walk.ts";
import { type Location, locationOf } from "./locations.ts";

// Which conditions test a place, and on which side of one does a node lie?
//
// A condition is a node whose truth decides where the flow goes on: `this.conn`, `cache.has(id)`,
// `this.state === "open"`, `now >= this.last + wait`; `!` and the operators `&&` and `||` are taken
// apart. A place is tested where the condition mentions it, or a constant that was just bound to
// what was there: `const hit = cache.get(id); if (hit) …`. What
// asks a function comes in facts/place-tests.ts. Of a property, `this.conn.open` tests another place. A node lies on one side of a condition if it can be reached from only one of its
// outcomes without passing the condition again, exceptions of awaited calls followed.

/** `empty`: there was nothing, or false, or no such key. `set`: the opposite. `other`: compared. */
export type Outcome = "empty" | "set" | "other";

export interface Condition {
  /** The node whose truth decides. */
  readonly node: Node;
  /** The mention of the place that is looked at in it, or for it. */
  readonly read: Node;
  readonly whenTrue: Outcome;
  readonly whenFalse: Outcome;
}

/** The conditions of one function that test the place by mentioning it. */
export function conditionsIn(
  location: Location,
  owner: FlowOwner,
  program: Program,
): readonly Condition[] {
  if (isTooLarge(owner, program)) return [];
  return readsIn(location, [owner], program).flatMap((it) => testsOf(it, [owner], program));
}

/** The mentions of the functions that read the place. */
export function readsIn(
  location: Location,
  owners: readonly FlowOwner[],
  program: Program,
): readonly Node[] {
  return owners
    .flatMap((it) => accessesIn(location, it, program))
    .flatMap(({ kind, reference }) => (kind === "read" ? reference : []));
}

/** The condition that a mention is, or those that test the constant that it goes into. */
export function testsOf(
  mention: Node,
  owners: readonly FlowOwner[],
  program: Program,
): readonly Condition[] {
  const direct = conditionAt(mention, mention);
  return direct === undefined ? testsOfCopy(mention, owners, program) : [direct];
}

/** `if (hit)` for `const hit = cache.get(id)` and `const { conn } = this`. */
function testsOfCopy(
  read: Node,
  owners: readonly FlowOwner[],
  program: Program,
): readonly Condition[] {
  const holder = is.BindingElement(read) ? read : wrapped(valueAround(read)).parent;
  if (!is.VariableDeclaration(holder) && !is.BindingElement(holder)) return [];
  if (is.VariableDeclaration(holder) && !isConstant(holder.parent)) return [];
  const { name } = holder;
  const location = is.Identifier(name) ? locationOf(name, program) : undefined;
  if (location === undefined) return [];
  return owners
    .flatMap((it) => accessesIn(location, it, program))
    .flatMap(({ kind, reference }) =>
      kind === "read" ? (conditionAt(reference, read) ?? []) : [],
    );
}

/** `cache.get(id) ?? fallback` is still a copy, as far as emptiness goes, where the fallback is empty. */
function valueAround(read: Node): Node {
  const { parent } = wrapped(read);
  return isShortCircuit(parent) && parent.left === wrapped(read) && isEmpty(parent.right)
    ? parent
    : read;
}

function isConstant(list: Node): boolean {
  return is.VariableDeclarationList(list) && declarationKeyword(list) !== "var";
}

/**
 * The condition that a mention is, or is compared in. `isDecisive`: whether something depends on the
 * truth of an expression; by default, where the flow goes on.
 */
export function conditionAt(
  mention: Node,
  read: Node,
  isDecisive: (node: Node) => boolean = isDecidingFlow,
): Condition | undefined {
  const node = wrapped(mention);
  const { parent } = node;
  if (is.BinaryExpression(parent) && COMPARISONS.has(parent.operatorToken.kind)) {
    const other = parent.left === node ? parent.right : parent.left;
    return isDecisive(parent) ? comparison(parent, read, other) : undefined;
  }
  if (is.TypeOfExpression(parent)) {
    const outer = wrapped(parent).parent;
    return is.BinaryExpression(outer) && isDecisive(outer)
      ? { node: outer, read, whenTrue: "other", whenFalse: "other" }
      : undefined;
  }
  const compared = comparedThrough(node);
  if (compared !== undefined) {
    return isDecisive(compared)
      ? { node: compared, read, whenTrue: "other", whenFalse: "other" }
      : undefined;
  }
  if (is.CallExpression(parent) && nameOf(parent.expression) === "Boolean") {
    return isDecisive(parent)
      ? { node: parent, read, whenTrue: "set", whenFalse: "empty" }
      : undefined;
  }
  return isDecisive(node)
    ? { node: unwrapped(node), read, whenTrue: "set", whenFalse: "empty" }
    : undefined;
}

/** `a.length > 0`, `now >= this.last + wait`: a comparison that the mention goes into by a detour. */
function comparedThrough(mention: Node): Node | undefined {
  let at = mention;
  for (let steps = 0; steps < 4; steps += 1) {
    const { parent } = at;
    if (is.PropertyAccessExpression(parent) && parent.expression === at) {
      if (parent.name.text !== "length" && parent.name.text !== "size") return undefined;
    } else if (!is.BinaryExpression(parent)) {
      return undefined;
    } else {
      const operator = parent.operatorToken.kind;
      if (COMPARISONS.has(operator)) return parent;
      if (SHORT_CIRCUITS.has(operator) || isAssignmentOperator(operator)) return undefined;
    }
    at = wrapped(parent);
  }
  return undefined;
}

function comparison(node: Node, read: Node, other: Node): Condition {
  const operator = is.BinaryExpression(node) ? node.operatorToken.kind : 0;
  const constant = unwrapped(other);
  const isUnequal = UNEQUAL.has(operator);
  if (EQUAL.has(operator) || isUnequal) {
    const same: Outcome = isEmpty(constant) ? "empty" : is.TrueKeyword(constant) ? "set" : "other";
    const different: Outcome = same === "empty" ? "set" : same === "set" ? "empty" : "other";
    return isUnequal
      ? { node, read, whenTrue: different, whenFalse: same }
      : { node, read, whenTrue: same, whenFalse: different };
  }
  return { node, read, whenTrue: "other", whenFalse: "other" };
}

/** Whether the value says that nothing is there: `undefined`, `null`, `false`. */
export function isEmpty(value: Node): boolean {
  const node = unwrapped(value);
  if (is.VoidExpression(node)) return true;
  return (
    is.NullKeyword(node) ||
    is.FalseKeyword(node) ||
    (is.Identifier(node) && node.text === "undefined")
  );
}

const EQUAL: ReadonlySet<number> = new Set([Kind.EqualsEqualsToken, Kind.EqualsEqualsEqualsToken]);
const UNEQUAL: ReadonlySet<number> = new Set([
  Kind.ExclamationEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
]);
const COMPARISONS: ReadonlySet<number> = new Set([
  ...EQUAL,
  ...UNEQUAL,
  Kind.LessThanToken,
  Kind.LessThanEqualsToken,
  Kind.GreaterThanToken,
  Kind.GreaterThanEqualsToken,
]);

/** Whether the flow goes on by the truth of this expression, `!`, `&&` and `||` left aside. */
function isDecidingFlow(expression: Node): boolean {
  const node = wrapped(expression);
  const { parent } = node;
  if (is.IfStatement(parent) || is.WhileStatement(parent) || is.DoStatement(parent)) {
    return parent.expression === node;
  }
  if (is.ForStatement(parent)) return parent.condition === node;
  if (is.ConditionalExpression(parent)) return parent.condition === node;
  if (is.PrefixUnaryExpression(parent)) {
    return parent.operator === Kind.ExclamationToken && isDecidingFlow(parent);
  }
  if (!isShortCircuit(parent)) return false;
  const isFirst = parent.left === node && parent.operatorToken.kind !== Kind.QuestionQuestionToken;
  return isFirst || isDecidingFlow(parent);
}

/** On which side of a condition the node lies; undefined: on both, or neither. */
export function sideOf(condition: Node, node: Node, program: Program): boolean | undefined {
  const owner = flowOwner(condition);
  if (owner === undefined || owner !== flowOwner(node)) return undefined;
  const graph = graphOf(owner, program);
  const branches = graph.pointsOf(condition).filter((it) => it.role === "branch");
  const wanted = new Set(graph.pointsOf(unwrapped(node)));
  const walls = new Set(graph.pointsOf(condition));
  if (branches.length === 0 || wanted.size === 0) return undefined;
  const reaches = (index: 0 | 1) => {
    const seen = new Set(branches.flatMap((it) => it.next[index] ?? []));
    for (const point of seen) {
      if (wanted.has(point)) return true;
      if (walls.has(point)) continue;
      for (const next of after(point, "awaited", program)) seen.add(next);
    }
    return false;
  };
  const yes = reaches(0);
  return yes === reaches(1) ? undefined : yes;
}
