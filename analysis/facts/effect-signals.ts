import {
  type FunctionLike,
  is,
  isAssignment,
  isFunctionLike,
  isInside,
  methodCall,
  type Node,
  nameOf,
  textOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { constantsIn, type Effect } from "./effects.ts";

// Does the cleanup of an effect end the request of its run?
//
// By the controller whose signal the request was given, or by a method of what was asked for. It has
// to be the same controller: names are followed to `new AbortController()` in the effect, signals to
// their controller. A signal that comes from elsewhere counts where the effect aborts anything at all.

/** What an effect waits for. */
export interface Request {
  readonly pause: Node;
  readonly request: Node;
  readonly effect: Effect;
  /** The function around the pause that is looked at: the effect's, or one that it calls. */
  readonly fn: FunctionLike;
}

export function rootOf(node: Node): string | undefined {
  let at = unwrapped(node);
  while (is.PropertyAccessExpression(at)) at = unwrapped(at.expression);
  return nameOf(at);
}

/** The controller of the effect that a name is, or whose signal it is. */
export function controllerBehind(name: string, { fn }: Effect): string | undefined {
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

export function abortedIn({ cleanups }: Effect, controller: string): boolean {
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

const ENDS = /^(?:cancel|abort|unsubscribe|dispose|destroy|stop|close|end|terminate|return)$/;

/** The cleanup ends what is waited for, by a variable that the request mentions or was put into. */
export function endsRequest({ request, pause, effect }: Request): boolean {
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
export function passesAbortedSignal({ request, effect, fn }: Request): boolean {
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
