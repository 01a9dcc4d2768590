import type { LockModel } from "../primitives/primitive.ts";
import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  hasModifier,
  type Identifier,
  is,
  isAssignment,
  isFunctionExpression,
  isFunctionLike,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  unwrapped,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { callbackOf } from "./callbacks.ts";
import { calleeOf } from "./callees.ts";
import { type Dataflow, type Solution, solve } from "./dataflow.ts";
import { flowOwner } from "./flow.ts";
import type { FlowOwner } from "./flow-graph.ts";
import { type Lock, translated, wayTo } from "./lock-identity.ts";
import { type LockUse, lockUseOf, mayConcernLock } from "./lock-uses.ts";
import { isDropped } from "./mentions.ts";
import { namesakesIn } from "./names-in-file.ts";
import { segmentOf } from "./segments.ts";
import { tailTaken } from "./promise-tails.ts";

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

export interface Held {
  readonly lock: Lock;
  /** Others may hold it as well: it was taken for reading. */
  readonly shared: boolean;
  /** Where it was taken: the calls or `await` expressions. The same nodes are the same holding. */
  readonly since: readonly Node[];
}

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

type State = ReadonlyMap<string, Held>;
const NOTHING: State = new Map();

/** Own functions are followed up and down no deeper than this. */
const DEEPEST = 4;

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

interface Local {
  readonly held: State;
  /** Locks that have been given back, on some way, without having been taken here. */
  readonly given: ReadonlySet<string>;
}

/** What the function itself takes and gives back; undefined where it does nothing of the kind. */
const LOCALS = Array.from({ length: DEEPEST + 1 }, (_, depth) =>
  fact((owner: FlowOwner, program: Program) => solveLocal(owner, program, depth)),
);

function solved(owner: FlowOwner, program: Program, depth: number) {
  return LOCALS[depth]?.(owner, program).solution;
}

export interface Acquisition {
  /** Where the lock is there: the `await`, or the call where nothing has to be waited for. */
  readonly at: Node;
  readonly use: LockModel;
  readonly held: Held;
  /** The variable that the release function or guard is put into. */
  readonly holder: Identifier | undefined;
}

interface Locals {
  readonly acquisitions: readonly Acquisition[];
  readonly solution: Solution<Local> | undefined;
}

function solveLocal(owner: FlowOwner, program: Program, depth: number): Locals {
  const acquisitions: Acquisition[] = [];
  const calls: CallExpression[] = [];
  walkBody(owner, (node) => {
    if (is.CallExpression(node)) calls.push(node);
    const tail = is.AwaitExpression(node) ? tailTaken(node, program) : undefined;
    if (tail !== undefined) acquisitions.push(tail);
    return undefined;
  });
  const releases = new Map<Node, LockUse>();
  for (const call of calls) {
    const use = usesOf(call, program, depth);
    if (use === undefined) continue;
    if (use.does === "release") releases.set(call, use);
    if (use.does === "acquire" || use.does === "try") acquisitions.push(acquisitionBy(call, use));
  }
  if (acquisitions.length === 0 && releases.size === 0)
    return { acquisitions, solution: undefined };
  const flow = lockFlow(acquisitions, releases, program);
  return { acquisitions, solution: solve(owner, flow, program) };
}

/** What the function itself takes, not counting what is held while a callback runs. */
export function acquisitionsIn(owner: FlowOwner, program: Program): readonly Acquisition[] {
  return LOCALS[0]?.(owner, program).acquisitions ?? [];
}

/** What a call does to a lock, own functions that hand out what they took included. */
function usesOf(call: CallExpression, program: Program, depth: number): LockUse | undefined {
  if (!mayConcernLock(call, program)) return undefined;
  const direct = lockUseOf(call, program);
  if (direct !== undefined || depth === DEEPEST) return direct;
  const { functions } = calleeOf(call, program);
  const [fn, another] = functions;
  if (fn === undefined || another !== undefined) return undefined;
  const taken = handedOut(fn, program, depth + 1);
  return taken && { ...taken, call, ...seenFrom(call, fn, taken, program) };
}

/** The acquisition whose release function or guard a function gives to its caller. */
function handedOut(
  fn: FunctionLike,
  program: Program,
  depth: number,
): (LockModel & { readonly lock: Lock }) | undefined {
  const acquisitions = LOCALS[depth]?.(fn, program).acquisitions ?? [];
  const [only, another] = acquisitions;
  if (only === undefined || another !== undefined || only.use.gives === undefined) return undefined;
  const use = { ...only.use, lock: only.held.lock };
  const outer = wrapped(only.at).parent;
  if (is.ReturnStatement(outer) || outer === fn) return use;
  const { holder } = only;
  if (holder === undefined || fn.body === undefined) return undefined;
  let returned = false;
  walkBody(fn.body, (it) => {
    if (is.ReturnStatement(it) && it.expression !== undefined) {
      returned ||= nameOf(unwrapped(it.expression)) === holder.text;
    }
    return undefined;
  });
  return returned ? use : undefined;
}

function seenFrom(
  call: Node,
  fn: FunctionLike,
  { lock }: { readonly lock: Lock },
  program: Program,
): { readonly lock: Lock } {
  const id = idOutside(lock, fn, call, program);
  return { lock: id === undefined ? { ...lock, id: `${lock.id}?` } : { ...lock, id } };
}

/** A lock of a function's, named as its caller would name it. */
function idOutside(lock: Lock, fn: FunctionLike, call: Node, program: Program): string | undefined {
  if (!is.CallExpression(call)) return lock.id;
  const roots = new Map<string, Node>();
  for (const [index, { name }] of fn.parameters.entries()) {
    const argument = call.arguments[index];
    const way = is.Identifier(name) ? wayTo(name, program) : undefined;
    if (way !== undefined && argument !== undefined) roots.set(way.id, argument);
  }
  return translated(lock.id, (root) => {
    if (root === "this") return receiverId(call, program);
    const argument = roots.get(root);
    return argument === undefined ? root : wayTo(argument, program)?.id;
  });
}

function receiverId(call: CallExpression, program: Program): string | undefined {
  const callee = unwrapped(call.expression);
  if (!is.PropertyAccessExpression(callee)) return undefined;
  return wayTo(callee.expression, program)?.id;
}

function acquisitionBy(call: CallExpression, use: LockUse): Acquisition {
  const outer = wrapped(call).parent;
  const at = is.AwaitExpression(outer) ? outer : call;
  const held = { lock: use.lock, shared: use.shared === true, since: [at] };
  return { at, use, held, holder: holderOf(at, use) };
}

/** The variable that the result of an acquisition is put into. */
function holderOf(at: Node, { gives }: LockUse): Identifier | undefined {
  const { parent } = wrapped(at);
  if (is.VariableDeclaration(parent)) return nameIdentifier(parent.name, gives);
  if (!isAssignment(parent) || parent.right !== wrapped(at)) return undefined;
  return nameIdentifier(unwrapped(parent.left), gives);
}

function nameIdentifier(name: Node, gives: LockUse["gives"]): Identifier | undefined {
  if (is.Identifier(name)) return name;
  if (gives !== "second") return undefined;
  const second =
    is.ArrayBindingPattern(name) || is.ArrayLiteralExpression(name) ? name.elements[1] : undefined;
  const inner = is.BindingElement(second) ? second.name : second;
  return is.Identifier(inner) ? inner : undefined;
}

function lockFlow(
  acquisitions: readonly Acquisition[],
  releases: ReadonlyMap<Node, LockUse>,
  program: Program,
): Dataflow<Local> {
  const taken = new Map<Node, Acquisition>();
  const tried = new Map<Node, Acquisition>();
  for (const it of acquisitions) (it.use.does === "try" ? tried : taken).set(it.at, it);
  const triedByName = new Map<string, Acquisition>();
  for (const it of tried.values()) {
    if (it.holder !== undefined) triedByName.set(it.holder.text, it);
  }
  const givenBackBy = (call: CallExpression): Acquisition | undefined =>
    acquisitions.find((it) => givesBack(call, it, program));

  return {
    initial: { held: NOTHING, given: new Set() },
    join: (a, b) => ({ held: common(a.held, b.held), given: new Set([...a.given, ...b.given]) }),
    equal: (a, b) => sameKeys(a.held, b.held) && a.given.size === b.given.size,
    transfer(state, { node, role }) {
      if (role === "dispose") {
        const it = acquisitions.find(({ at }) => isDeclaredBy(at, node));
        return it === undefined ? state : without(state, it.held.lock.id);
      }
      const acquired = taken.get(node);
      if (acquired !== undefined) return taking(state, acquired.held);
      if (!is.CallExpression(node)) return state;
      const released = releases.get(node)?.lock.id ?? givenBackBy(node)?.held.lock.id;
      return released === undefined ? state : without(state, released);
    },
    assume(state, condition, truth) {
      const test = unwrapped(condition);
      const it = tried.get(test) ?? (is.Identifier(test) ? triedByName.get(test.text) : undefined);
      return it !== undefined && truth ? taking(state, it.held) : state;
    },
  };
}

/** Whether this call gives back what the acquisition has taken, by what the acquisition gave. */
export function givesBack(
  call: CallExpression,
  { use, holder }: Acquisition,
  program: Program,
): boolean {
  if (holder === undefined) return false;
  const callee = unwrapped(call.expression);
  const named = use.gives === "guard" ? methodOwner(callee) : callee;
  const isIt = is.Identifier(named) && named.text === holder.text;
  return isIt && program.types.symbol(named)?.id === program.types.symbol(holder)?.id;
}

/** `guard` in `guard.release()` and in `guard[Symbol.dispose]()`. */
function methodOwner(callee: Node): Node | undefined {
  if (is.PropertyAccessExpression(callee)) {
    return GIVES.test(callee.name.text) ? unwrapped(callee.expression) : undefined;
  }
  return is.ElementAccessExpression(callee) ? unwrapped(callee.expression) : undefined;
}

const GIVES = /release|unlock|dispose|free|close|done|leave|exit/i;

function isDeclaredBy(at: Node, declaration: Node): boolean {
  return is.VariableDeclaration(declaration) && wrapped(at).parent === declaration;
}

function taking({ held, given }: Local, it: Held): Local {
  return { held: new Map(held).set(it.lock.id, it), given };
}

function without({ held, given }: Local, id: string): Local {
  const left = new Map(held);
  const known = forget(left, id);
  return known ? { held: left, given } : { held, given: new Set(given).add(id) };
}

/** Giving back a holder of many locks gives back whichever of them it was. */
function forget(held: Map<string, Held>, id: string): boolean {
  let known = held.delete(id);
  for (const other of held.keys()) {
    if (other.startsWith(`${id}[`)) known = held.delete(other);
  }
  return known;
}

function common(a: State, b: State): State {
  const both = new Map<string, Held>();
  for (const [id, it] of a) {
    const other = b.get(id);
    if (other === undefined) continue;
    const since = new Set([...it.since, ...other.since]);
    both.set(id, { ...it, shared: it.shared || other.shared, since: [...since] });
  }
  return both;
}

function sameKeys(a: State, b: State): boolean {
  if (a.size !== b.size) return false;
  for (const [id, it] of a) if (b.get(id)?.since.length !== it.since.length) return false;
  return true;
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
    const held = { lock: use.lock, shared: use.shared === true, since: [call] };
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
      ? { lock: use.lock, shared: use.shared === true, since: [receiver] }
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
  if (use === undefined) return isWaitedFor(call, owner) ? outer : NOTHING;
  return use.runs === "awaited" && isDropped(call) ? NOTHING : outer;
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
