import type { Program } from "../program.ts";
import {
  bodyHas,
  type CallExpression,
  calleeNameOf,
  enclosingClass,
  enclosingFunction,
  type FunctionLike,
  type Identifier,
  is,
  isFunctionExpression,
  isInside,
  type NewExpression,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { calleeOf, constantBehind, functionsIn } from "./callees.ts";
import { inheritsEnd, type Life, lifeOf } from "./lives.ts";
import { registrationOf, removalOf } from "./listeners.ts";
import { begunBy, type Begun, type Holder, holderOf, mayEnd, mentionsOfMember } from "./pairs.ts";
import { importedFrom, variableBehind } from "./references.ts";
import { millisecondsOf } from "./timed-waits.ts";

// Which timer does its work after the end of what it is a part of?
//
// A timer that fires once ends by itself, and mostly nothing comes of it when it fires late. Two kinds
// of work are said, in the places where they can be told. A timer *revives* its owner where its
// function calls one that begins something (`connect`, `start`), nobody keeps the handle, and the
// owner has an end (facts/lives.ts), which may be that of its base class. It *sets state* where a component keeps the handle in a ref, and
// nothing but the function that sets it up looks at that ref, or where a throttled function of an
// effect is never cancelled.
//
// *May*: the timer may have fired before. Silent where its function, or what it calls, asks for
// something that sounds like an end (`closed`, `isMounted`), where somebody else mentions the handle,
// and where the wait is short by what is written there.

export interface LateTimer {
  readonly call: CallExpression;
  readonly does: "revives" | "sets-state";
  /** The call in the timer's function that does it. */
  readonly at: CallExpression;
  readonly begun: Begun | undefined;
  readonly holder: Holder;
  /** Undefined for a ref of a component. */
  readonly life: Life | undefined;
}

export function lateTimer(
  call: CallExpression | NewExpression,
  program: Program,
): LateTimer | undefined {
  if (!is.CallExpression(call)) return undefined;
  if (isThrottling(call)) return throttledInEffect(call, program);
  const begun = begunBy(call, program);
  if (begun?.pair.begins !== "timer" || isShort(call, program)) return undefined;
  const [callback] = call.arguments;
  if (callback === undefined) return undefined;
  const holder = holderOf(call, program);
  if (holder.kind === "nowhere") return revival(call, callback, { begun, holder }, program);
  if (holder.kind !== "member" || !isRef(holder.access, program)) return undefined;
  const at = settingState(callback, program);
  if (at === undefined || isEndedElsewhere(holder.access, call, begun, program)) return undefined;
  return { call, does: "sets-state", at, begun, holder, life: undefined };
}

/** What is over so soon that hardly anything ends meanwhile. */
const SHORT_MS = 250;

export function isShort({ arguments: [, time] }: CallExpression, program: Program): boolean {
  if (time === undefined) return true;
  const ms = millisecondsOf(time, program);
  return ms !== undefined && ms < SHORT_MS;
}

const BEGINS =
  /^_?(?:start|restart|connect|reconnect|run|poll|loop|listen|subscribe|resubscribe|launch|spawn|heartbeat|keepAlive)(?:[A-Z]|$)/;

function revival(
  call: CallExpression,
  callback: Node,
  { begun, holder }: Pick<LateTimer, "begun" | "holder">,
  program: Program,
): LateTimer | undefined {
  const life = lifeOf(call, program) ?? inheritedLife(call, program);
  if (life === undefined || life.kind === "effect") return undefined;
  const isEnded =
    life.teardown !== undefined || (life.kind === "class" && inheritsEnd(life.of, program));
  if (!isEnded || isEndingFunction(call)) return undefined;
  if (life.teardown !== undefined && isInside(call, life.teardown)) return undefined;
  const fn = unwrapped(callback);
  if (!isFunctionExpression(fn) || asksForEnd(fn)) return undefined;
  const at = callIn(fn, (it) => begins(it, life, program));
  if (at === undefined) return undefined;
  const { functions } = calleeOf(at, program);
  if (functions.some(asksForEnd)) return undefined;
  return { call, does: "revives", at, begun, holder, life };
}

/** The life of an object whose end is a method of a base class. */
function inheritedLife(node: Node, program: Program): Life | undefined {
  const of = enclosingClass(node);
  return of !== undefined && inheritsEnd(of, program)
    ? { kind: "class", of, teardown: undefined, scope: of }
    : undefined;
}

/** A call of an own function of the class or closure that begins something, by its name. */
function begins(call: CallExpression, life: Life, program: Program): boolean {
  const name = calleeNameOf(call);
  if (!BEGINS.test(nameOf(name) ?? "")) return false;
  const callee = unwrapped(call.expression);
  if (life.kind === "class") {
    return is.PropertyAccessExpression(callee) && is.ThisKeyword(unwrapped(callee.expression));
  }
  const variable = is.Identifier(callee) ? variableBehind(callee, program) : undefined;
  return variable !== undefined && isInside(variable.declaration, life.scope);
}

function isEndingFunction(node: Node): boolean {
  const fn = enclosingFunction(node);
  return /^_?(?:close|stop|dispose|destroy|end|disconnect|shutdown)/.test(nameOf(fn?.name) ?? "");
}

function callIn(
  fn: FunctionLike,
  meets: (call: CallExpression) => boolean,
): CallExpression | undefined {
  let found: CallExpression | undefined;
  const visit = (it: Node): "skip" | undefined => {
    if (found === undefined && is.CallExpression(it) && meets(it)) found = it;
    return found === undefined ? undefined : "skip";
  };
  if (fn.body === undefined) return undefined;
  visit(fn.body);
  walk(fn.body, visit);
  return found;
}

const ENDED =
  /mounted|alive|dispos|destroy|clos(?:e|ed|ing)$|stop|abort|cancel|active|running|ended|ending|terminat|shut|dead|quit|stale|done|finish|over$|token|status|state$/i;

/** Whether a condition in the function sounds as if it asked for an end. */
export function asksForEnd(fn: FunctionLike): boolean {
  if (fn.body === undefined) return false;
  const asks = (it: Node) =>
    (is.IfStatement(it) && sounds(it.expression)) ||
    (is.BinaryExpression(it) && sounds(it.left)) ||
    (is.ConditionalExpression(it) && sounds(it.condition));
  return asks(fn.body) || bodyHas(fn.body, asks);
}

function sounds(condition: Node): boolean {
  let found = is.Identifier(condition) && ENDED.test(condition.text);
  walk(condition, (it) => {
    found ||= is.Identifier(it) && ENDED.test(it.text);
    return found ? "skip" : undefined;
  });
  return found;
}

/** `timer.current`, of what `useRef` gave. */
function isRef(access: Node, program: Program): boolean {
  if (!is.PropertyAccessExpression(access) || access.name.text !== "current") return false;
  const ref = unwrapped(access.expression);
  const value = is.Identifier(ref) ? constantBehind(ref, program) : undefined;
  const call = value && unwrapped(value);
  return is.CallExpression(call) && nameOf(calleeNameOf(call)) === "useRef";
}

/** The call by which the function sets a state, without asking whether anybody is left to see it. */
function settingState(callback: Node, program: Program): CallExpression | undefined {
  const [fn, another] = functionsIn(callback, program);
  if (fn === undefined || another !== undefined || asksForEnd(fn)) return undefined;
  return callIn(fn, (it) => isSetter(it, program));
}

/** `setOpen(true)`, where that is the second of what `useState` gave. */
function isSetter(call: CallExpression, program: Program): boolean {
  const callee = unwrapped(call.expression);
  if (!is.Identifier(callee) || !/^(?:set[A-Z]|dispatch$)/.test(callee.text)) return false;
  const declaration = variableBehind(callee, program)?.declaration;
  const pattern = is.BindingElement(declaration) ? declaration.parent : undefined;
  const holder = pattern?.parent;
  const value = is.VariableDeclaration(holder) ? holder.initializer : undefined;
  const made = value && unwrapped(value);
  return is.CallExpression(made) && /^use(?:State|Reducer)$/.test(nameOf(calleeNameOf(made)) ?? "");
}

/** Whether another function may end what the ref holds. */
function isEndedElsewhere(access: Node, call: Node, { pair }: Begun, program: Program): boolean {
  let scope: Node | undefined;
  for (let fn = enclosingFunction(call); fn !== undefined; fn = enclosingFunction(fn)) scope = fn;
  if (scope === undefined) return true;
  const own = enclosingFunction(call);
  return mentionsOfMember(access, scope, program).some(
    (it) => enclosingFunction(it) !== own && mayEnd(it, pair),
  );
}

function isThrottling(call: CallExpression): boolean {
  return /^(?:throttle|debounce)$/.test(nameOf(calleeNameOf(call)) ?? "");
}

/** What a library makes of a function that an effect listens with, and never cancels. */
function throttledInEffect(call: CallExpression, program: Program): LateTimer | undefined {
  const life = lifeOf(call, program);
  const holder = holderOf(call, program);
  if (life?.kind !== "effect" || holder.kind !== "variable") return undefined;
  const root = unwrapped(call.expression);
  const start = is.PropertyAccessExpression(root) ? unwrapped(root.expression) : root;
  const module = is.Identifier(start) ? importedFrom(start.text, sourceFileOf(call)) : undefined;
  if (module === undefined || !/lodash|es-toolkit|underscore|remeda/.test(module)) return undefined;
  const [callback] = call.arguments;
  const at = callback && settingState(callback, program);
  if (at === undefined || !isOnlyListening(holder.name, program)) return undefined;
  return { call, does: "sets-state", at, begun: undefined, holder, life };
}

/** Every mention of the function adds or removes it as a listener. */
function isOnlyListening(name: Identifier, program: Program): boolean {
  const mentions = variableBehind(name, program)?.mentions ?? [];
  return mentions.every((it) => {
    const { parent } = wrapped(it);
    if (!is.CallExpression(parent) || parent.expression === it) return false;
    return (
      registrationOf(parent, program) !== undefined || removalOf(parent, program) !== undefined
    );
  });
}
