import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isAssignment,
  isFunctionLike,
  isInside,
  isOneOf,
  methodCall,
  type Node,
  nameOf,
  textOf,
  unwrapped,
  walk,
  walkBody,
} from "../syntax.ts";
import { isMadeFromAnswer } from "./answers.ts";
import { type Guarding, guardOf } from "./effect-guards.ts";
import { type Dependence, dependsOn, functionCalled, latenessOf } from "./effect-requests.ts";
import { type Effect, effectBy, isReactiveCell, isSetter, triggerIn } from "./effects.ts";
import { flowOwner } from "./flow.ts";

// Which states does an effect set behind a pause, that a later run may have set already?
//
// An effect that runs again does not wait for its last run. When a run asks for something that
// depends on a trigger, pauses until it has come, and then puts it into the state of the component,
// the answers of two runs may come in either order, and the last one stays. Looked at are the effect's
// own function, the functions in it, and the component's own functions that it calls.
//
// *May*, and each condition has to be seen: a pause, in `await` or in front of a callback of `then`;
// an argument of what is waited for that mentions a trigger, directly or through constants of the
// function; a value that is made from an answer (facts/answers.ts); and no guard (facts/effect-guards.ts). A function
// that is given to the setter looks at what is there itself, and is left alone. So is a value that
// says of itself what it belongs to: `{ id, user }`.

export interface EffectWrite extends Dependence {
  readonly effect: Effect;
  /** The call of the setter, the assignment, or the setter that is handed to `then`. */
  readonly at: Node;
  /** `setUser`, `user.value`. */
  readonly target: string;
  readonly pause: Node;
  /** What is waited for there. */
  readonly request: Node;
  /** The function that pauses. */
  readonly fn: FunctionLike;
  readonly guarding: Guarding;
}

/** The late writes of the effect that a call sets up, in source order; those with a guard left out. */
export const lateWrites: (call: CallExpression, program: Program) => readonly EffectWrite[] = fact(
  (call, program) => {
    const effect = effectBy(call, program);
    if (effect === undefined || effect.cleanedElsewhere || isDoneOnce(effect)) return [];
    return functionsOf(effect, program).flatMap((fn) => writesIn(fn, effect, program));
  },
);

/** `if (!asked.current) { asked.current = true; … }`: a reference that is never set back lets one run in. */
function isDoneOnce({ fn }: Effect): boolean {
  const tested = new Set<string>();
  const set = new Set<string>();
  walk(fn, (it) => {
    const test = is.IfStatement(it) ? it.expression : undefined;
    if (test !== undefined) for (const name of referencesIn(test)) tested.add(name);
    if (isAssignment(it) && is.PropertyAccessExpression(unwrapped(it.left))) {
      const name = textOf(unwrapped(it.left));
      if (is.TrueKeyword(unwrapped(it.right))) set.add(name);
      else set.delete(name);
    }
    return undefined;
  });
  return [...set].some((it) => it.endsWith(".current") && tested.has(it));
}

function referencesIn(test: Node): readonly string[] {
  const names: string[] = [];
  const add = (it: Node): undefined => {
    if (is.PropertyAccessExpression(it) && it.name.text === "current") names.push(textOf(it));
    return undefined;
  };
  add(test);
  walk(test, add);
  return names;
}

/** Whether an effect before this one in the component does the same write: one of them says it all. */
export function isSaidBefore(write: EffectWrite, program: Program): boolean {
  const component = flowOwner(write.effect.call);
  if (isInside(write.at, write.effect.fn) || component === undefined) return false;
  let isSaid = false;
  walkBody(component, (it) => {
    if (!is.CallExpression(it) || write.effect.call.pos <= it.pos || isSaid) return undefined;
    isSaid = lateWrites(it, program).some(({ at }) => at === write.at);
    return undefined;
  });
  return isSaid;
}

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
    if (value !== undefined && !isMadeFromAnswer(value, program)) return;
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
