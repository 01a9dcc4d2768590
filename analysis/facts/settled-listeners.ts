import type { Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isFunctionLike,
  isInside,
  type NewExpression,
  type Node,
  sourceFileOf,
  textOf,
  unwrapped,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { constantBehind } from "./callees.ts";
import { executorOf } from "./executors.ts";
import { eventKey, isRemoved, type Registration, registrationOf, targetKey } from "./listeners.ts";

// Which listeners of a wait stay when another event has ended it?
//
//     await new Promise((resolve, reject) => {
//       this.out.once("drain", resolve);
//       this.out.once("error", reject);
//     });
//
// An event that comes again and again ends the wait, and the listener for the failure stays, one more for
// each wait. *Must*: both are added on the spot by the executor, both settle its promise, the target was
// there before (a member of the object, or a parameter), and no removal in the file may be meant for one
// of them. Events that come once in the life of a target (`open`, `close`) end few waits, and are left alone.

export interface SettledListeners {
  /** The listener for the event that ends the wait. */
  readonly ends: Registration;
  /** Those that stay then. */
  readonly stay: readonly Registration[];
}

/** The first listener of a wait, where the others stay when its event comes. */
export function listenersLeftBy(
  call: CallExpression,
  program: Program,
): SettledListeners | undefined {
  const first = registrationOf(call, program);
  if (first === undefined || !isRepeating(first)) return undefined;
  const executor = executorAround(call);
  const key = targetKey(first.target);
  if (executor === undefined || first.target === undefined || key === undefined) return undefined;
  const { fn, carriers } = executorOf(executor, program) ?? {};
  if (fn === undefined || carriers === undefined || !isFromOutside(first.target, fn, program)) {
    return undefined;
  }
  const all: Registration[] = [];
  walkBody(fn, (it) => {
    const other = is.CallExpression(it) ? registrationOf(it, program) : undefined;
    if (other !== undefined && targetKey(other.target) === key) all.push(other);
    return undefined;
  });
  const settles = ({ listener }: Registration) =>
    carriers.some((it) => it === unwrapped(listener) || isInside(it, listener));
  if (all.find((it) => settles(it) && isRepeating(it))?.call !== call) return undefined;
  const file = sourceFileOf(call);
  if (all.some((it) => it.mayHaveSignal || isRemoved(it, file, program))) return undefined;
  const stay = all.filter((it) => it.call !== call && settles(it));
  return stay.length === 0 ? undefined : { ends: first, stay };
}

const ONCE_IN_A_LIFE =
  /^(?:open|opened|connect|connected|secureConnect|listening|ready|spawn|online|load|loadend|close|closed|end|exit|finish|disconnect|disconnected|error|abort|aborted|timeout|response|success|complete|done|upgrade)$/i;

function isRepeating({ event }: Registration): boolean {
  const key = eventKey(event);
  return key !== undefined && !ONCE_IN_A_LIFE.test(key);
}

/** The promise whose executor makes the call on the spot. */
function executorAround(call: Node): NewExpression | undefined {
  for (let at = call.parent; !is.SourceFile(at); at = at.parent) {
    if (!isFunctionLike(at)) continue;
    const { parent } = wrapped(at);
    return is.NewExpression(parent) ? parent : undefined;
  }
  return undefined;
}

/** A member of the object, or a parameter of a function around: what was there before the wait. */
function isFromOutside(target: Node, executor: FunctionLike, program: Program): boolean {
  let root = unwrapped(target);
  while (is.PropertyAccessExpression(root)) root = unwrapped(root.expression);
  if (is.ThisKeyword(root)) return true;
  if (!is.Identifier(root)) return false;
  const bound = constantBehind(root, program);
  if (bound !== undefined) {
    const value = unwrapped(bound);
    return (
      textOf(value).startsWith("this.") &&
      is.PropertyAccessExpression(value) &&
      isFromOutside(value, executor, program)
    );
  }
  return isParameterAround(root.text, executor);
}

function isParameterAround(name: string, executor: FunctionLike): boolean {
  for (let at: Node = executor.parent; !is.SourceFile(at); at = at.parent) {
    if (!isFunctionLike(at)) continue;
    if (at.parameters.some((it) => is.Identifier(it.name) && it.name.text === name)) return true;
  }
  return false;
}
