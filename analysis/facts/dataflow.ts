import type { Program } from "../program.ts";
import type { Node } from "../syntax.ts";
import { flowOwner, pointsFor } from "./flow.ts";
import type { FlowOwner, Point, Role } from "./flow-graph.ts";
import { after, type Exceptions, graphOf } from "./flow-walk.ts";

// What holds at a node, whichever way it was reached?
//
// A forward dataflow over the points of a function, for facts that are carried along: which locks
// are held, which flags are set, what has been checked. The state is up to the caller; joining must
// only ever lose (for must-questions) or only ever gain (for may-questions), or it would not end.

export interface Dataflow<State> {
  readonly initial: State;
  /** The state where two paths meet. */
  readonly join: (a: State, b: State) => State;
  readonly equal: (a: State, b: State) => boolean;
  /** What evaluating the node does to the state; `suspends` says that other code runs. */
  readonly transfer: (state: State, at: Passing) => State;
  /** What is known when the condition turned out this way; nothing new if left out. */
  readonly assume?: (state: State, condition: Node, truth: boolean) => State;
  /** Which exceptions are followed; all if left out. */
  readonly exceptions?: Exceptions;
}

export interface Passing {
  readonly node: Node;
  readonly role: Role;
  readonly suspends: boolean;
}

export interface Solution<State> {
  /** The state just before the node is evaluated, its operands done; undefined: never reached. */
  readonly before: (node: Node) => State | undefined;
  readonly after: (node: Node) => State | undefined;
  readonly atExit: (exit: "return" | "end" | "throw") => State | undefined;
}

export function solve<State>(
  owner: FlowOwner,
  flow: Dataflow<State>,
  program: Program,
): Solution<State> {
  const graph = graphOf(owner, program);
  const { join, equal, assume } = flow;
  const through = (state: State, { node, role, suspends }: Point) =>
    node === undefined || role === "branch"
      ? state
      : flow.transfer(state, { node, role, suspends });
  const states = new Map<Point, State>([[graph.entry, flow.initial]]);
  const queue = new Set(states.keys());

  for (const point of queue) {
    queue.delete(point);
    const state = states.get(point);
    if (state === undefined) continue;
    const passed = through(state, point);
    const [yes, no] = point.role === "branch" && yesIsNotNo(point) ? point.next : [];
    for (const next of after(point, flow.exceptions ?? "any", program)) {
      const { node } = point;
      const decides = node !== undefined && assume !== undefined && (next === yes || next === no);
      // Interrupted: the node's own effect may have happened or not.
      const interrupted = next === point.handler && !point.next.includes(next);
      const leaving = decides
        ? assume(passed, node, next === yes)
        : interrupted
          ? join(state, passed)
          : passed;
      const before = states.get(next);
      const joined = before === undefined ? leaving : join(before, leaving);
      if (before !== undefined && equal(before, joined)) continue;
      states.set(next, joined);
      queue.add(next);
    }
  }

  const at = (node: Node, state: (point: Point) => State | undefined) => {
    let joined: State | undefined;
    for (const point of pointsFor(node, graph)) {
      const it = state(point);
      if (it !== undefined) joined = joined === undefined ? it : join(joined, it);
    }
    return joined;
  };
  return {
    before: (node) => at(node, (point) => states.get(point)),
    after: (node) =>
      at(node, (point) => {
        const state = states.get(point);
        return state === undefined ? undefined : through(state, point);
      }),
    atExit: (exit) =>
      states.get(exit === "return" ? graph.returned : exit === "end" ? graph.ended : graph.thrown),
  };
}

/** Whether every path from the start of the function to `node` evaluates `dominator` first. */
export function dominates(dominator: Node, node: Node, program: Program): boolean {
  const owner = flowOwner(node);
  if (owner === undefined || owner !== flowOwner(dominator)) return false;
  const graph = graphOf(owner, program);
  const barrier = new Set(pointsFor(dominator, graph));
  const wanted = new Set(pointsFor(node, graph));
  const seen = new Set([graph.entry]);
  for (const point of seen) {
    // Interrupted halfway, the dominator has not been evaluated.
    if (barrier.has(point)) {
      if (point.handler !== undefined) seen.add(point.handler);
      continue;
    }
    if (wanted.has(point)) return false;
    for (const next of after(point, "any", program)) seen.add(next);
  }
  return true;
}

function yesIsNotNo({ next: [yes, no] }: Point): boolean {
  return yes !== no;
}
