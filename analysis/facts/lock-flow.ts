import type { LockModel } from "../primitives/primitive.ts";
import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  type Identifier,
  is,
  isAssignment,
  type Node,
  nameOf,
  unwrapped,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { type Dataflow, type Solution, solve } from "./dataflow.ts";
import type { FlowOwner } from "./flow-graph.ts";
import { type Lock, translated, wayTo } from "./lock-identity.ts";
import { type LockUse, lockUseOf, mayConcernLock } from "./lock-uses.ts";
import { tailTaken } from "./promise-tails.ts";

// What does a function itself take and give back?
//
// A forward must-analysis over its flow (facts/dataflow.ts). The state has the locks that every way
// has taken and none has given back, and those that some way has given back without having taken
// them, which is how a caller's lock is dropped. Taken is a lock where the promise of the acquisition
// has been awaited, and given back where the release function is called, the guard is released or
// disposed of, or the lock itself is told so. A release function that is handed on is not followed.

export interface Held {
  readonly lock: Lock;
  /** Others may hold it as well: it was taken for reading. */
  readonly shared: boolean;
  /** Where it was taken: the calls or `await` expressions. The same nodes are the same holding. */
  readonly since: readonly Node[];
  /** Nothing was taken for granted about callbacks of unknown functions. */
  readonly sure: boolean;
}

export type State = ReadonlyMap<string, Held>;
export const NOTHING: State = new Map();

/** Own functions are followed up and down no deeper than this. */
export const DEEPEST = 4;

export interface Local {
  readonly held: State;
  /** Locks that have been given back, on some way, without having been taken here. */
  readonly given: ReadonlySet<string>;
}

/** What the function itself takes and gives back; undefined where it does nothing of the kind. */
const LOCALS = Array.from({ length: DEEPEST + 1 }, (_, depth) =>
  fact((owner: FlowOwner, program: Program) => solveLocal(owner, program, depth)),
);

export function solved(owner: FlowOwner, program: Program, depth: number) {
  return LOCALS[depth]?.(owner, program).solution;
}

export interface Acquisition {
  /** Where the lock is there: the `await`, or the call where nothing has to be waited for. */
  readonly at: Node;
  readonly use: LockModel;
  readonly held: Held;
  /** The variable that the release function or guard is put into. */
  readonly holder: Identifier | undefined;
  /** The end of a chain of promises, which gives itself back. */
  readonly isTail?: boolean;
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
  const waits = new Set<Node>();
  for (const call of calls) {
    const use = usesOf(call, program, depth);
    if (use === undefined) continue;
    if (use.does === "release") releases.set(call, use);
    if (use.does === "wait") waits.add(call);
    if (use.does === "acquire" || use.does === "try") acquisitions.push(acquisitionBy(call, use));
  }
  if (acquisitions.length === 0 && releases.size === 0)
    return { acquisitions, solution: undefined };
  const flow = lockFlow({ acquisitions, releases, waits }, program);
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
export function idOutside(
  lock: Lock,
  fn: FunctionLike,
  call: Node,
  program: Program,
): string | undefined {
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
  const held = { lock: use.lock, shared: use.shared === true, since: [at], sure: true };
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

interface Events {
  readonly acquisitions: readonly Acquisition[];
  readonly releases: ReadonlyMap<Node, LockUse>;
  readonly waits: ReadonlySet<Node>;
}

function lockFlow({ acquisitions, releases, waits }: Events, program: Program): Dataflow<Local> {
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
      if (is.AwaitExpression(node) && waits.has(unwrapped(node.expression))) {
        return takenAgain(state, node);
      }
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

/** Methods of a guard that give back what it stands for. */
export const GIVES = /release|unlock|dispose|free|close|done|leave|exit/i;

function isDeclaredBy(at: Node, declaration: Node): boolean {
  return is.VariableDeclaration(declaration) && wrapped(at).parent === declaration;
}

/** Others have had the lock during the wait, so what is held is another holding. */
function takenAgain({ held, given }: Local, wait: Node): Local {
  const again = [...held].map(([id, it]) => [id, { ...it, since: [wait] }] as const);
  return { held: new Map(again), given };
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
export function forget(held: Map<string, Held>, id: string): boolean {
  let known = held.delete(id);
  for (const other of held.keys()) {
    if (other.startsWith(`${id}[`)) known = held.delete(other);
  }
  return known;
}

export function common(a: State, b: State): State {
  const both = new Map<string, Held>();
  for (const [id, it] of a) {
    const other = b.get(id);
    if (other === undefined) continue;
    const since = new Set([...it.since, ...other.since]);
    const sure = it.sure && other.sure;
    both.set(id, { ...it, shared: it.shared || other.shared, since: [...since], sure });
  }
  return both;
}

function sameKeys(a: State, b: State): boolean {
  if (a.size !== b.size) return false;
  for (const [id, it] of a) if (b.get(id)?.since.length !== it.since.length) return false;
  return true;
}
