import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  hasModifier,
  is,
  isFunctionExpression,
  isFunctionLike,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { callbackOf } from "./callbacks.ts";
import { calleeOf } from "./callees.ts";
import { flowOwner } from "./flow.ts";
import type { FlowOwner } from "./flow-graph.ts";
import {
  common,
  DEEPEST,
  forget,
  type Held,
  idOutside,
  NOTHING,
  solved,
  type State,
} from "./lock-flow.ts";
import { lockUseOf } from "./lock-uses.ts";
import { isDropped } from "./mentions.ts";
import { namesakesIn } from "./names-in-file.ts";
import { tailTaken } from "./promise-tails.ts";
import { segmentOf } from "./segments.ts";

// What is held where?
//
// A lock is held at a node when every way to the node has taken it and not given it back: behind
// `await lock.acquire()`, while `using guard` is in scope, in a callback that runs under the lock,
// in what such a callback calls on the spot or waits for, and in private functions of the same file
// all of whose callers hold it. Own functions are looked into: `withLock(task)` holds what is held
// where it calls `task`, and a function that gives back the release of a lock has taken it.
//
// *Must*, with one inclination: where it is not known what becomes of a release function that is
// handed on, or whether a callback of an unknown function is waited for, the lock counts as held.
// For who asks, a lock is an excuse, and a false excuse is better than a false alarm. Callers in
// other files are not followed, and own functions no deeper than a few steps.

export { acquisitionsIn, type Acquisition, givesBack, type Held } from "./lock-flow.ts";

/** Whether holding it keeps everybody else out. */
export function excludes({ lock, shared }: Held): boolean {
  return !shared && !lock.fresh && lock.permits === 1;
}

/** The locks that are held whenever the node is evaluated. */
export function heldAt(node: Node, program: Program): readonly Held[] {
  return [...heldIn(node, program, 0).values()];
}

/** The locks that are held at both nodes, and were not given back and taken again in between. */
export function heldThroughout(from: Node, to: Node, program: Program): readonly Held[] {
  const later = heldIn(to, program, 0);
  return heldAt(from, program).filter(({ lock, since }) => {
    const again = later.get(lock.id);
    return again?.since.every((it) => since.includes(it)) === true;
  });
}

function heldIn(node: Node, program: Program, depth: number): State {
  const owner = flowOwner(node);
  if (owner === undefined || DEEPEST < depth) return NOTHING;
  const entry = atEntry(owner, node, program, depth);
  const local = solved(owner, program, depth)?.before(node);
  if (local === undefined) return entry;
  const held = new Map(entry);
  for (const id of local.given) forget(held, id);
  for (const [id, it] of local.held) held.set(id, it);
  return held;
}

/** What is held when a function begins, as far as its callers can be seen. */
function atEntry(owner: FlowOwner, node: Node, program: Program, depth: number): State {
  if (!isFunctionLike(owner)) return NOTHING;
  if (isFunctionExpression(owner)) {
    const value = wrapped(owner);
    const { parent } = value;
    if (is.CallExpression(parent) && parent.expression === value) {
      return aroundCall(parent, owner, node, program, depth);
    }
    const around = aroundArgument(value, owner, program, depth);
    if (around !== undefined) return keepingThis(around, owner);
  }
  return ENTRIES[depth]?.(owner, program) ?? NOTHING;
}

/** `(async () => { … })()`: nobody waits for it where the result is dropped. */
function aroundCall(
  call: Node,
  owner: FunctionLike,
  node: Node,
  program: Program,
  depth: number,
): State {
  const detached = isDropped(call) && segmentOf(node, program)?.startsAfter.length !== 0;
  return detached ? NOTHING : keepingThis(heldIn(call, program, depth), owner);
}

/** A plain function has a `this` of its own. */
function keepingThis(held: State, fn: FunctionLike): State {
  if (is.ArrowFunction(fn) || held.size === 0) return held;
  return new Map([...held].filter(([id]) => !/\bthis\b/.test(id.replace(/'[^']*'/g, ""))));
}

/** What is held while a function that is passed as an argument runs; undefined: it is no argument. */
function aroundArgument(
  value: Node,
  owner: FunctionLike,
  program: Program,
  depth: number,
): State | undefined {
  const call = value.parent;
  if (!is.CallExpression(call) && !is.NewExpression(call)) return undefined;
  const index = call.arguments?.indexOf(value) ?? -1;
  if (index < 0) return undefined;
  if (is.NewExpression(call)) return runsInside(value, call, owner, program, depth);
  const use = lockUseOf(call, program);
  if (use?.does === "run") {
    const held = { lock: use.lock, shared: use.shared === true, since: [call], sure: true };
    const outer = heldIn(call, program, depth);
    return new Map([...outer, [use.lock.id, held] as const]);
  }
  const chained = behindAcquisition(call, index, program, depth);
  if (chained !== undefined) return chained;
  const inside = runsInside(value, call, owner, program, depth);
  const held = new Map(inside);
  for (const it of heldByCallee(call, index, program, depth)) held.set(it.lock.id, it);
  return held;
}

/** `lock.acquire().then((release) => …)`, and what waits for the tail of a chain of promises. */
function behindAcquisition(
  call: CallExpression,
  index: number,
  program: Program,
  depth: number,
): State | undefined {
  const chain = methodCall(call);
  if (chain?.method !== "then" || index > 1) return undefined;
  const receiver = unwrapped(chain.receiver);
  const use = is.CallExpression(receiver) ? lockUseOf(receiver, program) : undefined;
  const tail = use === undefined ? tailTaken(call, program)?.held : undefined;
  const held =
    use?.does === "acquire" && index === 0
      ? { lock: use.lock, shared: use.shared === true, since: [receiver], sure: true }
      : tail;
  if (held === undefined) return undefined;
  return new Map(heldIn(call, program, depth)).set(held.lock.id, held);
}

/** What is held around a call is held in its callback, if that runs before the call is over. */
function runsInside(
  value: Node,
  call: Node,
  owner: FunctionLike,
  program: Program,
  depth: number,
): State {
  const outer = heldIn(call, program, depth);
  if (outer.size === 0) return outer;
  const use = callbackOf(value, program);
  if (use === "never" || use?.runs === "later") return NOTHING;
  if (use === undefined) return isWaitedFor(call, owner) ? unsure(outer) : NOTHING;
  return use.runs === "awaited" && isDropped(call) ? NOTHING : outer;
}

function unsure(held: State): State {
  return new Map([...held].map(([id, it]) => [id, { ...it, sure: false }] as const));
}

/** Whether the value of the call, or of the chain that it starts, is awaited, returned or kept. */
function isWaitedFor(call: Node, owner: FunctionLike): boolean {
  return call !== owner && !isDropped(call);
}

/** What own functions hold where they call the function at this argument. */
function heldByCallee(
  call: CallExpression,
  index: number,
  program: Program,
  depth: number,
): readonly Held[] {
  if (depth === DEEPEST) return [];
  const { functions } = calleeOf(call, program);
  const [fn, another] = functions;
  const parameter = fn?.parameters[index];
  if (fn === undefined || another !== undefined || parameter === undefined) return [];
  const held = WHILE_CALLING[depth + 1]?.(parameter, program) ?? NOTHING;
  return [...held.values()].flatMap((it) => {
    const id = idOutside(it.lock, fn, call, program);
    return id === undefined ? [] : { ...it, lock: { ...it.lock, id }, since: [call] };
  });
}

/** What is held wherever a parameter that is a function is called. */
const WHILE_CALLING = Array.from({ length: DEEPEST + 1 }, (_, depth) =>
  fact((parameter: NodeOf<"Parameter">, program: Program): State => {
    const fn = parameter.parent;
    const name = nameOf(parameter.name);
    if (!isFunctionLike(fn) || fn.body === undefined || name === undefined) return NOTHING;
    let held: State | undefined;
    for (const mention of namesakesIn(sourceFileOf(fn), name, program)) {
      if (!isWithin(mention, fn.body) || isMemberName(mention)) continue;
      const there = whereItRuns(mention, fn, program, depth);
      if (there !== undefined) held = held === undefined ? there : common(held, there);
    }
    return held ?? NOTHING;
  }),
);

/** What is held where a mention of a function calls it, or hands it to somebody who does. */
function whereItRuns(
  mention: Node,
  owner: FunctionLike,
  program: Program,
  depth: number,
): State | undefined {
  const value = wrapped(mention);
  const { parent } = value;
  if (is.CallExpression(parent) && parent.expression === value) {
    return heldIn(parent, program, depth);
  }
  return aroundArgument(value, owner, program, depth);
}

/** What all callers hold, where all of them are in sight. */
const ENTRIES = Array.from({ length: DEEPEST + 1 }, (_, depth) =>
  fact((fn: FunctionLike, program: Program): State => {
    const name = depth < DEEPEST ? hiddenName(fn) : undefined;
    const symbol = name && program.types.symbol(name);
    if (name === undefined || symbol === undefined) return NOTHING;
    let held: State | undefined;
    for (const mention of namesakesIn(sourceFileOf(fn), name.text, program)) {
      if (mention === name || isWithin(mention, fn)) continue;
      if (program.types.symbol(mention)?.id !== symbol.id) continue;
      const there = atMention(mention, fn, program, depth + 1);
      if (there === undefined || there.size === 0) return NOTHING;
      held = held === undefined ? there : common(held, there);
    }
    return held ?? NOTHING;
  }),
);

function atMention(
  mention: Node,
  fn: FunctionLike,
  program: Program,
  depth: number,
): State | undefined {
  const access = mention.parent;
  const isMember = is.PropertyAccessExpression(access) && access.name === mention;
  const there = whereItRuns(isMember ? access : mention, fn, program, depth);
  if (there === undefined || there.size === 0) return there;
  const receiver = isMember ? unwrapped(access.expression) : undefined;
  if (receiver === undefined || is.ThisKeyword(receiver)) {
    const call = wrapped(isMember ? access : mention).parent;
    // Called but not waited for, it soon runs by itself.
    return is.CallExpression(call) && isDropped(call) ? NOTHING : there;
  }
  return NOTHING;
}

/** The name of a function that nobody outside of the file can call. */
function hiddenName(
  fn: FunctionLike,
): NodeOf<"Identifier"> | NodeOf<"PrivateIdentifier"> | undefined {
  if (is.MethodDeclaration(fn)) {
    if (is.PrivateIdentifier(fn.name)) return fn.name;
    const isHidden = hasModifier(fn, Kind.PrivateKeyword);
    return isHidden && is.Identifier(fn.name) ? fn.name : undefined;
  }
  if (is.FunctionDeclaration(fn)) {
    const isExported = hasModifier(fn, Kind.ExportKeyword);
    return !isExported && is.Identifier(fn.name) ? fn.name : undefined;
  }
  const holder = wrapped(fn).parent;
  if (!is.VariableDeclaration(holder) || !is.Identifier(holder.name)) return undefined;
  const statement = holder.parent.parent;
  const isExported = is.VariableStatement(statement) && hasModifier(statement, Kind.ExportKeyword);
  return isExported ? undefined : holder.name;
}

function isMemberName(mention: Node): boolean {
  const { parent } = mention;
  return is.PropertyAccessExpression(parent) && parent.name === mention;
}

function isWithin(node: Node, outer: Node): boolean {
  return outer.pos <= node.pos && node.end <= outer.end;
}
