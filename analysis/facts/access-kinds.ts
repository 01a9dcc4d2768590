import type { Program } from "../program.ts";
import {
  ancestor,
  is,
  isAssignment,
  isOneOf,
  Kind,
  methodCall,
  type Node,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { cellCall, type Location, locationOf } from "./locations.ts";

// What does a mention of a place do with it? From the syntax around it alone; see facts/accesses.ts.

export interface Access {
  readonly kind: "read" | "write" | "mutate";
  readonly location: Location;
  /**
   * The node at which it happens: the mention for a read, the assignment or call for the others.
   * It has a point in the flow of its function.
   */
  readonly at: Node;
  /** The reference itself, `this.jobs` in `this.jobs = []`. */
  readonly reference: Node;
  /** What is written, where that is an expression. */
  readonly value?: Node | undefined;
}

/** The access that the node is: an assignment, `x++`, `map.set(k, v)`, `list.push(x)`. */
export function writeAt(node: Node, program: Program): Access | undefined {
  const target = targetOf(node);
  if (target === undefined) return undefined;
  return cellAccess(node, program) ?? accessBy(target, program);
}

/** What an assignment, an update or a call may write to, from syntax alone. */
export function targetOf(node: Node): Node | undefined {
  if (isAssignment(node))
    return isReference(unwrapped(node.left)) ? unwrapped(node.left) : undefined;
  if (is.PrefixUnaryExpression(node) || is.PostfixUnaryExpression(node)) {
    return isUpdate(node) ? unwrapped(node.operand) : undefined;
  }
  if (is.DeleteExpression(node)) return unwrapped(node.expression);
  const call = methodCall(node);
  if (call === undefined) return undefined;
  return cellCall(node) !== undefined || MUTATORS.has(call.method)
    ? unwrapped(call.receiver)
    : undefined;
}

/** Methods that change an array, a map or a set in place. */
export const MUTATORS: ReadonlySet<string> = new Set([
  "push",
  "pop",
  "shift",
  "unshift",
  "splice",
  "sort",
  "reverse",
  "fill",
  "copyWithin",
  "set",
  "add",
  "delete",
  "clear",
]);

const isReference = isOneOf("Identifier", "PropertyAccessExpression", "ElementAccessExpression");

/** `this` or `state` in `this.state.user` and `state.user`. */
export function startOfPath(reference: Node): Node {
  let base = unwrapped(reference);
  while (is.PropertyAccessExpression(base) || is.ElementAccessExpression(base)) {
    base = unwrapped(base.expression);
  }
  return base;
}

function accessBy(reference: Node, program: Program): Access | undefined {
  const location = locationOf(reference, program);
  return location && accessesBy(reference, location).find((it) => it.kind !== "read");
}

/** What a mention does with its place. */
export function accessesBy(reference: Node, location: Location): Access[] {
  if (is.BindingElement(reference)) {
    const at = ancestor(reference, is.VariableDeclaration) ?? reference;
    return [{ kind: "read", location, at, reference }];
  }
  const node = wrapped(reference);
  const { parent } = node;
  const read: Access = { kind: "read", location, at: reference, reference };
  if (isAssignment(parent) && parent.left === node) {
    const write: Access = { kind: "write", location, at: parent, reference, value: parent.right };
    return parent.operatorToken.kind === Kind.EqualsToken ? [write] : [read, write];
  }
  if ((is.PrefixUnaryExpression(parent) || is.PostfixUnaryExpression(parent)) && isUpdate(parent)) {
    return [read, { kind: "write", location, at: parent, reference }];
  }
  if (is.DeleteExpression(parent)) return [{ kind: "write", location, at: parent, reference }];
  const pattern = patternAround(node);
  if (pattern !== undefined) return [{ kind: "write", location, at: pattern, reference }];
  const changed = changeOf(node);
  return changed === undefined
    ? [read]
    : [read, { kind: "mutate", location, at: changed, reference }];
}

/** The call or assignment that changes the object in place: `jobs.push(j)`, `jobs.length = 0`. */
function changeOf(object: Node): Node | undefined {
  const { parent } = object;
  if (is.PropertyAccessExpression(parent) && parent.expression === object) {
    const outer = wrapped(parent);
    const call = outer.parent;
    if (is.CallExpression(call) && call.expression === outer) {
      return MUTATORS.has(parent.name.text) ? call : undefined;
    }
    return parent.name.text === "length" ? assignmentTo(outer) : undefined;
  }
  if (!is.ElementAccessExpression(parent) || parent.expression !== object) return undefined;
  const outer = wrapped(parent);
  return assignmentTo(outer) ?? (is.DeleteExpression(outer.parent) ? outer.parent : undefined);
}

function assignmentTo(target: Node): Node | undefined {
  const { parent } = target;
  if (isAssignment(parent) && parent.left === target) return parent;
  const steps = is.PrefixUnaryExpression(parent) || is.PostfixUnaryExpression(parent);
  return steps && isUpdate(parent) ? parent : undefined;
}

function isUpdate(node: { readonly operator: number }): boolean {
  return node.operator === Kind.PlusPlusToken || node.operator === Kind.MinusMinusToken;
}

/** The assignment whose pattern writes here: `[this.a, this.b] = pair`. */
function patternAround(node: Node): Node | undefined {
  let at = node;
  for (;;) {
    const { parent } = at;
    if (isAssignment(parent)) return parent.left === at && at !== node ? parent : undefined;
    const isPart =
      is.ArrayLiteralExpression(parent) ||
      is.ObjectLiteralExpression(parent) ||
      (is.PropertyAssignment(parent) && parent.initializer === at);
    if (!isPart) return undefined;
    at = parent;
  }
}

/** The access to a cell that a call is. */
export function cellAccess(node: Node, program: Program): Access | undefined {
  const asked = cellCall(node);
  const location = asked && locationOf(node, program);
  if (asked === undefined || location?.cell === undefined) return undefined;
  const { method, value } = asked;
  const kind = method === "get" || method === "has" ? "read" : "write";
  return { kind, location, at: node, reference: node, value };
}
