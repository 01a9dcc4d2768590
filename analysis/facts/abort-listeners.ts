import type { Program } from "../program.ts";
import {
  type CallExpression,
  enclosingClass,
  enclosingFunction,
  type FunctionLike,
  type Identifier,
  is,
  isAsync,
  isFunctionLike,
  isGenerator,
  isInside,
  lastNameOf,
  methodCall,
  nameOf,
  type Node,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { constantBehind } from "./callees.ts";
import { executorOf, isInRace } from "./executors.ts";
import { flowOwner, pathFrom } from "./flow.ts";
import {
  eventKey,
  isRemoved,
  type Registration,
  registrationOf,
  removalOf,
  removalsIn,
} from "./listeners.ts";
import { lifeOf } from "./lives.ts";
import { variableBehind } from "./references.ts";
import { returnedBy } from "./returns.ts";

// Does a listener stay on a signal when what it was to abort is over?
//
// A signal that a function was given, or that an object holds, lives as long as whoever may abort it,
// which is often much longer than one operation. A listener that nobody removes keeps the operation's
// memory until then; `once` does not help, since the event never comes. Reported where the operation
// is seen to end without an abort: an executor with another way of settling, or one that takes part in
// a race; a function that goes on to wait or return a promise; one that removes other listeners when it
// is done. Not asked: whether this very signal is in fact about to be thrown away.
//
// Signals of controllers that are made here, and of `AbortSignal.any` and `timeout`, go with them. A
// removal anywhere in the file, of this function or of all, counts.

export interface AbortListener {
  readonly registration: Registration;
  /** The function whose operation it is. */
  readonly fn: FunctionLike;
  /** What shows that the operation ends without an abort. */
  readonly end: Node;
  readonly because: "settles" | "race" | "waits" | "returns" | "removes" | "ends" | "made";
}

/** A listener that stays on a signal after the operation. */
export function staysOnSignal(call: CallExpression, program: Program): AbortListener | undefined {
  const registration = registrationOf(call, program);
  if (registration === undefined || eventKey(registration.event) !== "abort") return undefined;
  const { target, mayHaveSignal } = registration;
  const fn = enclosingFunction(call);
  if (target === undefined || fn === undefined || isSignalOption(mayHaveSignal, call)) {
    return undefined;
  }
  if (!isSignal(target, program) || isMadeHere(target, program)) return undefined;
  if (isOfRequest(target, program)) return undefined;
  const end = endOf(registration, fn, program);
  if (end === undefined || isRemoved(registration, sourceFileOf(call), program)) return undefined;
  if (isRemovedByName(registration, program)) return undefined;
  return { registration, fn, ...end };
}

/** A listener of `token.onCancellationRequested` that nobody can dispose of after the operation. */
export interface TokenListener {
  readonly token: Node;
  readonly end: Node;
  readonly because: AbortListener["because"];
}

/**
 * The same for a CancellationToken of VS Code, whose listeners are removed by what the call gives: here
 * nobody keeps it.
 */
export function staysOnToken(call: CallExpression, program: Program): TokenListener | undefined {
  const method = methodCall(call);
  const [listener, , disposables] = method?.args ?? [];
  const fn = enclosingFunction(call);
  if (method?.method !== "onCancellationRequested" || listener === undefined) return undefined;
  if (fn === undefined || disposables !== undefined || statementOf(call) === undefined) {
    return undefined;
  }
  const token = unwrapped(method.receiver);
  // The token of a source is made here, as is the controller of a signal.
  if (is.PropertyAccessExpression(token) && token.name.text === "token") return undefined;
  const end = endOf({ call, listener }, fn, program);
  return end && { token, ...end };
}

/** The signal of a request is aborted with it, and goes with it. */
function isOfRequest(written: Node, program: Program): boolean {
  const target = unwrapped(written);
  if (!is.PropertyAccessExpression(target) || target.name.text !== "signal") return false;
  const { type } = program.types.value(target.expression);
  return type?.name === "Request" || type?.name === "NextRequest";
}

/** Under another name for the signal, or as `pending.onAbort`: two functions of one name in a file are rare. */
function isRemovedByName({ listener }: Registration, program: Program): boolean {
  const name = lastNameOf(listener);
  if (name === undefined) return false;
  return removalsIn(sourceFileOf(listener), program).some((it) => {
    const isAbort = it.event !== undefined && eventKey(it.event) === "abort";
    return isAbort && it.listener !== undefined && lastNameOf(it.listener) === name;
  });
}

/** `{ signal }` among the options removes it; `{ once: true }` alone says nothing of that. */
function isSignalOption(
  mayHaveSignal: boolean,
  { arguments: [, , options] }: CallExpression,
): boolean {
  const written = options && unwrapped(options);
  if (!is.ObjectLiteralExpression(written)) return mayHaveSignal;
  return written.properties.some((it) => is.SpreadAssignment(it) || /^signal\b/.test(textOf(it)));
}

function isSignal(target: Node, program: Program): boolean {
  const { type, opaque } = program.types.value(target);
  if (type !== undefined) return type.name === "AbortSignal" && type.module !== "own";
  const name = is.PropertyAccessExpression(target) ? target.name : target;
  return opaque && /signal$/i.test(nameOf(name) ?? "");
}

/** Whether who aborts it is made here as well. */
function isMadeHere(written: Node, program: Program): boolean {
  const target = unwrapped(written);
  if (is.CallExpression(target)) return true;
  if (is.PropertyAccessExpression(target) && target.name.text === "signal") {
    const owner = unwrapped(target.expression);
    if (program.types.value(owner).type?.name === "AbortController") return true;
    return is.NewExpression(owner);
  }
  if (!is.Identifier(target)) return false;
  const bound = constantBehind(target, program);
  if (bound !== undefined) return isMadeHere(bound, program);
  const owner = takenApart(target, program);
  return owner !== undefined && program.types.value(owner).type?.name === "AbortController";
}

/** `controller` in `const { signal } = controller`. */
function takenApart(name: Identifier, program: Program): Node | undefined {
  const declaration = variableBehind(name, program)?.declaration;
  const holder = is.BindingElement(declaration) ? declaration.parent.parent : undefined;
  return is.VariableDeclaration(holder) ? holder.initializer : undefined;
}

type End = Pick<AbortListener, "end" | "because">;

type Listening = Pick<Registration, "call" | "listener">;

function endOf(registration: Listening, fn: FunctionLike, program: Program): End | undefined {
  const construction = wrapped(fn).parent;
  if (is.NewExpression(construction)) {
    const executor = executorOf(construction, program);
    if (executor?.fn === fn)
      return endOfPromise(registration, executor.carriers, construction, program);
  }
  const { call } = registration;
  if (isAsync(fn) && !isGenerator(fn)) {
    const path = pathFrom(call, { until: "suspension" }, program);
    return path && { end: path.at, because: "waits" };
  }
  const promise = returnedBy(fn, program).find((it) => {
    return !isInside(it, call) && program.types.promise(it).extent === "all";
  });
  if (promise !== undefined) return { end: promise, because: "returns" };
  const removal = removalIn(fn, registration, program);
  if (removal !== undefined) return { end: removal, because: "removes" };
  const life = lifeOf(call, program);
  // Each object leaves a listener, although nobody ends the object itself.
  const made = is.Constructor(fn) && life === undefined ? enclosingClass(fn) : undefined;
  if (made !== undefined) return { end: made.name ?? made, because: "made" };
  if (life?.kind !== "class" || life.teardown === undefined) return undefined;
  return isInside(call, life.teardown)
    ? undefined
    : { end: life.teardown.name ?? life.teardown, because: "ends" };
}

function endOfPromise(
  { listener, call }: Listening,
  carriers: readonly Node[],
  construction: Node,
  program: Program,
): End | undefined {
  const fn = variableBehind(listener, program)?.declaration;
  const own = [listener, ...(fn === undefined ? [] : [fn])];
  const other = carriers.find((it) => {
    if (own.some((part) => it === part || isInside(it, part))) return false;
    // `if (signal.aborted) return reject(signal.reason)` comes before, or not at all.
    const isHere = flowOwner(it) === flowOwner(call);
    return !isHere || pathFrom(call, { until: (node) => node === it }, program) !== undefined;
  });
  if (other !== undefined) return { end: other, because: "settles" };
  return is.NewExpression(construction) && isInRace(construction)
    ? { end: construction, because: "race" }
    : undefined;
}

/** Another listener that a function inside removes when the operation is done. */
function removalIn(fn: FunctionLike, { listener }: Listening, program: Program): Node | undefined {
  let found: Node | undefined;
  walk(fn, (it) => {
    if (found !== undefined || isInside(it, listener)) return "skip";
    if (!is.CallExpression(it) || !isFunctionLike(enclosingFunction(it))) return undefined;
    if (enclosingFunction(it) !== fn && removalOf(it, program)?.listener !== undefined) found = it;
    return undefined;
  });
  return found;
}
