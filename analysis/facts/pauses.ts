import type { CallbackModel } from "../primitives/primitive.ts";
import type { Program } from "../program.ts";
import {
  type FunctionLike,
  is,
  isAsync,
  isFunctionExpression,
  isFunctionLike,
  isGenerator,
  type Node,
  wrapped,
} from "../syntax.ts";
import { isTooLarge } from "./bounds.ts";
import { callbackOf } from "./callbacks.ts";
import type { FlowOwner } from "./flow-graph.ts";
import { flowOwner } from "./flow-graph.ts";
import { pathFrom, pathFromEntry } from "./flow.ts";
import { pausesOnWay } from "./segments.ts";

// Where does other code run between two places that one piece of work passes?
//
// Within a function that is what facts/segments.ts says. Work also goes on in callbacks: what
// `load(id).then((row) => { … })` does with the row is done after a pause, by the same task that
// called `load`. So a node in a callback is *lifted*: it happens where the callback is handed over,
// and when that one runs it at once (`forEach`) no pause is added, and when it runs it later or
// before its promise settles, the handing over is a pause. Only functions that are written where
// they are handed over are lifted, and only where it is known what becomes of them (the models, or
// own code); for all others the answer is that there is no way. A *may* question, as paths are.

/** The functions around a node from its own outwards, as far as they are parts of one piece of work. */
export function ownersOf(node: Node, program: Program): readonly FlowOwner[] {
  const owners: FlowOwner[] = [];
  for (let at: Node | undefined = node; at !== undefined; ) {
    const owner = flowOwner(at);
    if (owner === undefined) break;
    owners.push(owner);
    const turn = isFunctionLike(owner) ? turnOf(owner, program) : undefined;
    at = turn === undefined || isOfItsOwn(turn) ? undefined : owner;
  }
  return owners;
}

/** The function whose call is the piece of work that the node is part of. */
export function workAround(node: Node, program: Program): FlowOwner | undefined {
  return ownersOf(node, program).at(-1);
}

/** A way from one node to another along which other code can run. */
export interface Way {
  /** The nearest pause first; empty: nothing comes in between. */
  readonly pauses: readonly Node[];
  /** The node in the flow of the first one's function at which the second one happens. */
  readonly at: Node;
}

export type Stops = (node: Node) => boolean;

/**
 * The pauses between two nodes, callbacks included; undefined where no way leads from the one to the
 * other. `stops`: nodes that the way may not pass.
 */
export function wayBetween(from: Node, to: Node, program: Program, stops?: Stops): Way | undefined {
  const outer = flowOwner(from);
  if (outer === undefined || isTooLarge(outer, program)) return undefined;
  const inside: Node[] = [];
  let at = to;
  for (let steps = 0; flowOwner(at) !== outer; steps += 1) {
    const owner = flowOwner(at);
    if (MOST_NESTED < steps || !isFunctionLike(owner)) return undefined;
    const turn = turnOf(owner, program);
    const pauses = pausesOnWay(owner, at, stops, program);
    if (turn === undefined || isOfItsOwn(turn) || pauses === undefined) return undefined;
    inside.unshift(...pauses);
    if (turn.runs !== "now") inside.unshift(turn.at);
    at = owner;
  }
  const pauses = pausesOnWay(from, at, stops, program);
  return pauses && { pauses: [...pauses, ...inside], at };
}

/** Callbacks in callbacks in callbacks: beyond this, nobody can follow either. */
const MOST_NESTED = 6;

interface Turn {
  readonly runs: CallbackModel["runs"];
  /** The call that it is handed to. */
  readonly at: Node;
  readonly repeats: boolean;
}

/** A listener that is called again and again does a new piece of work each time. */
export function isOfItsOwn({ runs, repeats }: Turn): boolean {
  return repeats && runs === "later";
}

/** When a function runs that is written where it is called or handed over. */
export function turnOf(fn: FunctionLike, program: Program): Turn | undefined {
  if (!isFunctionExpression(fn)) return undefined;
  const value = wrapped(fn);
  const { parent } = value;
  if (is.CallExpression(parent) && parent.expression === value) {
    return { runs: isGenerator(fn) ? "later" : "now", at: parent, repeats: false };
  }
  const use = callbackOf(fn, program);
  if (use === undefined || use === "never") return undefined;
  return { runs: use.runs, at: parent, repeats: use.repeats === true };
}

/** Whether a way leads from the node to the other without passing any of the stops. */
export function leadsTo(from: Node | FlowOwner, to: Node, stops: Stops, program: Program): boolean {
  const owner = flowOwner(to);
  const search = { until: (it: Node) => it === to, stops, exceptions: "awaited" } as const;
  if (owner === undefined) return false;
  const path =
    owner === from ? pathFromEntry(owner, search, program) : pathFrom(from, search, program);
  return path !== undefined;
}

/** Whether a call of the function may be over only after other code has run. */
export function mayPause(owner: FlowOwner, program: Program): boolean {
  return isFunctionLike(owner) && isAsync(owner) && pausesIn(owner, program);
}

function pausesIn(owner: FlowOwner, program: Program): boolean {
  return pathFromEntry(owner, { until: "suspension" }, program) !== undefined;
}
