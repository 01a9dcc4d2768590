import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  type FunctionLike,
  is,
  isAssignment,
  isFunctionExpression,
  isFunctionLike,
  isInside,
  isOneOf,
  methodCall,
  type Node,
  nameOf,
  textOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { calleeOf, constantBehind } from "./callees.ts";
import { type Guarding, guardOf } from "./effect-guards.ts";
import {
  constantsIn,
  type Effect,
  effectBy,
  isReactiveCell,
  isSetter,
  triggerIn,
} from "./effects.ts";
import { flowOwner } from "./flow.ts";
import { turnOf } from "./pauses.ts";
import { pausesOnWay } from "./segments.ts";

// Which states does an effect set behind a pause, that a later run may have set already?
//
// An effect that runs again does not wait for its last run. When a run asks for something that
// depends on a trigger, pauses until it has come, and then puts it into the state of the component,
// the answers of two runs may come in either order, and the last one stays. Looked at are the effect's
// own function, the functions in it, and the component's own functions that it calls.
//
// *May*, and each condition has to be seen: a pause, in `await` or in front of a callback of `then`;
// an argument of what is waited for that mentions a trigger, directly or through constants of the
// function; a value that is set and is no literal; and no guard (facts/effect-guards.ts). A function
// that is given to the setter looks at what is there itself, and is left alone. So is a value that
// says of itself what it belongs to: `{ id, user }`.

export interface EffectWrite {
  readonly effect: Effect;
  /** The call of the setter, the assignment, or the setter that is handed to `then`. */
  readonly at: Node;
  /** `setUser`, `user.value`. */
  readonly target: string;
  readonly pause: Node;
  /** What is waited for there. */
  readonly request: Node;
  /** What the effect runs again for and the request depends on, as it is called. */
  readonly trigger: string;
  /** The function that pauses. */
  readonly fn: FunctionLike;
  readonly guarding: Guarding;
  /** The trigger is the object that is asked, or the function that asks, and no argument. */
  readonly vague: boolean;
}

/** The late writes of the effect that a call sets up, in source order; those with a guard left out. */
export const lateWrites: (call: CallExpression, program: Program) => readonly EffectWrite[] = fact(
  (call, program) => {
    const effect = effectBy(call, program);
    if (effect === undefined || effect.cleanedElsewhere) return [];
    return functionsOf(effect, program).flatMap((fn) => writesIn(fn, effect, program));
  },
);

/** The effect's own function, and the component's functions that it calls. */
function functionsOf({ fn, call }: Effect, program: Program): readonly FunctionLike[] {
  const functions = new Set([fn]);
  walk(fn, (it) => {
    if (!is.CallExpression(it) || !is.Identifier(unwrapped(it.expression))) return undefined;
    const own = functionCalled(it, program);
    if (own !== undefined && isBeside(own, call) && !isInside(own, fn)) functions.add(own);
    return undefined;
  });
  return [...functions];
}

/** The own function that is called, also where a hook keeps it: `useCallback(async () => …)`. */
function functionCalled(call: CallExpression, program: Program): FunctionLike | undefined {
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

/** Declared in the same component as the effect. */
function isBeside(fn: FunctionLike, call: CallExpression): boolean {
  const component = flowOwner(call);
  let at: Node = fn;
  for (let owner = flowOwner(at); owner !== undefined; owner = flowOwner(at)) {
    if (owner === component) return isFunctionLike(component);
    at = owner;
  }
  return false;
}

function writesIn(fn: FunctionLike, effect: Effect, program: Program): readonly EffectWrite[] {
  const writes: EffectWrite[] = [];
  const add = (at: Node, target: string, value: Node | undefined): void => {
    if (value !== undefined && !isTelling(value, effect, program)) return;
    const late = latenessOf(at, fn, program);
    if (late === undefined) return;
    const depends = dependsOn(late.request, late.owner, fn, effect, program);
    if (depends === undefined) return;
    const guarding = guardOf({ at, pause: late.pause, request: late.request, effect, fn }, program);
    if (guarding.kind === "guarded") return;
    writes.push({ effect, at, target, ...late, ...depends, fn: late.owner, guarding });
  };
  walk(fn, (node) => {
    if (is.CallExpression(node)) {
      const callee = unwrapped(node.expression);
      if (is.Identifier(callee) && isSetter(callee, program)) {
        add(node, callee.text, node.arguments[0]);
      }
      for (const argument of handlersOf(node)) {
        const setter = unwrapped(argument);
        if (is.Identifier(setter) && isSetter(setter, program)) add(setter, setter.text, undefined);
      }
    }
    if (isAssignment(node) && isReactiveCell(node.left, program)) {
      add(node, textOf(node.left), node.right);
    }
    return undefined;
  });
  return writes;
}

/** What is done with the value of a promise: the first argument of `then`. */
function handlersOf(call: CallExpression): readonly Node[] {
  const chain = methodCall(call);
  return chain?.method === "then" ? chain.args.slice(0, 1) : [];
}

const isConstant = isOneOf(
  "TrueKeyword",
  "FalseKeyword",
  "NullKeyword",
  "NumericLiteral",
  "StringLiteral",
  "NoSubstitutionTemplateLiteral",
);

/** Whether the value says something that a later run would say differently, and not for what. */
function isTelling(written: Node, effect: Effect, program: Program): boolean {
  const value = unwrapped(written);
  if (isConstant(value) || isFunctionLike(value) || nameOf(value) === "undefined") return false;
  if (is.ArrayLiteralExpression(value)) return value.elements.length > 0;
  if (is.ObjectLiteralExpression(value)) {
    return (
      value.properties.some((it) => !is.PropertyAssignment(it) || !isConstant(it.initializer)) &&
      !value.properties.some((it) => saysWhose(it, effect, program))
    );
  }
  return !(is.PrefixUnaryExpression(value) && isConstant(value.operand));
}

/** `id` in `{ id, user }`: whoever reads it can tell whether it is the right one. */
function saysWhose(property: Node, effect: Effect, program: Program): boolean {
  if (is.ShorthandPropertyAssignment(property)) {
    return triggerIn(property.name, effect, program) !== undefined;
  }
  if (!is.PropertyAssignment(property)) return false;
  const value = unwrapped(property.initializer);
  const isPlain = is.Identifier(value) || is.PropertyAccessExpression(value);
  if (is.ComputedPropertyName(property.name)) {
    return triggerIn(property.name.expression, effect, program) !== undefined;
  }
  return isPlain && triggerIn(value, effect, program) !== undefined;
}

interface Lateness {
  readonly pause: Node;
  readonly request: Node;
  /** The function whose promise has been awaited, or whose callback runs later. */
  readonly owner: FunctionLike;
}

/** The last pause before a node, in its function or in front of the callback that it is in. */
function latenessOf(at: Node, within: FunctionLike, program: Program): Lateness | undefined {
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
function dependsOn(
  request: Node,
  owner: FunctionLike,
  fn: FunctionLike,
  effect: Effect,
  program: Program,
): Pick<EffectWrite, "trigger" | "vague"> | undefined {
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
