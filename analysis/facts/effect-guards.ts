import type { Program } from "../program.ts";
import {
  calleeNameOf,
  type FunctionLike,
  is,
  isAssignment,
  isFunctionLike,
  isInside,
  Kind,
  methodCall,
  type Node,
  nameOf,
  textOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import {
  abortedIn,
  controllerBehind,
  endsRequest,
  passesAbortedSignal,
  type Request,
  rootOf,
} from "./effect-signals.ts";
import type { Effect } from "./effects.ts";
import { flowOwner } from "./flow.ts";
import { graphOf } from "./flow-walk.ts";
import { declarationOf } from "./references.ts";
import { pausesOnWay } from "./segments.ts";
import { sideOf } from "./tests.ts";

// What keeps a run of an effect from writing when a later run has begun?
//
//  - a flag of the run that its cleanup turns over, and that is looked at between the pause and the
//    write, on the right side: `ignore` set to true, and `if (!ignore)`;
//  - the signal of a controller that the cleanup aborts: looked at, or handed to the request, which
//    then rejects. It has to be the same controller;
//  - a token: a variable of the run compared with a place that later runs write to, as in
//    `latest.current === id`;
//  - a cleanup that ends what is waited for: `() => request.cancel()`;
//  - `throwIfAborted`, and whatever else looks at a signal that was handed to the function.
//
// That a component is still there (`mounted.current`) is another question: the component is there
// in both runs. It is told apart, because many who write it believe that it is enough. A look that
// cannot be understood counts as a guard.

export interface Guarding {
  /** `wrong`: a flag that lets through what it is meant to stop. `mounted`: only for the end. */
  readonly kind: "none" | "guarded" | "wrong" | "mounted";
  /** What was taken for a guard. */
  readonly at?: Node;
}

export interface LateWrite extends Request {
  readonly at: Node;
}

/** How a late write is guarded; the best of what there is. */
export function guardOf(write: LateWrite, program: Program): Guarding {
  if (endsRequest(write) || passesAbortedSignal(write)) return { kind: "guarded" };
  let found: Guarding = { kind: "none" };
  let at = write.at;
  for (let owner = flowOwner(at); isFunctionLike(owner); owner = flowOwner(at)) {
    for (const { role, node } of graphOf(owner, program).points) {
      if (node === undefined) continue;
      const guarding =
        role === "branch" ? ofCondition(node, at, write, program) : ofCall(node, at, program);
      if (guarding?.kind === "guarded") return guarding;
      if (guarding !== undefined && found.kind !== "wrong") found = guarding;
    }
    if (owner === flowOwner(write.pause) || owner === write.fn) break;
    at = owner;
  }
  return found;
}

/** `signal.throwIfAborted()` behind the pause. */
function ofCall(node: Node, at: Node, program: Program): Guarding | undefined {
  const call = methodCall(node);
  if (
    call === undefined ||
    !/^(?:throwIf|assert)(?:Aborted|Cancel+ed|Current|Active)$/.test(call.method)
  ) {
    return undefined;
  }
  return isFresh(node, at, program) ? { kind: "guarded" } : undefined;
}

/** Nothing pauses between the look and the write. */
function isFresh(look: Node, at: Node, program: Program): boolean {
  return pausesOnWay(look, at, undefined, program)?.length === 0;
}

function ofCondition(
  condition: Node,
  at: Node,
  write: LateWrite,
  program: Program,
): Guarding | undefined {
  const side = sideOf(condition, at, program);
  if (side === undefined || !isFresh(condition, at, program)) return undefined;
  const node = unwrapped(condition);
  if (is.BinaryExpression(node)) return ofComparison(node, side, write, program);
  if (is.CallExpression(node)) {
    const name = nameOf(calleeNameOf(node)) ?? "";
    return looksLike(name)
      ? { kind: MOUNTED.test(name) ? "mounted" : "guarded", at: node }
      : undefined;
  }
  if (is.PropertyAccessExpression(node) && node.name.text === "aborted") {
    return ofSignal(node, side, write);
  }
  return ofFlag(node, side, write, program);
}

const MOUNTED = /mount|unmount/i;
const LIKE_A_GUARD =
  /ignor|cancel|abort|stale|latest|current|active|alive|mount|dispos|destroy|obsolete|outdated|live|stop|expired/i;

function looksLike(name: string): boolean {
  return LIKE_A_GUARD.test(name);
}

/** `!ignore`, `state.active`, `mounted.current`: what the cleanup sets has to stop the write. */
function ofFlag(
  node: Node,
  side: boolean,
  write: LateWrite,
  program: Program,
): Guarding | undefined {
  if (!is.Identifier(node) && !is.PropertyAccessExpression(node)) return undefined;
  const value = setByCleanup(textOf(node), write.effect);
  if (value !== undefined && isOfRun(node, write)) {
    if (value === "unknown") return { kind: "guarded" };
    return { kind: value === side ? "wrong" : "guarded", at: node };
  }
  const isRef = is.PropertyAccessExpression(node) && node.name.text === "current";
  if (isRef) return { kind: "mounted", at: node };
  return isOpaqueFlag(node, write, program) ? { kind: "guarded", at: node } : undefined;
}

/** Whether each run has a flag of its own, so that what one cleanup sets stops that run alone. */
function isOfRun(node: Node, { effect }: LateWrite): boolean {
  const root = rootOf(node);
  return root !== undefined && declaredIn(effect.fn, root);
}

function declaredIn(fn: FunctionLike, name: string): boolean {
  let found = false;
  walk(fn, (it) => {
    found ||= is.VariableDeclaration(it) && nameOf(it.name) === name;
    return found ? "skip" : undefined;
  });
  return found;
}

/** What the cleanup sets the flag to. */
function setByCleanup(flag: string, { cleanups }: Effect): boolean | "unknown" | undefined {
  let value: boolean | "unknown" | undefined;
  for (const cleanup of cleanups) {
    walk(cleanup, (it) => {
      if (!isAssignment(it) || textOf(it.left) !== flag) return undefined;
      const right = unwrapped(it.right);
      value = is.TrueKeyword(right) ? true : is.FalseKeyword(right) ? false : "unknown";
      return undefined;
    });
  }
  return value;
}

/** A flag that other code turns, or that the function was given: nothing more can be said of it. */
function isOpaqueFlag(node: Node, { fn, effect }: LateWrite, program: Program): boolean {
  const root = rootOf(node);
  if (root === undefined || !looksLike(textOf(node))) return false;
  if (fn.parameters.some((it) => nameOf(it.name) === root)) return true;
  let at = unwrapped(node);
  while (is.PropertyAccessExpression(at)) at = unwrapped(at.expression);
  const declaration = declarationOf(at, program);
  return declaration === undefined || !isInside(declaration, effect.fn);
}

/** `controller.signal.aborted`: of a controller that the cleanup aborts, and on the side that is not. */
function ofSignal(node: Node, side: boolean, write: LateWrite): Guarding {
  const root = rootOf(node);
  const own = root === undefined ? undefined : controllerBehind(root, write.effect);
  if (own !== undefined && !abortedIn(write.effect, own)) return { kind: "none" };
  return { kind: side ? "wrong" : "guarded", at: node };
}

/** A variable of the run compared with a place outside of it: the number or the key of the latest. */
function ofComparison(
  node: Node & { readonly left: Node; readonly right: Node; readonly operatorToken: Node },
  side: boolean,
  write: LateWrite,
  program: Program,
): Guarding | undefined {
  if (!EQUALITY.has(node.operatorToken.kind)) return undefined;
  for (const [flag, literal] of [
    [node.left, node.right],
    [node.right, node.left],
  ] as const) {
    const value = unwrapped(literal);
    if (is.TrueKeyword(value) || is.FalseKeyword(value)) {
      const isEqual = !UNEQUAL.has(node.operatorToken.kind);
      const means = isEqual === is.TrueKeyword(value);
      return ofFlag(unwrapped(flag), means ? side : !side, write, program);
    }
  }
  const isOutside = (it: Node) => isShared(unwrapped(it), write, program);
  return isOutside(node.left) !== isOutside(node.right) || bothPlaces(node)
    ? { kind: "guarded", at: node }
    : undefined;
}

/** A place that outlives the run: a reference's content, a variable or member of somebody else. */
function isShared(node: Node, { effect }: LateWrite, program: Program): boolean {
  if (is.CallExpression(node)) return looksLike(nameOf(calleeNameOf(node)) ?? "");
  const root = rootOf(node);
  if (root === undefined) return false;
  if (is.PropertyAccessExpression(node)) return /^(?:current|value)$/.test(node.name.text);
  const declaration = declarationOf(node, program);
  const list = declaration?.parent;
  const isLet =
    list !== undefined && is.VariableDeclarationList(list) && /^let\b/.test(textOf(list));
  return isLet && declaration !== undefined && !isInside(declaration, effect.fn);
}

function bothPlaces({ left, right }: { readonly left: Node; readonly right: Node }): boolean {
  return [left, right].some((it) => {
    const node = unwrapped(it);
    return is.PropertyAccessExpression(node) && node.name.text === "current";
  });
}

const UNEQUAL: ReadonlySet<number> = new Set([
  Kind.ExclamationEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
]);
const EQUALITY: ReadonlySet<number> = new Set([
  Kind.EqualsEqualsToken,
  Kind.EqualsEqualsEqualsToken,
  ...UNEQUAL,
]);
