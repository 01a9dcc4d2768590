import { fact, type Program } from "../program.ts";
import type { Node } from "../syntax.ts";
import { flowOwner, pointsFor } from "./flow.ts";
import type { FlowOwner, Point } from "./flow-graph.ts";
import { after, graphOf } from "./flow-walk.ts";

// Where does a function let other code run, and what runs without a break?
//
// Between two suspensions a function runs to itself: nothing else in the same thread can come in
// between. Suspensions are written out: `await`, `yield`, the steps of `for await` and closing its
// iterator, the end of a block with `await using`, `return` in an async generator. `yield` of a
// plain generator counts, because whoever iterates it may wait before the next step. *May*: a
// suspension on one path is enough, all exceptions included. Ignored: code that calls run before
// they return (listeners, setters, `emit`), which is a different question.

/** Whether other code can run while this node is being evaluated. */
export function isSuspension(node: Node, program: Program): boolean {
  const owner = flowOwner(node);
  return (
    owner !== undefined &&
    graphOf(owner, program)
      .pointsOf(node)
      .some(({ suspends }) => suspends)
  );
}

/** The suspensions that lie on some path from just after one node to just before another. */
export function suspensionsBetween(from: Node, to: Node, program: Program): readonly Node[] {
  const owner = flowOwner(from);
  if (owner === undefined || owner !== flowOwner(to)) return [];
  const graph = graphOf(owner, program);
  const ends = new Set(pointsFor(to, graph));
  const forth = closure(
    pointsFor(from, graph).flatMap((it) => it.next),
    (it) => (ends.has(it) ? [] : after(it, "any", program)),
  );
  const back = backwards(owner, program);
  const leading = closure([...ends], (it) => back.get(it) ?? []);
  return nodesOf([...forth].filter((it) => it.suspends && leading.has(it) && !ends.has(it)));
}

/**
 * The suspensions on paths from just after one node to another that pass neither the first node
 * again nor any of those that `stops` names; in the order of the search, nearest first. Undefined:
 * there is no such path. Given an owner, the paths begin where it does.
 */
export function pausesOnWay(
  from: Node | FlowOwner,
  to: Node,
  stops: ((node: Node) => boolean) | undefined,
  program: Program,
): readonly Node[] | undefined {
  const owner = flowOwner(to);
  if (owner === undefined || (owner !== from && owner !== flowOwner(from))) return undefined;
  const graph = graphOf(owner, program);
  const starts = owner === from ? [] : pointsFor(from, graph);
  const ends = new Set(pointsFor(to, graph));
  const begin = owner === from ? [graph.entry] : starts.flatMap((it) => it.next);
  const walls = new Set(starts);
  const isWall = (it: Point) =>
    walls.has(it) ||
    (it.node !== undefined && it.role !== "branch" && !ends.has(it) && stops?.(it.node) === true);
  const forth = closure(
    begin.filter((it) => !isWall(it)),
    (it) => (ends.has(it) ? [] : after(it, "any", program).filter((next) => !isWall(next))),
  );
  const reached = [...ends].filter((it) => forth.has(it));
  if (reached.length === 0) return undefined;
  const back = backwards(owner, program);
  const leading = closure(reached, (it) =>
    (back.get(it) ?? []).filter((before) => forth.has(before)),
  );
  return nodesOf([...forth].filter((it) => it.suspends && leading.has(it) && !ends.has(it)));
}

/** What may run before and after a node without a suspension in between. */
export interface Segment {
  /** The suspensions behind which it can start. */
  readonly startsAfter: readonly Node[];
  /** Whether it can also start where the function does. */
  readonly startsAtEntry: boolean;
  /** The suspensions in which it can end. */
  readonly endsIn: readonly Node[];
  readonly has: (node: Node) => boolean;
}

/** The segment around a node. A suspension belongs to the segment that it ends. */
export function segmentOf(node: Node, program: Program): Segment | undefined {
  const owner = flowOwner(node);
  if (owner === undefined) return undefined;
  const graph = graphOf(owner, program);
  const back = backwards(owner, program);
  const starts = pointsFor(node, graph);
  const forth = closure(starts, (it) => (it.suspends ? [] : after(it, "any", program)));
  const begins = new Set<Point>();
  const before = closure(starts, (it) =>
    (back.get(it) ?? []).filter((from) => {
      if (from.suspends) begins.add(from);
      return !from.suspends;
    }),
  );
  const nodes = new Set(nodesOf([...forth, ...before]));
  return {
    startsAfter: nodesOf([...begins]),
    startsAtEntry: before.has(graph.entry),
    endsIn: nodesOf([...forth].filter((it) => it.suspends)),
    has: (it) => nodes.has(it),
  };
}

type Backwards = ReadonlyMap<Point, readonly Point[]>;

/** What may come right before each point that can be reached. */
const backwards: (owner: FlowOwner, program: Program) => Backwards = fact((owner, program) => {
  const back = new Map<Point, Point[]>();
  for (const point of closure([graphOf(owner, program).entry], (it) => after(it, "any", program))) {
    for (const next of after(point, "any", program)) {
      const before = back.get(next);
      if (before === undefined) back.set(next, [point]);
      else before.push(point);
    }
  }
  return back;
});

function closure(starts: readonly Point[], steps: (point: Point) => readonly Point[]): Set<Point> {
  const seen = new Set(starts);
  for (const point of seen) for (const next of steps(point)) seen.add(next);
  return seen;
}

function nodesOf(points: readonly Point[]): Node[] {
  return [...new Set(points.flatMap(({ node }) => node ?? []))];
}
