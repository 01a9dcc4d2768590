import type { Program } from "../program.ts";
import {
  type CallExpression,
  is,
  methodCall,
  type Node,
  nameOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { mentionsOfBinding } from "./bindings.ts";
import { flowOwner, pathFrom } from "./flow.ts";
import { isStarted, type Late } from "./held-promises.ts";
import { partOf } from "./paths.ts";
import { variableBehind } from "./references.ts";
import { mayReject } from "./summaries.ts";

// Is a promise that is put into a list looked at in time?
//
// `jobs.push(save(doc))` starts the work, and `await Promise.all(jobs)` at the end of the loop listens
// to it. Where the loop pauses in between, a rejection has no handler yet, which ends the process in
// Node although a handler would have come. *May* questions on the flow graph, about lists that a
// variable of the same function holds and no nested function sees; every mention of the list but
// putting something in and asking for its length counts as looking. Preferred mistake: silence.

export interface Collected extends Late {
  /** The call whose promise is put in. */
  readonly promise: Node;
  /** What the list is called. */
  readonly list: string;
}

/** The promise that a call puts into a list, and a pause before anybody looks at the list. */
export function collectedTooEarly(call: CallExpression, program: Program): Collected | undefined {
  const method = methodCall(call);
  if (method === undefined || !PUTS.has(method.method)) return undefined;
  const [argument, another] = method.args;
  const promise = argument && unwrapped(argument);
  if (promise === undefined || another !== undefined || !is.CallExpression(promise))
    return undefined;
  const list = unwrapped(method.receiver);
  const variable = is.Identifier(list) ? variableBehind(list, program) : undefined;
  const declaration = variable?.declaration;
  if (!is.VariableDeclaration(declaration) || flowOwner(declaration) !== flowOwner(call)) {
    return undefined;
  }
  const { reads, blind, captured } = mentionsOfBinding(declaration, program);
  if (captured || !isStarted(promise, program) || mayReject(promise, program) === undefined) {
    return undefined;
  }
  const looks = new Set<Node>([...reads, ...blind].filter((it) => !isPutOrCount(it)));
  const isLook = (node: Node) => looks.has(node);
  const path = pathFrom(call, { until: "suspension", stops: isLook }, program);
  if (path === undefined) return undefined;
  const on = pathFrom(path.at, { until: isLook, exceptions: "awaited" }, program);
  if (on === undefined) return undefined;
  return { promise, list: variable?.name.text ?? "", pause: partOf(path.at), look: on.at };
}

const PUTS: ReadonlySet<string> = new Set(["push", "unshift", "add"]);

/** `jobs.push(…)`, `jobs.length`. */
function isPutOrCount(mention: Node): boolean {
  const { parent } = wrapped(mention);
  if (!is.PropertyAccessExpression(parent)) return false;
  const name = nameOf(parent.name) ?? "";
  return PUTS.has(name) || name === "length" || name === "size";
}
