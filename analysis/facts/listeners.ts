import type { Pair } from "../primitives/models.ts";
import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  type FunctionLike,
  is,
  isFunctionExpression,
  isFunctionLike,
  methodCall,
  type Node,
  nameOf,
  type SourceFile,
  sourceFileOf,
  textOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { constantBehind } from "./callees.ts";
import { declarationOf, importedFrom, knownSymbol, referenceKey } from "./references.ts";

// Who listens to whom, and does anybody stop?
//
// A registration is a call of a method that is known to begin a listener (`on`, `addEventListener`,
// or what the user's configuration adds), with an event and a function. Which type the target has does
// not matter: own emitters keep their listeners as the platform's do. A removal is a call of one of
// the opposite methods. The two belong together when target, event and function are written alike,
// wherever in the file they stand; what cannot be compared (a computed event, a call that gives the
// target) is taken to belong together, since "nobody removes it" is what gets reported.

export interface Registration {
  readonly call: CallExpression;
  /** Undefined: the global object itself, as in `addEventListener("resize", draw)`. */
  readonly target: Node | undefined;
  readonly event: Node;
  readonly listener: Node;
  readonly pair: Pair;
  /** Removed by the platform after the first event. */
  readonly once: boolean;
  /** A signal was given along, or options that may hold one. */
  readonly mayHaveSignal: boolean;
  /** Undefined where it cannot be told. */
  readonly capture: boolean | undefined;
}

/** The listener that a call registers. */
export const registrationOf: (call: CallExpression, program: Program) => Registration | undefined =
  fact((call, program) => {
    const name = nameOf(calleeNameOf(call));
    const pair = name === undefined ? undefined : program.models.pairOfMethod(name);
    const [event, listener, options] = call.arguments;
    if (pair === undefined || pair.opposites.size === 0) return undefined;
    if (event === undefined || listener === undefined || !mayBeFunction(listener)) return undefined;
    const target = targetOf(call, program);
    if (target === "none") return undefined;
    return {
      call,
      target,
      event,
      listener,
      pair,
      once: pair.passes === true || saysOnce(options),
      mayHaveSignal: mayHoldSignal(options),
      capture: isCapturing(options),
    };
  });

export interface Removal {
  readonly call: CallExpression;
  readonly target: Node | undefined;
  /** Undefined: all events. */
  readonly event: Node | undefined;
  /** Undefined: all listeners. */
  readonly listener: Node | undefined;
  readonly capture: boolean | undefined;
}

const REMOVES: ReadonlySet<string> = new Set([
  "off",
  "removeListener",
  "removeAllListeners",
  "removeEventListener",
]);

/** The listeners that a call removes. */
export const removalOf: (call: CallExpression, program: Program) => Removal | undefined = fact(
  (call, program) => {
    if (!REMOVES.has(nameOf(calleeNameOf(call)) ?? "")) return undefined;
    const target = targetOf(call, program);
    if (target === "none") return undefined;
    const [event, listener, options] = call.arguments;
    return { call, target, event, listener, capture: isCapturing(options) };
  },
);

/** The start of `socket.on(…).on(…)`; the methods give back what they are called on. */
function targetOf(call: CallExpression, program: Program): Node | undefined | "none" {
  const method = methodCall(call);
  if (method === undefined) {
    const callee = unwrapped(call.expression);
    const isGlobal =
      is.Identifier(callee) &&
      callee.text.endsWith("EventListener") &&
      knownSymbol(callee, program)?.module !== "own" &&
      importedFrom(callee.text, sourceFileOf(call)) === undefined;
    return isGlobal ? undefined : "none";
  }
  const receiver = unwrapped(method.receiver);
  const before = methodCall(receiver);
  const isChained =
    before !== undefined &&
    (REMOVES.has(before.method) || program.models.pairOfMethod(before.method) !== undefined);
  return isChained ? targetOf(before.call, program) : receiver;
}

function mayBeFunction(written: Node): boolean {
  const node = unwrapped(written);
  if (isFunctionExpression(node) || is.Identifier(node) || is.PropertyAccessExpression(node)) {
    return nameOf(node) !== "undefined";
  }
  return is.CallExpression(node) || is.ElementAccessExpression(node);
}

/** Whether an option of this name is set, or may be, in an object that is written out. */
function optionIn(options: Node | undefined, name: string): Node | "unknown" | undefined {
  const node = options && unwrapped(options);
  if (node === undefined || !is.ObjectLiteralExpression(node)) return undefined;
  for (const it of node.properties) {
    if (is.SpreadAssignment(it)) return "unknown";
    if (is.ShorthandPropertyAssignment(it) && it.name.text === name) return it.name;
    if (is.PropertyAssignment(it) && nameOf(it.name) === name) return unwrapped(it.initializer);
  }
  return undefined;
}

function saysOnce(options: Node | undefined): boolean {
  const once = optionIn(options, "once");
  return once !== undefined && once !== "unknown" && is.TrueKeyword(once);
}

function mayHoldSignal(options: Node | undefined): boolean {
  const node = options && unwrapped(options);
  if (node === undefined || is.TrueKeyword(node) || is.FalseKeyword(node)) return false;
  return !is.ObjectLiteralExpression(node) || optionIn(node, "signal") !== undefined;
}

function isCapturing(options: Node | undefined): boolean | undefined {
  const node = options && unwrapped(options);
  if (node === undefined) return false;
  const capture = is.ObjectLiteralExpression(node) ? optionIn(node, "capture") : node;
  if (capture === undefined || (capture !== "unknown" && is.FalseKeyword(capture))) return false;
  return capture !== "unknown" && is.TrueKeyword(capture) ? true : undefined;
}

/** The removals in a file. */
export const removalsIn: (file: SourceFile, program: Program) => readonly Removal[] = fact(
  (file, program) => {
    const found: Removal[] = [];
    if (!/\b(?:off|remove\w*Listeners?)\b/.test(file.text)) return found;
    walk(file, (it) => {
      const removal = is.CallExpression(it) ? removalOf(it, program) : undefined;
      if (removal !== undefined) found.push(removal);
      return undefined;
    });
    return found;
  },
);

export const registrationsIn: (file: SourceFile, program: Program) => readonly Registration[] =
  fact((file, program) => {
    const found: Registration[] = [];
    walk(file, (it) => {
      const registration = is.CallExpression(it) ? registrationOf(it, program) : undefined;
      if (registration !== undefined) found.push(registration);
      return undefined;
    });
    return found;
  });

/** Whether a call somewhere in the scope may remove the listener again. */
export function isRemoved(registration: Registration, scope: Node, program: Program): boolean {
  const { target, event, listener } = registration;
  return removalsIn(sourceFileOf(scope), program).some((it) => {
    if (it.call.pos < scope.pos || scope.end < it.call.end) return false;
    if (!mayBeSameTarget(it.target, target)) return false;
    if (it.event !== undefined && !mayBeSameEvent(it.event, event)) return false;
    if (it.listener === undefined || isByItsName(it.listener, listener)) return true;
    return mayBeSameListener(it.listener, listener, program);
  });
}

/** `window` is the global object by another name. */
const GLOBAL_OBJECTS: ReadonlySet<string> = new Set([
  "window",
  "globalThis",
  "self",
  "this.window",
]);

export function targetKey(target: Node | undefined): string | undefined {
  if (target === undefined) return "globalThis";
  const key = referenceKey(target);
  return key !== undefined && GLOBAL_OBJECTS.has(key) ? "globalThis" : key;
}

export function mayBeSameTarget(a: Node | undefined, b: Node | undefined): boolean {
  const [one, other] = [targetKey(a), targetKey(b)];
  return one === undefined || other === undefined || one === other;
}

export function mayBeSameEvent(a: Node, b: Node): boolean {
  const [one, other] = [eventKey(a), eventKey(b)];
  return one === undefined || other === undefined || one === other;
}

/** `"resize"`; undefined for what is not written out. */
export function eventKey(event: Node): string | undefined {
  const node = unwrapped(event);
  return is.StringLiteral(node) || is.NoSubstitutionTemplateLiteral(node) ? node.text : undefined;
}

/** Two functions that are written out are two functions. */
export function mayBeSameListener(a: Node, b: Node, program: Program): boolean {
  const [one, other] = [unwrapped(a), unwrapped(b)];
  if (isFresh(one) || isFresh(other)) return false;
  const [key, otherKey] = [referenceKey(one), referenceKey(other)];
  if (key === undefined || otherKey === undefined || key === otherKey) return true;
  // Another name for it: `this.onResize = onResize`, or a variable that we do not follow.
  return !isPlain(one, program) || !isPlain(other, program);
}

/** `on("end", function done() { … off("end", done) })` */
function isByItsName(removed: Node, listener: Node): boolean {
  const fn = unwrapped(listener);
  return (
    is.FunctionExpression(fn) &&
    fn.name !== undefined &&
    nameOf(fn.name) === nameOf(unwrapped(removed))
  );
}

/** A new function each time: written out, or made by `bind`. */
export function isFresh(listener: Node): boolean {
  const node = unwrapped(listener);
  return isFunctionExpression(node) || methodCall(node)?.method === "bind";
}

/** A function or method that the name stands for and that has no other name. */
function isPlain(listener: Node, program: Program): boolean {
  if (is.PropertyAccessExpression(listener)) {
    return is.ThisKeyword(unwrapped(listener.expression));
  }
  if (!is.Identifier(listener)) return false;
  const declaration = declarationOf(listener, program);
  if (isFunctionLike(declaration)) return true;
  const bound = constantBehind(listener, program);
  return bound !== undefined && (isFunctionExpression(unwrapped(bound)) || isHook(bound));
}

/** `useCallback(() => …)` and its like: a function by one name. */
function isHook(value: Node): boolean {
  const call = unwrapped(value);
  return is.CallExpression(call) && /^use[A-Z]/.test(nameOf(calleeNameOf(call)) ?? "");
}

/** The function that is written out as the listener. */
export function functionOf({ listener }: Registration): FunctionLike | undefined {
  const node = unwrapped(listener);
  return isFunctionExpression(node) ? node : undefined;
}

/** The target as a message calls it. */
export function nameOfTarget({ target }: Registration): string {
  return target === undefined ? "the global object" : `\`${textOf(target)}\``;
}
