import type { Node } from "../syntax.ts";
import type { Point, Raise, Role } from "./flow-graph.ts";

// How points are made and where jumps lead. A graph is built from its end to its start: whoever
// builds a node is told the point that follows, and answers with the point to begin at. So the ways
// that lead out (the end of a block, a handler, a loop's exit) are known before what leads there.

/** What surrounds the node that is being built, from the inside out. */
export type Scope =
  | { readonly kind: "owner"; readonly returned: Point; readonly thrown: Point }
  | {
      readonly kind: "target";
      readonly labels: readonly string[];
      /** A labelled block: left only by a `break` that names it. */
      readonly labelled?: boolean;
      readonly breaks?: Point;
      readonly continues?: Point;
      readonly outer: Scope;
    }
  | { readonly kind: "catch"; readonly entry: Point; readonly outer: Scope }
  /** Something runs on every way out: `enter(target)` is where that starts when bound for target. */
  | { readonly kind: "cleanup"; readonly enter: (target: Point) => Point; readonly outer: Scope };

export interface How {
  readonly role?: Role;
  readonly suspends?: boolean;
  readonly raises?: Raise;
}

/** Collects the points of one graph. */
export class Points {
  readonly all: Point[] = [];
  private readonly byNode = new Map<Node, Point[]>();

  of(node: Node): readonly Point[] {
    return this.byNode.get(node) ?? [];
  }

  /** A point for the node that goes on to `next`. */
  add(node: Node, next: readonly Point[], scope: Scope, how: How = {}): Point {
    const { role = "value", suspends = false, raises } = how;
    const handler = raises === undefined ? undefined : handlerIn(scope);
    const point = { role, node, next, suspends, raises, handler };
    this.all.push(point);
    const siblings = this.byNode.get(node);
    if (siblings === undefined) this.byNode.set(node, [point]);
    else siblings.push(point);
    return point;
  }
}

/** A point at which nothing happens. */
export function join(next: readonly Point[], role: Role = "join"): Point {
  return { role, node: undefined, next, suspends: false, raises: undefined, handler: undefined };
}

/** A join whose successors are told later, for loops. */
export function openJoin(): { readonly point: Point; lead(to: Point): void } {
  const next: Point[] = [];
  return { point: join(next), lead: (to) => void next.push(to) };
}

/** Where an exception goes that is raised here. */
export function handlerIn(scope: Scope): Point {
  switch (scope.kind) {
    case "owner":
      return scope.thrown;
    case "catch":
      return scope.entry;
    case "cleanup":
      return scope.enter(handlerIn(scope.outer));
    default:
      return handlerIn(scope.outer);
  }
}

/** Where `return`, `break` and `continue` go; undefined where they may not be written. */
export function jumpIn(
  scope: Scope,
  jump: "return" | "break" | "continue",
  label?: string,
): Point | undefined {
  if (scope.kind === "owner") return jump === "return" ? scope.returned : undefined;
  if (scope.kind === "cleanup") {
    const target = jumpIn(scope.outer, jump, label);
    return target && scope.enter(target);
  }
  if (scope.kind === "target" && jump !== "return") {
    const meant = label === undefined ? scope.labelled !== true : scope.labels.includes(label);
    const target = jump === "break" ? scope.breaks : scope.continues;
    if (meant && target !== undefined) return target;
  }
  return jumpIn(scope.outer, jump, label);
}

/**
 * A scope in which something runs on every way out. Each way has a copy of its own, so that a path
 * that came by `return` cannot leave as if nothing had happened.
 */
export function cleanup(outer: Scope, build: (target: Point) => Point) {
  const copies = new Map<Point, Point>();
  const enter = (target: Point) => {
    let copy = copies.get(target);
    if (copy === undefined) copies.set(target, (copy = build(target)));
    return copy;
  };
  return { kind: "cleanup", enter, outer } as const;
}
