import type { Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isAssignment,
  isFunctionLike,
  methodCall,
  type Node,
  nameOf,
  unwrapped,
  walk,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { flowOwner, pathFrom } from "./flow.ts";
import { eventKey, registrationOf, targetKey } from "./listeners.ts";
import { pausesOnWay, suspensionsBetween } from "./segments.ts";

// Does a function listen for an event that may have come already?
//
// Something in the function sets off the event (`server.listen(0)`), the function pauses, and only then
// it begins to listen, by `once(server, "listening")` or a method. Both are told by the same reference
// and in the same flow. Silent where the event is listened for before the pause as well. Which call sets
// off which event is a short list, since only events that come once are missed for good.
//
// What is made or handed over may be on its way as it comes: a child process runs when `spawn` returns, a
// client sends when a server has accepted it. Which events that are is known of the type (`comes` in
// analysis/primitives/). A pause that has to do with the emitter itself, as `once(child, "spawn")` has, is
// taken to know what it does.
//
// What a user does is an event too: an input of an editor that is shown can be answered at once.

const SET_OFF: ReadonlyMap<string, readonly string[]> = new Map([
  ["listen", ["listening"]],
  ["connect", ["connect", "secureConnect"]],
  ["end", ["finish"]],
  ["kill", ["exit"]],
  ["terminate", ["exit"]],
]);

/** What the user can do as soon as an input of an editor is shown. */
const INPUT_EVENT = /^onDid(?:Accept|Hide|ChangeValue|TriggerButton)$/;

/** Who hears of one of these is ready for the user, and adds the rest when it can be of use. */
const ANSWER = /^onDid(?:Accept|Hide)$/;

export interface Late {
  /** What sets the event off: a call, or the parameter in which the emitter is handed over. */
  readonly trigger: Node;
  readonly kind: "set-off" | "shown" | "made" | "handed-over";
  readonly pause: Node;
  readonly event: string;
}

interface Listening {
  readonly target: string;
  readonly event: string;
  readonly emitter: Node;
}

/** Where the event may have come before this call begins to listen. */
export function listensLate(call: CallExpression, program: Program): Late | undefined {
  const shown = listensAfterShow(call, program);
  if (shown !== undefined) return shown;
  const listening = listeningBy(call, program);
  const owner = flowOwner(call);
  if (listening === undefined || owner === undefined || !isFunctionLike(owner)) return undefined;
  if (isHeardBefore(call, listening, owner, program)) return undefined;
  return (
    behindTrigger(call, listening, owner, program) ?? behindStart(call, listening, owner, program)
  );
}

/**
 * `picker.show(); picker.items = await load(); picker.onDidAccept(…)`: the user need not wait for what the
 * code waits for. The first of the listeners stands for all that come behind the same pause.
 */
function listensAfterShow(call: CallExpression, program: Program): Late | undefined {
  const method = methodCall(call);
  if (method === undefined || !INPUT_EVENT.test(method.method)) return undefined;
  const target = targetKey(method.receiver);
  const at = executedAt(call);
  const owner = flowOwner(at);
  if (target === undefined || owner === undefined || !isFunctionLike(owner)) return undefined;
  let shown: CallExpression | undefined;
  let isHeard = false;
  walk(owner, (it) => {
    if (!is.CallExpression(it) || it === call || call.pos <= it.pos) return undefined;
    const other = methodCall(it);
    if (other === undefined || targetKey(other.receiver) !== target) return undefined;
    if (flowOwner(executedAt(it)) !== owner) return undefined;
    if (other.method === "show") shown ??= it;
    isHeard ||=
      ANSWER.test(other.method) ||
      other.method === method.method ||
      (shown !== undefined && INPUT_EVENT.test(other.method));
    return undefined;
  });
  if (shown === undefined || isHeard) return undefined;
  if (pathFrom(shown, { until: (it) => it === at }, program) === undefined) return undefined;
  const [pause] = suspensionsBetween(shown, at, program);
  return pause && { trigger: shown, kind: "shown", pause, event: method.method };
}

/** The call, or the `new Promise` in whose executor it is made. */
function executedAt(call: Node): Node {
  const owner = flowOwner(call);
  const { parent } = owner === undefined || !isFunctionLike(owner) ? call : wrapped(owner);
  const isPromise = is.NewExpression(parent) && nameOf(unwrapped(parent.expression)) === "Promise";
  return isPromise ? parent : call;
}

function isHeardBefore(
  call: CallExpression,
  listening: Listening,
  owner: FunctionLike,
  program: Program,
): boolean {
  let isHeard = false;
  walkBody(owner, (it) => {
    if (!is.CallExpression(it) || it === call || call.pos <= it.pos) return undefined;
    const other = listeningBy(it, program);
    isHeard ||= other?.target === listening.target && other.event === listening.event;
    return undefined;
  });
  return isHeard;
}

function behindTrigger(
  call: CallExpression,
  { target, event }: Listening,
  owner: FunctionLike,
  program: Program,
): Late | undefined {
  let trigger: CallExpression | undefined;
  walkBody(owner, (it) => {
    if (!is.CallExpression(it) || it === call || call.pos <= it.pos) return undefined;
    const method = methodCall(it);
    const sets = method !== undefined && SET_OFF.get(method.method)?.includes(event) === true;
    if (sets && targetKey(method.receiver) === target) trigger = it;
    return undefined;
  });
  if (trigger === undefined) return undefined;
  if (pathFrom(trigger, { until: (it) => it === call }, program) === undefined) return undefined;
  const [pause] = suspensionsBetween(trigger, call, program);
  return pause && { trigger, kind: "set-off", pause, event };
}

/** Behind a pause since the emitter was made, or came in as a connection. */
function behindStart(
  call: CallExpression,
  { target, event, emitter }: Listening,
  owner: FunctionLike,
  program: Program,
): Late | undefined {
  const { type } = program.types.value(emitter);
  if (program.models.type(type)?.comes?.includes(event) !== true) return undefined;
  const parameter = owner.parameters.find((it) => nameOf(it.name) === target);
  const made = parameter === undefined ? madeIn(owner, target, call) : undefined;
  const trigger = made ?? (isConnectionHandler(owner, program) ? parameter : undefined);
  if (trigger === undefined) return undefined;
  const pauses = pausesOnWay(made ?? owner, call, undefined, program) ?? [];
  const isAboutIt = (pause: Node) => speaksOf(pause, target);
  const [pause] = pauses;
  if (pause === undefined || pauses.some(isAboutIt)) return undefined;
  return { trigger, kind: made === undefined ? "handed-over" : "made", pause, event };
}

/** The last call in front of the listening that makes what the reference stands for. */
function madeIn(owner: FunctionLike, target: string, call: CallExpression): Node | undefined {
  let made: Node | undefined;
  walkBody(owner, (it) => {
    if (call.pos <= it.pos) return undefined;
    const [place, value] = is.VariableDeclaration(it)
      ? [it.name, it.initializer]
      : isAssignment(it)
        ? [it.left, it.right]
        : [];
    if (place === undefined || value === undefined || targetKey(place) !== target) return undefined;
    const maker = unwrapped(value);
    made = is.CallExpression(maker) || is.NewExpression(maker) ? maker : undefined;
    return undefined;
  });
  return made;
}

/** Whether the function is written out as what is called for each connection. */
function isConnectionHandler(owner: FunctionLike, program: Program): boolean {
  const { parent } = wrapped(owner);
  if (!is.CallExpression(parent)) return false;
  const event = registrationOf(parent, program)?.event;
  return event !== undefined && CONNECTS.test(eventKey(event) ?? "");
}

const CONNECTS = /^connect(?:ion)?$/;

function speaksOf(pause: Node, target: string): boolean {
  let found = false;
  walk(pause, (it) => {
    found ||= targetKey(it) === target;
    return undefined;
  });
  return found;
}

function listeningBy(call: CallExpression, program: Program): Listening | undefined {
  const callee = unwrapped(call.expression);
  const [first, second] = call.arguments;
  if (is.Identifier(callee) && nameOf(callee) === "once" && first !== undefined) {
    const isNodes = program.types.symbol(callee)?.module === "node:events";
    return isNodes && second !== undefined ? toListen(first, second) : undefined;
  }
  const registration = registrationOf(call, program);
  return registration?.target && toListen(registration.target, registration.event);
}

function toListen(written: Node, name: Node): Listening | undefined {
  const target = targetKey(written);
  const event = eventKey(name);
  return target === undefined || event === undefined
    ? undefined
    : { target, event, emitter: written };
}
