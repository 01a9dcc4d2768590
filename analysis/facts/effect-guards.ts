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
  wrapped,
} from "../syntax.ts";
import { constantsIn, type Effect } from "./effects.ts";
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

export interface LateWrite {
  readonly at: Node;
  readonly pause: Node;
  readonly request: Node;
  readonly effect: Effect;
  /** The function around the pause that is looked at: the effect's, or one that it calls. */
  readonly fn: FunctionLike;
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

function rootOf(node: Node): string | undefined {
  let at = unwrapped(node);
  while (is.PropertyAccessExpression(at)) at = unwrapped(at.expression);
  return nameOf(at);
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

/** The controller of the effect that a name is, or whose signal it is. */
function controllerBehind(name: string, { fn }: Effect): string | undefined {
  const bound = constantsIn(fn).get(name);
  const made = bound && unwrapped(bound);
  if (is.NewExpression(made)) {
    return nameOf(made.expression) === "AbortController" ? name : undefined;
  }
  if (is.PropertyAccessExpression(made) && made.name.text === "signal") return rootOf(made);
  let found: string | undefined;
  walk(fn, (it) => {
    // `const { signal } = controller`
    if (is.BindingElement(it) && nameOf(it.name) === name) {
      const holder = it.parent.parent;
      const from = is.VariableDeclaration(holder) ? holder.initializer : undefined;
      found = from && nameOf(unwrapped(from));
    }
    return undefined;
  });
  return found;
}

function abortedIn({ cleanups }: Effect, controller: string): boolean {
  return cleanups.some((cleanup) => {
    let found = mentionsAbort(cleanup, controller);
    walk(cleanup, (it) => {
      found ||= mentionsAbort(it, controller);
      return found ? "skip" : undefined;
    });
    return found;
  });
}

function mentionsAbort(node: Node, controller: string): boolean {
  const call = methodCall(node);
  if (call?.method === "abort") return rootOf(call.receiver) === controller;
  if (is.Identifier(node) && node.text === controller) {
    // `return controller.abort.bind(controller)`, or handed to somebody who aborts it.
    const { parent } = wrapped(node);
    return is.CallExpression(parent);
  }
  return false;
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

const ENDS = /^(?:cancel|abort|unsubscribe|dispose|destroy|stop|close|end|terminate|return)$/;

/** The cleanup ends what is waited for, by a variable that the request mentions or was put into. */
function endsRequest({ request, pause, effect }: LateWrite): boolean {
  return effect.cleanups.some((cleanup) => {
    let found = false;
    const visit = (it: Node): "skip" | undefined => {
      const call = methodCall(it);
      if (call === undefined || !ENDS.test(call.method)) return found ? "skip" : undefined;
      const root = rootOf(call.receiver);
      if (root === undefined || root === "controller") return undefined;
      found ||= mentionsName(request, root) || isHeldBy(pause, root);
      return undefined;
    };
    visit(cleanup);
    walk(cleanup, visit);
    return found;
  });
}

/** `const request = load(id).then(…)`: the variable stands for the whole chain. */
function isHeldBy(pause: Node, name: string): boolean {
  for (let at = pause.parent; !isFunctionLike(at) && !is.SourceFile(at); at = at.parent) {
    if (is.VariableDeclaration(at)) return nameOf(at.name) === name;
    if (isAssignment(at)) return textOf(at.left) === name;
  }
  return false;
}

function mentionsName(node: Node, name: string): boolean {
  let found = nameOf(unwrapped(node)) === name;
  walk(node, (it) => {
    found ||= is.Identifier(it) && it.text === name;
    return found ? "skip" : undefined;
  });
  return found;
}

/** A signal is handed to what is waited for, and its controller is aborted for a later run. */
function passesAbortedSignal({ request, effect, fn }: LateWrite): boolean {
  const constants = new Map([...constantsIn(effect.fn), ...constantsIn(fn)]);
  let passed = false;
  const visit = (it: Node): "skip" | undefined => {
    if (passed) return "skip";
    if (!is.Identifier(it)) return undefined;
    const bound = constants.get(it.text);
    if (bound !== undefined && !isInside(request, bound) && mentionsSignal(bound, effect, fn)) {
      passed = true;
    }
    return undefined;
  };
  visit(unwrapped(request));
  walk(request, visit);
  return passed || mentionsSignal(request, effect, fn);
}

function mentionsSignal(node: Node, effect: Effect, fn: FunctionLike): boolean {
  let found = false;
  const visit = (it: Node): "skip" | undefined => {
    if (found) return "skip";
    if (!is.Identifier(it) || !/signal|abort|controller|cancel/i.test(it.text)) return undefined;
    if (is.PropertyAssignment(it.parent) && it.parent.name === it) return undefined;
    if (is.NewExpression(it.parent) && it.parent.expression === it) return undefined;
    if (fn.parameters.some((parameter) => mentionsName(parameter.name, it.text))) found = true;
    const member = is.PropertyAccessExpression(it.parent) && it.parent.name === it;
    const root = member ? rootOf(it.parent) : it.text;
    const controller = root === undefined ? undefined : controllerBehind(root, effect);
    found ||= controller === undefined ? isAbortedSomewhere(effect) : abortedIn(effect, controller);
    return undefined;
  };
  visit(unwrapped(node));
  walk(node, visit);
  return found;
}

/** `ref.current?.abort()` of the run before, or a cleanup that aborts what cannot be named. */
function isAbortedSomewhere({ fn }: Effect): boolean {
  let found = false;
  walk(fn, (it) => {
    found ||= methodCall(it)?.method === "abort";
    return found ? "skip" : undefined;
  });
  return found;
}
