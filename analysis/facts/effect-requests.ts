import type { Program } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  type FunctionLike,
  is,
  isFunctionExpression,
  isFunctionLike,
  isInside,
  methodCall,
  type Node,
  nameOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { calleeOf, constantBehind } from "./callees.ts";
import { constantsIn, type Effect, triggerIn } from "./effects.ts";
import { flowOwner } from "./flow.ts";
import { turnOf } from "./pauses.ts";
import { pausesOnWay } from "./segments.ts";

// What does an effect wait for in front of a node, and does that depend on what it runs again for?
//
// The last pause counts: an `await` in the node's own function, or the promise whose callback it is
// in. A request depends on a trigger where one is among its arguments, constants of the function
// looked through, or where the effect passes one to the function that asks. Where only the object
// that is asked depends on a trigger, that is told apart: it may be a service like any other.

/** How a request depends on a trigger. */
export interface Dependence {
  /** What the effect runs again for and the request depends on, as it is called. */
  readonly trigger: string;
  /** The trigger is the object that is asked, or the function that asks, and no argument. */
  readonly vague: boolean;
}

/** The own function that is called, also where a hook keeps it: `useCallback(async () => …)`. */
export function functionCalled(call: CallExpression, program: Program): FunctionLike | undefined {
  const [fn, another] = calleeOf(call, program).functions;
  if (fn !== undefined) return another === undefined ? fn : undefined;
  const name = unwrapped(call.expression);
  const bound = is.Identifier(name) ? constantBehind(name, program) : undefined;
  const hook = bound && unwrapped(bound);
  if (
    !is.CallExpression(hook) ||
    !/^use\w*(?:Callback|Event)$/.test(nameOf(calleeNameOf(hook)) ?? "")
  ) {
    return undefined;
  }
  const [first] = hook.arguments;
  const kept = first && unwrapped(first);
  return isFunctionExpression(kept) ? kept : undefined;
}

export interface Lateness {
  readonly pause: Node;
  readonly request: Node;
  /** The function whose promise has been awaited, or whose callback runs later. */
  readonly owner: FunctionLike;
}

/** The last pause before a node, in its function or in front of the callback that it is in. */
export function latenessOf(at: Node, within: FunctionLike, program: Program): Lateness | undefined {
  let node = at;
  const chain = handlerCall(node);
  if (chain !== undefined) return behind(chain, within);
  for (let steps = 0; steps < MOST_NESTED; steps += 1) {
    const owner = flowOwner(node);
    if (!isFunctionLike(owner)) return undefined;
    const pauses = pausesOnWay(owner, node, undefined, program) ?? [];
    const last = pauses.findLast((it) => is.AwaitExpression(it) && it.pos < at.end);
    if (is.AwaitExpression(last)) return { pause: last, request: last.expression, owner };
    if (owner === within) return undefined;
    const handing = handlerCall(owner);
    if (handing !== undefined) return behind(handing, within);
    const turn = turnOf(owner, program);
    if (turn !== undefined && turn.runs === "later") return undefined;
    if (turn === undefined && !isWaiting(owner)) return undefined;
    node = turn === undefined ? owner : turn.at;
  }
  return undefined;
}

/** Callbacks in callbacks in callbacks: beyond this, nobody can follow either. */
const MOST_NESTED = 6;

/** `startTransition(() => setUser(user))`, `batch(() => …)`: called on the spot, for all we know. */
function isWaiting(fn: FunctionLike): boolean {
  const call = wrapped(fn).parent;
  const name = is.CallExpression(call) ? nameOf(calleeNameOf(call)) : undefined;
  return (
    name !== undefined &&
    /^(?:startTransition|batch\w*|unstable_batch\w*|flushSync|untrack|runInAction)$/.test(name)
  );
}

/** The call of `then`, `catch` or `finally` that a function is handed to. */
function handlerCall(fn: Node): CallExpression | undefined {
  const value = wrapped(fn);
  const chain = methodCall(value.parent);
  const isHandler = chain !== undefined && chain.args.includes(value) && CHAIN.has(chain.method);
  return isHandler ? chain.call : undefined;
}

const CHAIN: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

function behind(call: CallExpression, within: FunctionLike): Lateness | undefined {
  const owner = flowOwner(call);
  const chain = methodCall(call);
  if (!isFunctionLike(owner) || chain === undefined) return undefined;
  return isInside(owner, within) ? { pause: call, request: chain.receiver, owner } : undefined;
}

/** How what is waited for depends on a trigger. */
export function dependsOn(
  request: Node,
  owner: FunctionLike,
  fn: FunctionLike,
  effect: Effect,
  program: Program,
): Dependence | undefined {
  const constants = new Map([...constantsIn(fn), ...constantsIn(owner)]);
  const parts = partsOf(request, constants, 0);
  for (const part of parts.asked) {
    const trigger = triggerIn(part, effect, program) ?? passedFor(part, fn, effect, program);
    if (trigger !== undefined) return { trigger, vague: false };
  }
  for (const part of parts.asking) {
    const trigger = triggerIn(part, effect, program);
    if (trigger !== undefined) return { trigger, vague: true };
  }
  return undefined;
}

/** A parameter of a function beside the effect, where the effect passes a trigger for it. */
function passedFor(
  part: Node,
  fn: FunctionLike,
  effect: Effect,
  program: Program,
): string | undefined {
  if (fn === effect.fn) return undefined;
  const index = fn.parameters.findIndex((it) => mentions(part, nameOf(it.name)));
  let trigger: string | undefined;
  walk(effect.fn, (it) => {
    if (!is.CallExpression(it) || functionCalled(it, program) !== fn) return undefined;
    const argument = it.arguments[index];
    trigger ??= argument && triggerIn(argument, effect, program);
    return undefined;
  });
  return trigger;
}

function mentions(part: Node, name: string | undefined): boolean {
  if (name === undefined) return false;
  let found = nameOf(part) === name;
  walk(part, (it) => {
    found ||= is.Identifier(it) && it.text === name;
    return found ? "skip" : undefined;
  });
  return found;
}

interface Parts {
  /** What decides which answer comes: arguments, and templates of addresses. */
  readonly asked: readonly Node[];
  /** Who is asked. */
  readonly asking: readonly Node[];
}

/** The parts of what is waited for, with constants of the function looked through. */
function partsOf(written: Node, constants: ReadonlyMap<string, Node>, depth: number): Parts {
  const node = unwrapped(written);
  const asked: Node[] = [];
  const asking: Node[] = [];
  const take = (part: Node): void => {
    if (DEEPEST < depth) return;
    const inner = partsOf(part, constants, depth + 1);
    asked.push(...inner.asked);
    asking.push(...inner.asking);
  };
  if (is.AwaitExpression(node)) take(node.expression);
  else if (is.CallExpression(node) || is.NewExpression(node)) {
    for (const it of node.arguments ?? []) asked.push(...withConstants(it, constants, depth));
    const callee = unwrapped(node.expression);
    if (is.PropertyAccessExpression(callee)) take(callee.expression);
    else asking.push(callee);
  } else if (is.PropertyAccessExpression(node)) take(node.expression);
  else if (is.Identifier(node)) {
    const bound = constants.get(node.text);
    if (bound === undefined) asking.push(node);
    else take(bound);
  } else asked.push(node);
  return { asked, asking };
}

const DEEPEST = 6;

/** An expression, and what the constants in it were bound to. */
function withConstants(
  part: Node,
  constants: ReadonlyMap<string, Node>,
  depth: number,
): readonly Node[] {
  const all = [part];
  if (DEEPEST < depth) return all;
  const visit = (it: Node): undefined => {
    const bound = is.Identifier(it) ? constants.get(it.text) : undefined;
    if (bound !== undefined && !isInside(part, bound)) {
      all.push(...withConstants(bound, constants, depth + 2));
    }
    return undefined;
  };
  visit(part);
  walk(part, visit);
  return all;
}
