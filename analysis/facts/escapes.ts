import type { Program } from "../program.ts";
import type { Node } from "../syntax.ts";
import type { FlowOwner, Graph, Point } from "./flow-graph.ts";
import { graphOf, nextOf } from "./flow-walk.ts";

// Which exception leaves a function?
//
// What raises is for the caller to say, and it may be dear to find out, so it is asked late: only
// of points whose exception has a way out. A call inside `try { … } catch { … }` is not asked
// about unless the `catch` block itself can be left by an exception.

/** Whether this point really raises: the node to blame. */
export type Raises = (point: Point) => Node | undefined;

/** The node because of which an exception may leave the body. */
export function escaping(owner: FlowOwner, raises: Raises, program: Program): Node | undefined {
  const graph = graphOf(owner, program);
  const ways = waysOut(graph, program);
  const blamed = new Map<Point, Node | undefined>();
  const blame = (point: Point) => {
    if (!blamed.has(point)) blamed.set(point, raises(point));
    return blamed.get(point);
  };
  const leaves = (point: Point) =>
    point.handler !== undefined && ways.has(point.handler) ? blame(point) : undefined;

  const reached = new Set([graph.entry]);
  const raising = new Set<Point>();
  for (;;) {
    for (const point of reached) {
      for (const next of nextOf(point, program)) reached.add(next);
      if (point.handler !== undefined) raising.add(point);
    }
    // What is awaited is to blame more often than what is called, and cheaper to ask.
    for (const calls of [false, true]) {
      for (const point of raising) {
        const culprit = (point.raises === "call") === calls ? leaves(point) : undefined;
        if (culprit !== undefined) return culprit;
      }
    }
    const before = reached.size;
    for (const point of raising) {
      const { handler } = point;
      if (handler === undefined || reached.has(handler) || !leadsOut(handler, leaves, program))
        continue;
      if (blame(point) !== undefined) reached.add(handler);
    }
    if (reached.size === before) return undefined;
  }
}

/** The points from which an exception that is on its way goes on out of the function. */
function waysOut(graph: Graph, program: Program): ReadonlySet<Point> {
  const back = new Map<Point, Point[]>();
  const all = new Set([graph.entry]);
  for (const point of all) {
    for (const next of nextOf(point, program)) {
      all.add(next);
      const before = back.get(next);
      if (before === undefined) back.set(next, [point]);
      else before.push(point);
    }
    if (point.handler !== undefined) all.add(point.handler);
  }
  const ways = new Set([graph.thrown]);
  for (const point of ways) for (const before of back.get(point) ?? []) ways.add(before);
  return ways;
}

/** Whether an exception can leave from here on, in a handler or in what follows it. */
function leadsOut(
  handler: Point,
  leaves: (point: Point) => Node | undefined,
  program: Program,
): boolean {
  const seen = new Set([handler]);
  for (const point of seen) {
    if (leaves(point) !== undefined) return true;
    for (const next of nextOf(point, program)) seen.add(next);
    if (point.handler !== undefined) seen.add(point.handler);
  }
  return false;
}
