import type { SignalModel } from "../primitives/primitive.ts";
import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  enclosingFunction,
  type FunctionLike,
  is,
  isFunctionExpression,
  isFunctionLike,
  isOneOf,
  lastNameOf,
  methodCall,
  nameOf,
  type Node,
  sourceFileOf,
  unwrapped,
  walk,
  walkBody,
} from "../syntax.ts";
import { calleeOf, constantBehind } from "./callees.ts";
import { pathFrom } from "./flow.ts";
import { isSuspension, suspensionsBetween } from "./segments.ts";

// Has anybody looked whether the signal is aborted already?
//
// A signal dispatches `abort` once. Who listens afterwards hears nothing, so whoever listens has to
// look first, or right after, without a pause in which it could happen. Looking is reading `aborted`
// or `reason`, calling `throwIfAborted`, asking a function that does so, and waiting for something
// that was given the signal, which would have failed. The functions around count: a closure is made
// where they are. A *may* question that prefers "looked": the same last name is taken for the same
// signal. A signal whose controller is made on the spot cannot be aborted yet.

/** Somebody listens to the signal for its end. */
export interface Listening {
  /** The call or the assignment. */
  readonly at: Node;
  /** The signal, as written. */
  readonly signal: Node;
  readonly model: SignalModel;
  readonly listener: Node;
}

/** `signal.addEventListener("abort", …)` and `signal.onabort = …`. */
export function listeningAt(node: Node, program: Program): Listening | undefined {
  const written = is.CallExpression(node) ? listenedTo(node) : assignedTo(node);
  if (written === undefined) return undefined;
  const { type } = program.types.value(written.signal);
  const model = program.models.type(type)?.signal;
  return model?.protocol === "AbortSignal" ? { at: node, model, ...written } : undefined;
}

function listenedTo(call: CallExpression) {
  const method = methodCall(call);
  const [event, listener] = method?.args ?? [];
  if (method?.method !== "addEventListener" || listener === undefined) return undefined;
  if (!is.StringLiteral(event) || event.text !== "abort") return undefined;
  return { signal: unwrapped(method.receiver), listener: unwrapped(listener) };
}

function assignedTo(node: Node) {
  if (!is.BinaryExpression(node)) return undefined;
  const left = unwrapped(node.left);
  if (!is.PropertyAccessExpression(left) || left.name.text !== "onabort") return undefined;
  const listener = unwrapped(node.right);
  if (is.NullKeyword(listener) || nameOf(listener) === "undefined") return undefined;
  return { signal: unwrapped(left.expression), listener };
}

/** What is known of a signal at the place where somebody begins to listen. */
export interface Looked {
  /** The last look before, where there is one. */
  readonly look: Node | undefined;
  /** What comes between that look and the listening. */
  readonly pause: Node | undefined;
}

/** Why the signal may be aborted already; undefined where it cannot, or somebody has looked. */
export function mayBeAborted(listening: Listening, program: Program): Looked | undefined {
  const { at, signal, listener } = listening;
  if (isFresh(signal, program)) return undefined;
  let stale: Looked | undefined;
  let inner = at;
  for (let fn = enclosingFunction(at); fn !== undefined; fn = enclosingFunction(fn)) {
    for (const look of looksIn(fn, listening, program)) {
      if (listener.pos <= look.pos && look.end <= listener.end) continue;
      // Where a function is declared says nothing about when it runs.
      if (isFunctionLike(inner) && !isFunctionExpression(inner)) return undefined;
      const pause = pauseBetween(look, inner, listening, program);
      if (pause === "none") return undefined;
      if (pause !== undefined) stale ??= { look, pause };
    }
    inner = fn;
  }
  return stale ?? { look: undefined, pause: undefined };
}

/** A pause after the look in which the signal could be aborted unseen; undefined: no look at all. */
function pauseBetween(
  look: Node,
  inner: Node,
  listening: Listening,
  program: Program,
): Node | "none" | undefined {
  const stops = (it: Node) => isSuspension(it, program) && !isGiven(it, listening);
  const isNear =
    pathFrom(look, { until: (it) => it === inner, stops }, program) !== undefined ||
    pathFrom(inner, { until: (it) => it === look, stops }, program) !== undefined;
  return isNear ? "none" : suspensionsBetween(look, inner, program).find(stops);
}

/** The places in a function's own flow that find out whether the signal is aborted. */
function looksIn(fn: FunctionLike, listening: Listening, program: Program): readonly Node[] {
  const looks: Node[] = [];
  walkBody(fn, (node) => {
    if (isLook(node, listening) || isAsked(node, listening, program)) looks.push(node);
    else if (isWaitFor(node) && isGiven(node, listening)) looks.push(node);
    return undefined;
  });
  return looks;
}

function isLook(node: Node, { signal, model }: Listening): boolean {
  if (!is.PropertyAccessExpression(node)) return false;
  const { text } = node.name;
  const isMember = text === model.flag || text === model.check || text === "reason";
  return isMember && isSame(node.expression, signal);
}

/** `throwIfCancelled(signal)`, and own functions that look at what they are given. */
function isAsked(node: Node, { signal, model }: Listening, program: Program): boolean {
  if (!is.CallExpression(node) || !node.arguments.some((it) => isSame(it, signal))) {
    return (
      is.CallExpression(node) && node.arguments.length === 0 && looksInside(node, model, program)
    );
  }
  const name = methodCall(node)?.method ?? nameOf(unwrapped(node.expression)) ?? "";
  return /abort|cancel|throwIf/i.test(name) || looksInside(node, model, program);
}

function looksInside(call: CallExpression, model: SignalModel, program: Program): boolean {
  return calleeOf(call, program).functions.some((it) => readsFlag(it, program)?.has(model.flag));
}

/** The members that a function reads of anything. */
const readsFlag: (fn: FunctionLike, program: Program) => ReadonlySet<string> = fact((fn) => {
  const read = new Set<string>();
  walk(fn, (it) => {
    if (is.PropertyAccessExpression(it)) read.add(it.name.text);
    return undefined;
  });
  return read;
});

const isWaitFor = isOneOf("AwaitExpression", "ForOfStatement");

/** Whether what is waited for was given the signal, so that it fails when that is aborted. */
function isGiven(suspension: Node, { signal }: Listening): boolean {
  const awaited = isWaitFor(suspension) ? unwrapped(suspension.expression) : undefined;
  if (!is.CallExpression(awaited)) return false;
  let given = false;
  for (const argument of awaited.arguments) {
    given ||= isSame(argument, signal);
    walk(argument, (it) => {
      given ||= isSame(it, signal);
      return given || isFunctionLike(it) ? "skip" : undefined;
    });
  }
  return given;
}

/** Whether two expressions are taken for the same signal: they end in the same name. */
function isSame(written: Node, signal: Node): boolean {
  const name = lastNameOf(written);
  return name !== undefined && name === lastNameOf(signal);
}

/** `controller.signal` of a controller, or a timeout, that the functions around make themselves. */
function isFresh(signal: Node, program: Program): boolean {
  const source = is.PropertyAccessExpression(signal) ? unwrapped(signal.expression) : signal;
  const value = is.Identifier(source) ? constantBehind(source, program) : source;
  const made = value && unwrapped(value);
  if (made === undefined || sourceFileOf(made) !== sourceFileOf(signal)) return false;
  if (is.PropertyAccessExpression(made) && made !== signal) return isFresh(made, program);
  if (enclosingFunction(made) === undefined) return false;
  if (is.NewExpression(made)) return nameOf(unwrapped(made.expression)) === "AbortController";
  const method = methodCall(made);
  return method?.method === "timeout" && nameOf(unwrapped(method.receiver)) === "AbortSignal";
}
