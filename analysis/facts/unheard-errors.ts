import type { TypeName } from "../engine/type-engine.ts";
import type { ErrorEventModel } from "../primitives/primitive.ts";
import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  enclosingClass,
  is,
  isAssignment,
  isInside,
  methodCall,
  type NewExpression,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { constantBehind } from "./callees.ts";
import { type Executor, executorOf } from "./executors.ts";
import { eventKey, type Registration, registrationOf, targetKey } from "./listeners.ts";
import { isOnlyTested } from "./mentions.ts";
import { type Holder, holderOf, mentionsOfMember } from "./pairs.ts";
import { calledAs, variableBehind } from "./references.ts";

// Does anybody hear the error of an emitter?
//
// Two questions about emitters that fail by an `error` event. *Made here*: what `createReadStream`,
// `spawn` and their like give (data: `errorEvents` in analysis/primitives/) is used by nobody but the
// code in sight, and none of that listens to `error`; then the event is thrown and ends the process.
// *Waited for*: an executor settles its promise by an event that does not come when an error does, and
// does not listen to that; then the promise stays pending, or the process ends.
//
// Silent where anybody else gets the emitter, for he may listen: it is returned, stored, passed on,
// iterated. Only `pipe` is known to take an emitter and leave its errors alone. A listener for a
// computed event may be the one. Which emitters have an `error` event is told from the type whose
// method is called; of own types, and of those without types, nothing is said.

export interface Unheard {
  readonly call: CallExpression | NewExpression;
  readonly model: ErrorEventModel;
  readonly holder: Holder;
  /** Where others listen to something else. */
  readonly mentions: readonly Node[];
}

/** What a call gives that fails by an event which nobody listens to. */
export const unheardError: (
  call: CallExpression | NewExpression,
  program: Program,
) => Unheard | undefined = fact((call, program) => {
  const name = nameOf(calleeNameOf(call));
  if (name === undefined || !program.models.mayBegin(name)) return undefined;
  const model = program.models.errorEvent(calledAs(call, program));
  if (model === undefined) return undefined;
  const end = endOfChain(call);
  if (end === "heard" || end === "unknown") return undefined;
  const holder = end === "piped" ? NOWHERE : holderOf(end, program);
  const mentions = mentionsOf(holder, call, program);
  if (mentions === undefined || mentions.some((it) => mayHear(it, program))) return undefined;
  return { call, model, holder, mentions };
});

const NOWHERE: Holder = { kind: "nowhere" };

/** Methods that give back what they are called on. */
const SELF_RETURNING: ReadonlySet<string> = new Set([
  "on",
  "once",
  "addListener",
  "prependListener",
  "off",
  "removeListener",
  "setEncoding",
  "setTimeout",
  "setNoDelay",
  "setKeepAlive",
  "pause",
  "resume",
  "ref",
  "unref",
  "end",
]);

/** `spawn(…).on(…).on(…)`: the last link that still is the emitter, or what is known by then. */
function endOfChain(start: Node): Node | "heard" | "unknown" | "piped" {
  let at = wrapped(start);
  for (;;) {
    const access = at.parent;
    if (!is.PropertyAccessExpression(access) || access.expression !== at) return at;
    const outer = wrapped(access).parent;
    const method = methodCall(outer);
    if (method === undefined || unwrapped(method.call.expression) !== access) {
      // `spawn(…).stdout` leaves the process itself to nobody.
      return "piped";
    }
    if (method.method === "pipe" || method.method === "write") return "piped";
    if (!SELF_RETURNING.has(method.method)) return "unknown";
    const [event] = method.args;
    if (event !== undefined && isErrorEvent(event) && method.args.length > 1) return "heard";
    at = wrapped(method.call);
  }
}

function isErrorEvent(event: Node): boolean {
  const key = eventKey(event);
  return key === undefined || key === "error";
}

/** Where the emitter is mentioned; undefined: somebody else has it. */
function mentionsOf(holder: Holder, call: Node, program: Program): readonly Node[] | undefined {
  if (holder.kind === "nowhere") return [];
  if (holder.kind === "variable") {
    const variable = variableBehind(holder.name, program);
    return variable?.mentions.filter((it) => it !== holder.name);
  }
  if (holder.kind !== "member") return undefined;
  const scope = enclosingClass(call) ?? sourceFileOf(call);
  return mentionsOfMember(holder.access, scope, program);
}

/** Whether somebody listens to the error by this mention, or gets the emitter and may. */
function mayHear(mention: Node, program: Program): boolean {
  const node = wrapped(mention);
  const { parent } = node;
  if (is.PropertyAccessExpression(parent) && parent.expression === node) {
    const outer = wrapped(parent).parent;
    if (isAssignment(outer) && unwrapped(outer.left) === parent)
      return parent.name.text === "onerror";
    const call = methodCall(outer);
    if (call === undefined) return false;
    if (parent.name.text === "addEventListener")
      return call.args[0] === undefined || isErrorEvent(call.args[0]);
    if (parent.name.text === "emit") return false;
    return registers(call.call, program) || endOfChain(node) === "heard";
  }
  if (is.ElementAccessExpression(parent) && parent.expression === node) return true;
  if (isOnlyTested(node) || is.ExpressionStatement(parent)) return false;
  if (isAssignment(parent) && parent.left === node) return false;
  return !isPiped(node);
}

function registers(call: CallExpression, program: Program): boolean {
  const registration = registrationOf(call, program);
  return registration !== undefined && isErrorEvent(registration.event);
}

/** `source.pipe(it)`, which does not look after its errors. */
function isPiped(node: Node): boolean {
  const call = methodCall(node.parent);
  return call?.method === "pipe" && call.args[0] === node;
}

export interface UnheardWait {
  readonly executor: Executor;
  /** Where the event is listened to that settles the promise. */
  readonly registration: Registration;
  readonly event: string;
}

/** An event that an executor settles its promise by, without listening to errors. */
export function waitsWithoutErrors(
  construction: NewExpression,
  program: Program,
): UnheardWait | undefined {
  const executor = executorOf(construction, program);
  if (executor === undefined) return undefined;
  const { fn, carriers } = executor;
  let found: UnheardWait | undefined;
  walk(fn, (it) => {
    if (found !== undefined || !is.CallExpression(it))
      return found === undefined ? undefined : "skip";
    const registration = registrationOf(it, program);
    const event = registration && eventKey(registration.event);
    if (registration === undefined || event === undefined || !INSTEAD_OF_ERROR.has(event))
      return undefined;
    const { listener, target } = registration;
    const settles = carriers.some((mention) => mention === listener || isInside(mention, listener));
    if (!settles || target === undefined) return undefined;
    if (!failsByEvent(registration, event, program)) return undefined;
    if (mayBeHeard(target, executor, program)) return undefined;
    found = { executor, registration, event };
    return "skip";
  });
  return found;
}

/** Events that do not come when an error comes first. */
const INSTEAD_OF_ERROR: ReadonlySet<string> = new Set([
  "connect",
  "secureConnect",
  "connection",
  "data",
  "drain",
  "end",
  "exit",
  "finish",
  "listening",
  "message",
  "online",
  "open",
  "readable",
  "ready",
  "response",
  "spawn",
  "close",
]);

const FAILING: ReadonlySet<string> = new Set([
  "node:fs",
  "node:net",
  "node:tls",
  "node:http",
  "node:https",
  "node:http2",
  "node:stream",
  "node:zlib",
  "node:dgram",
  "node:child_process",
  "node:worker_threads",
  "ws",
]);

/** What a server gets; its errors are the concern of whoever made it. And what has no `error` event. */
const PEERS: ReadonlySet<string> = new Set([
  "ServerResponse",
  "Http2ServerResponse",
  "MessagePort",
  "BroadcastChannel",
]);

function failsByEvent({ target, call }: Registration, event: string, program: Program): boolean {
  // The standard streams are there for as long as the process is.
  if (target === undefined || targetKey(target)?.startsWith("process.std") === true) return false;
  const { type } = program.types.value(target);
  // A server fails by not being able to listen, and hardly ever after that.
  if (type?.name.endsWith("Server") === true && event !== "listening") return false;
  if (type !== undefined && isFailing(type)) return true;
  if (type !== undefined && type.module !== "own") return false;
  const symbol = program.types.symbol(calleeNameOf(call));
  return symbol !== undefined && symbol.module !== "node:events" && isFailing(symbol);
}

function isFailing({ name, module }: TypeName): boolean {
  const [owner = name] = name.split(".");
  return FAILING.has(module) && !PEERS.has(owner);
}

/** Whether the error is listened to, in the executor or wherever else the emitter is mentioned. */
function mayBeHeard(written: Node, { construction }: Executor, program: Program): boolean {
  const target = unwrapped(written);
  if (targetKey(target) === undefined) return true;
  const scope = enclosingClass(construction) ?? sourceFileOf(construction);
  const mentions = is.Identifier(target)
    ? (variableBehind(target, program)?.mentions ?? [])
    : mentionsOfMember(target, scope, program);
  if ([target, ...mentions].some((it) => mayHear(it, program))) return true;
  const made = madeBy(target, program);
  // Who begins a process or a thread has to listen anyway: see unhandled-worker-error.
  if (made === undefined) return false;
  return endOfChain(made) === "heard" || unheardError(made, program)?.model.runs !== undefined;
}

/** The call that makes the emitter, where a constant holds it. */
function madeBy(target: Node, program: Program): CallExpression | NewExpression | undefined {
  const bound = is.Identifier(target) ? constantBehind(target, program) : undefined;
  const value = bound && unwrapped(bound);
  return is.CallExpression(value) || is.NewExpression(value) ? value : undefined;
}

/** Whether an executor waits for the emitter as well, so that its finding says it better. */
export function isWaitedFor({ mentions }: Unheard, program: Program): boolean {
  return mentions.some((mention) => {
    for (let at = mention.parent; !is.SourceFile(at); at = at.parent) {
      if (!is.NewExpression(at)) continue;
      const target = waitsWithoutErrors(at, program)?.registration.target;
      if (target !== undefined && targetKey(target) === targetKey(mention)) return true;
    }
    return false;
  });
}
