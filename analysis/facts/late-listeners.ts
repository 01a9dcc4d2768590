import type { Program } from "../program.ts";
import {
  type CallExpression,
  is,
  isFunctionLike,
  methodCall,
  type Node,
  nameOf,
  unwrapped,
  walkBody,
} from "../syntax.ts";
import { flowOwner, pathFrom } from "./flow.ts";
import { eventKey, registrationOf, targetKey } from "./listeners.ts";
import { suspensionsBetween } from "./segments.ts";

// Does a function listen for an event that may have come already?
//
// Something in the function sets off the event (`server.listen(0)`), the function pauses, and only then
// it begins to listen, by `once(server, "listening")` or a method. Both are told by the same reference
// and in the same flow. Silent where the event is listened for before the pause as well. Which call sets
// off which event is a short list, since only events that come once are missed for good.

const SET_OFF: ReadonlyMap<string, readonly string[]> = new Map([
  ["listen", ["listening"]],
  ["connect", ["connect", "secureConnect"]],
  ["end", ["finish"]],
  ["kill", ["exit"]],
  ["terminate", ["exit"]],
]);

export interface Late {
  readonly trigger: Node;
  readonly pause: Node;
  readonly event: string;
}

/** Where the event may have come before this call begins to listen. */
export function listensLate(call: CallExpression, program: Program): Late | undefined {
  const listening = listeningBy(call, program);
  const owner = flowOwner(call);
  if (listening === undefined || owner === undefined || !isFunctionLike(owner)) return undefined;
  let trigger: CallExpression | undefined;
  let isHeard = false;
  walkBody(owner, (it) => {
    if (!is.CallExpression(it) || it === call || call.pos <= it.pos) return undefined;
    const method = methodCall(it);
    const sets =
      method !== undefined && SET_OFF.get(method.method)?.includes(listening.event) === true;
    if (sets && targetKey(method.receiver) === listening.target) trigger = it;
    const other = listeningBy(it, program);
    isHeard ||= other?.target === listening.target && other.event === listening.event;
    return undefined;
  });
  if (trigger === undefined || isHeard) return undefined;
  if (pathFrom(trigger, { until: (it) => it === call }, program) === undefined) return undefined;
  const [pause] = suspensionsBetween(trigger, call, program);
  return pause && { trigger, pause, event: listening.event };
}

function listeningBy(call: CallExpression, program: Program) {
  const callee = unwrapped(call.expression);
  const [first, second] = call.arguments;
  if (is.Identifier(callee) && nameOf(callee) === "once" && first !== undefined) {
    const isNodes = program.types.symbol(callee)?.module === "node:events";
    return isNodes && second !== undefined ? toListen(first, second) : undefined;
  }
  const registration = registrationOf(call, program);
  return registration?.target && toListen(registration.target, registration.event);
}

function toListen(written: Node, name: Node) {
  const target = targetKey(written);
  const event = eventKey(name);
  return target === undefined || event === undefined ? undefined : { target, event };
}
