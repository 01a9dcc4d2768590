import type { Program } from "../program.ts";
import { isInside, type Node, unwrapped } from "../syntax.ts";
import { consistent, type Known, keyOf, knownAfter, NOTHING_KNOWN } from "./conditions.ts";
import { type FlowOwner, flowOwner, type Graph, type Point, type Role } from "./flow-graph.ts";
import { after, type Exceptions, graphOf, reachable } from "./flow-walk.ts";

// In which order can the parts of a function run?
//
// Each function has a graph of points, one for each expression at the moment at which its value is
// there, and for the few statements that do something by themselves. It is built when first asked
// for, from syntax alone; the type engine is asked about calls that may never return, and only
// about those that a search meets.
//
// What the graph says. Operands come before operators, `&&`, `||`, `??`, `?.`, `?:` and defaults
// leave out what they leave out, `while (true)` is left by `break` only. A `try` block has an edge
// to its handler from every point that can be interrupted. `finally` blocks, the disposal of
// `using` declarations and the closing of `for await` iterators run on every way out, and each way
// has its own copy of them, so a path that returns goes on returning. Nested functions and classes
// are points at which a closure is made; their bodies are flows of their own.
//
// *May*: a path of the graph need not be one of the program. Two tests of the same unchanged
// condition are taken to agree (facts/conditions.ts); other correlations are not seen. A `switch`
// without `default` can be passed by, though the types may say otherwise. Interrupted by what: a
// search says which exceptions it follows (`Exceptions`), since a path on which some library call
// happens to throw is there for almost everything, and proves nothing. A generator that its user
// abandons half-way, decorators and the initialisers of enum members are ignored.

export { type FlowOwner, flowOwner } from "./flow-graph.ts";
export type { Exceptions } from "./flow-walk.ts";

/** Where a path may lead: a way out of the function, a pause, or a node that meets a condition. */
export type Target =
  | "return"
  | "end"
  | "throw"
  | "suspension"
  | ((node: Node, role: Role) => boolean);

export interface Search {
  /** The path ends at the first of these that it meets. */
  readonly until: Target | readonly Target[];
  /** The path may not pass these. Asked first: a node that is both stops the path. */
  readonly stops?: (node: Node, role: Role) => boolean;
  /** Which exceptions the path may take; only those of `throw` statements if left out. */
  readonly exceptions?: Exceptions;
}

export interface Path {
  /** What the path leads to. `return` and `end` are the two ways of leaving without an exception. */
  readonly to: "return" | "end" | "throw" | "suspension" | "node";
  /** The last node on the path: the return statement, the `await`, the node that was looked for. */
  readonly at: Node;
  /** All nodes on the path in the order in which they are evaluated, the last one included. */
  readonly nodes: readonly Node[];
}

/** Every way out of a function. */
export const EXITS: readonly Target[] = ["return", "end", "throw"];

/** A shortest path that begins right after the node has been evaluated; undefined: there is none. */
export function pathFrom(start: Node, search: Search, program: Program): Path | undefined {
  const owner = flowOwner(start);
  if (owner === undefined) return undefined;
  const graph = graphOf(owner, program);
  const known = knownAfter(start, owner, program);
  const entries = behind(start, graph).map((point) => ({ point, known, from: undefined }));
  return shortest(entries, search, graph, program);
}

/** A shortest path from where a function, or a file's top level, begins to run. */
export function pathFromEntry(
  owner: FlowOwner,
  search: Search,
  program: Program,
): Path | undefined {
  const graph = graphOf(owner, program);
  const start = { point: graph.entry, known: NOTHING_KNOWN, from: undefined };
  return shortest([start], search, graph, program);
}

/** Whether the node can be evaluated at all. */
export function isReachable(node: Node, program: Program): boolean {
  const owner = flowOwner(node);
  if (owner === undefined) return false;
  const graph = graphOf(owner, program);
  const wanted = new Set(pointsFor(node, graph));
  for (const point of reachable(graph.entry, "any", program)) if (wanted.has(point)) return true;
  return false;
}

/** The points of a node, or of everything inside one that has none itself, such as a block. */
export function pointsFor(node: Node, graph: Graph): readonly Point[] {
  const own = graph.pointsOf(unwrapped(node)).filter((it) => it.role !== "branch");
  if (own.length > 0) return own;
  return graph.points.filter((it) => it.node !== undefined && isInside(it.node, node));
}

interface Step {
  readonly point: Point;
  readonly known: Known;
  readonly from: Step | undefined;
}

/** Where the flow goes on when a node is done, by whichever way it ends normally. */
function behind(node: Node, graph: Graph): readonly Point[] {
  const points = new Set(pointsFor(node, graph));
  const nexts = new Set<Point>();
  const queue = [...points];
  for (const point of queue) {
    for (const next of point.next) {
      if (points.has(next)) continue;
      // A join may still lead back into the node.
      if (next.node === undefined && next.next.some((it) => points.has(it))) queue.push(next);
      else nexts.add(next);
    }
  }
  return [...nexts];
}

function shortest(
  entries: readonly Step[],
  { until, stops, exceptions = "thrown" }: Search,
  graph: Graph,
  program: Program,
): Path | undefined {
  const targets = typeof until === "object" ? until : [until];
  const seen = new Map<Point, Set<string>>();
  const queue: Step[] = [];
  const visit = (step: Step) => {
    let states = seen.get(step.point);
    if (states === undefined) seen.set(step.point, (states = new Set()));
    const key = keyOf(step.known);
    if (states.has(key) || MOST_STATES < states.size) return;
    states.add(key);
    queue.push(step);
  };

  for (const entry of entries) visit(entry);
  for (const step of queue) {
    const { point, known } = step;
    const { node, role } = point;
    if (node !== undefined && role !== "branch" && stops?.(node, role) === true) continue;
    const to = reached(point, targets);
    if (to !== undefined) return pathTo(step, to, graph);
    const nexts = after(point, exceptions, program);
    for (const [next, knows] of consistent(point, known, graph.owner, nexts, program)) {
      visit({ point: next, known: knows, from: step });
    }
  }
  return undefined;
}

/** A point is not visited in more states of knowledge than this; what lies beyond is not found. */
const MOST_STATES = 64;

function reached(point: Point, targets: readonly Target[]): Path["to"] | undefined {
  const { node, role } = point;
  for (const target of targets) {
    if (target === "return" && role === "returned") return "return";
    if (target === "end" && role === "ended") return "end";
    if (target === "throw" && role === "thrown") return "throw";
    if (target === "suspension" && point.suspends) return "suspension";
    if (typeof target !== "function" || node === undefined || role === "branch") continue;
    if (target(node, role)) return "node";
  }
  return undefined;
}

function pathTo(last: Step, to: Path["to"], { owner }: Graph): Path {
  const nodes: Node[] = [];
  for (let step: Step | undefined = last; step !== undefined; step = step.from) {
    const { node, role } = step.point;
    if (node !== undefined && role !== "branch") nodes.unshift(node);
  }
  return { to, at: nodes.at(-1) ?? owner, nodes };
}
