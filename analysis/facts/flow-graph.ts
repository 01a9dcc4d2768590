import type { FunctionLike, Node, NodeOf } from "../syntax.ts";
import { is, isFunctionLike } from "../syntax.ts";

// The data behind facts/flow.ts: points, the graph that they form, and whose graph it is.

/** What has a flow of its own: a function, a file's top level, a static block, a field's value. */
export type FlowOwner =
  | FunctionLike
  | NodeOf<"SourceFile">
  | NodeOf<"ClassStaticBlockDeclaration">
  | NodeOf<"PropertyDeclaration">;

/**
 * What happens at a point.
 *
 * `value`: the node has been evaluated, the variable bound, the statement reached. `branch`: the
 * node's truth decides where to go on. `step`: a loop takes its next element. `close`: a `for await`
 * is left early, so its iterator is closed. `dispose`: a `using` declaration is disposed of.
 * `join`: nothing. The last three are where the flow ends.
 */
export type Role =
  | "value"
  | "branch"
  | "step"
  | "close"
  | "dispose"
  | "join"
  | "returned"
  | "thrown"
  | "ended";

/** What can interrupt a point: a `throw`, the rejection of what is awaited, a call that throws. */
export type Raise = "throw" | "await" | "call";

export interface Point {
  readonly role: Role;
  /** Undefined for joins and ends. */
  readonly node: Node | undefined;
  /** Where the flow goes on; behind a `branch` first for what is truthy, then for what is not. */
  readonly next: readonly Point[];
  /** Other code runs here before the flow goes on. */
  readonly suspends: boolean;
  readonly raises: Raise | undefined;
  /** Where the flow goes on when the point is interrupted; set with `raises`. */
  readonly handler: Point | undefined;
}

export interface Graph {
  readonly owner: FlowOwner;
  readonly entry: Point;
  /** Reached by a return statement or the value of an arrow function. */
  readonly returned: Point;
  readonly thrown: Point;
  /** Reached by falling off the end of the body. */
  readonly ended: Point;
  /** The points of a node; a node in a `finally` block has one for each way of getting there. */
  pointsOf(node: Node): readonly Point[];
  /** All points that have a node. */
  readonly points: readonly Point[];
}

/** Whose flow a node belongs to; undefined for types and for class members that only declare. */
export function flowOwner(node: Node): FlowOwner | undefined {
  let from = node;
  for (let at = node.parent; at !== undefined; from = at, at = at.parent) {
    if (is.SourceFile(at) || is.ClassStaticBlockDeclaration(at)) return at;
    if (isFunctionLike(at) && !isEvaluatedOutside(from, at)) return at;
    if (is.PropertyDeclaration(at) && from === at.initializer) return at;
  }
  return undefined;
}

/** Computed names and decorators run when the class or object around them is made. */
function isEvaluatedOutside(part: Node, owner: FunctionLike): boolean {
  return part === owner.name || is.Decorator(part);
}
