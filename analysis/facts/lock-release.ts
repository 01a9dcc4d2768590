import { type Program, resolve } from "../program.ts";
import {
  type CallExpression,
  declarationKeyword,
  type FunctionLike,
  hasModifier,
  type Identifier,
  is,
  isFunctionLike,
  Kind,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  statementOf,
  unwrapped,
  walk,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { EXITS, flowOwner, type Path, pathFrom } from "./flow.ts";
import type { FlowOwner, Role } from "./flow-graph.ts";
import { type Acquisition, GIVES, givesBack, idOutside } from "./lock-flow.ts";
import { hasOwnRelease, type LockUse, lockUseOf, mayConcernLock } from "./lock-uses.ts";
import { isOnlyTested, isRead } from "./mentions.ts";
import { namesakesIn } from "./names-in-file.ts";
import { passesSwitch } from "./paths.ts";
import { raisedAt } from "./summaries.ts";

// Is a lock given back on every way?
//
// A *may* question that is asked so that doubt is silence: a path has to lead from the acquisition
// out of the function that comes upon nothing which could give the lock back. What gives it back: the
// release function or guard that the acquisition gave, the lock itself, an own function that does so.
// What might: handing the release function to somebody, storing or returning it, an inner function
// that mentions it or the lock's release. A lock that its function never gives back by itself, and
// whose release the caller has no name for, is one that a method takes and another one gives back.
//
// Exceptions are those that facts/summaries.ts knows of: rejections of what is awaited, `throw`, own
// functions that throw. Other synchronous calls are trusted.

export interface Leak {
  readonly path: Path;
  /** What may go wrong there; undefined on ways that leave without an exception. */
  readonly raised: Node | undefined;
}

/** A way out of the function that leaves the lock taken. */
export function leakOf(acquisition: Acquisition, program: Program): Leak | undefined {
  const { at } = acquisition;
  const owner = flowOwner(at);
  if (owner === undefined || isHandedOver(acquisition, owner, program)) return undefined;
  const ends = endsOf(acquisition, owner, program);
  if (ends === undefined) return undefined;
  const stops = (node: Node) => ends.has(node);
  const normal = pathFrom(at, { until: ["return", "end"], stops }, program);
  if (normal !== undefined && !passesSwitch(normal)) return { path: normal, raised: undefined };
  const raises = (node: Node, role: Role) => raisedAt({ node, role }, program) !== undefined;
  const path = pathFrom(at, { until: EXITS, stops, exceptions: raises }, program);
  if (path === undefined) return undefined;
  const raised = path.nodes.findLast((it) => is.ThrowStatement(it) || raises(it, "value"));
  return { path, raised };
}

/** The calls that give the lock back for certain, for a repair to move. */
export function releasesOf(acquisition: Acquisition, program: Program): readonly CallExpression[] {
  const owner = flowOwner(acquisition.at);
  const calls: CallExpression[] = [];
  if (owner === undefined) return calls;
  walkBody(owner, (node) => {
    if (is.CallExpression(node) && isRelease(node, acquisition, program)) calls.push(node);
    return undefined;
  });
  return calls;
}

function isRelease(call: CallExpression, acquisition: Acquisition, program: Program): boolean {
  if (givesBack(call, acquisition, program)) return true;
  if (!mayConcernLock(call, program)) return false;
  const use = lockUseOf(call, program);
  const { id } = acquisition.held.lock;
  return use?.does === "release" && (use.lock.id === id || id.startsWith(`${use.lock.id}[`));
}

/** Whether somebody else has to give it back: the caller, another method, a scope. */
function isHandedOver(
  { at, holder, use, isTail }: Acquisition,
  owner: FlowOwner,
  program: Program,
): boolean {
  if (use.does !== "acquire" || isTail === true) return true;
  const value = wrapped(at);
  if (is.VariableDeclaration(value.parent)) {
    const list = value.parent.parent;
    if (is.VariableDeclarationList(list) && declarationKeyword(list).endsWith("using")) return true;
  }
  if (holder === undefined) return statementOf(at) === undefined;
  const [place] = program.types.symbol(holder)?.declarations ?? [];
  const declaration = place && resolve(place, program);
  return declaration === undefined || flowOwner(declaration) !== owner;
}

/** The nodes of a flow that give the lock back or may do so; undefined: that is not its business. */
function endsOf(
  acquisition: Acquisition,
  owner: FlowOwner,
  program: Program,
): ReadonlySet<Node> | undefined {
  const { holder } = acquisition;
  const ends = new Set<Node>();
  const carriers = new Set<string>();
  walkBody(owner, (node) => {
    if (isFunctionLike(node) && mayRelease(node, acquisition, program)) {
      ends.add(node);
      const name = nameOf(node.name);
      if (name !== undefined) carriers.add(name);
    }
    if (is.CallExpression(node) && releases(node, acquisition, program)) ends.add(node);
    return undefined;
  });
  walkBody(owner, (node) => {
    if (!is.Identifier(node)) return undefined;
    if (carriers.has(node.text) || isHandedOn(node, acquisition, program))
      ends.add(nodeInFlow(node));
    return undefined;
  });
  return ends.size === 0 && holder === undefined ? undefined : ends;
}

/** Whether an inner function mentions what gives the lock back. */
function mayRelease(fn: FunctionLike, acquisition: Acquisition, program: Program): boolean {
  let found = false;
  walk(fn, (node) => {
    if (is.Identifier(node)) found ||= isHolder(node, acquisition, program);
    if (is.CallExpression(node)) found ||= isRelease(node, acquisition, program);
    return found ? "skip" : undefined;
  });
  return found;
}

/** Whether a call gives the lock back, by itself or because an own function does. */
function releases(call: CallExpression, acquisition: Acquisition, program: Program): boolean {
  if (isRelease(call, acquisition, program)) return true;
  return calleeOf(call, program).functions.some((fn) => {
    let found = false;
    walk(fn, (node) => {
      if (found || !is.CallExpression(node) || !mayConcernLock(node, program)) return undefined;
      const use = lockUseOf(node, program);
      if (use?.does !== "release") return undefined;
      const id = idOutside(use.lock, fn, call, program);
      found = id === undefined || acquisition.held.lock.id.startsWith(id);
      return undefined;
    });
    return found;
  });
}

/** A mention of the release function or guard that neither calls it nor only looks at it. */
function isHandedOn(node: Identifier, acquisition: Acquisition, program: Program): boolean {
  if (!isHolder(node, acquisition, program) || !isRead(node) || isOnlyTested(node)) return false;
  const { parent } = wrapped(node);
  if (acquisition.use.gives !== "guard" || !is.PropertyAccessExpression(parent)) return true;
  return GIVES.test(parent.name.text);
}

function isHolder(node: Identifier, { holder }: Acquisition, program: Program): boolean {
  if (holder === undefined || node === holder || node.text !== holder.text) return false;
  return program.types.symbol(node)?.id === program.types.symbol(holder)?.id;
}

/** Names inside a declaration or property have no point of their own; what is around them has. */
function nodeInFlow(node: Node): Node {
  return is.ShorthandPropertyAssignment(node.parent) ? node.parent.parent : node;
}

/**
 * Whether the lock can be given back without what its acquisition gave: by a method of its own, which
 * this file calls, or which others may call because they can see the lock.
 */
export function isReleasedByName({ call, lock }: LockUse, program: Program): boolean {
  if (!hasOwnRelease(call, program)) return false;
  const holder = methodCall(call)?.receiver;
  if (holder === undefined || !isHidden(holder, program)) return true;
  const place = lock.id.replace(/\[.*$/, "");
  const last = place.slice(place.lastIndexOf(".") + 1);
  return ["release", "unlock", "leave", "exit", "up"].some((name) =>
    namesakesIn(sourceFileOf(call), name, program).some((it) => {
      const other = wrapped(it.parent).parent;
      if (!is.CallExpression(other)) return false;
      const use = lockUseOf(other, program);
      return use?.does === "release" && use.lock.id.split(/[.[]/).includes(last);
    }),
  );
}

/** Only this file can see the variable or field. */
function isHidden(holder: Node, program: Program): boolean {
  const node = unwrapped(holder);
  const name = is.PropertyAccessExpression(node) ? node.name : node;
  const [place] = program.types.symbol(name)?.declarations ?? [];
  const declaration = place && resolve(place, program);
  if (is.PropertyDeclaration(declaration)) {
    return is.PrivateIdentifier(declaration.name) || hasModifier(declaration, Kind.PrivateKeyword);
  }
  if (!is.VariableDeclaration(declaration)) return false;
  const statement = declaration.parent.parent;
  return is.VariableStatement(statement) && !hasModifier(statement, Kind.ExportKeyword);
}
