import type { Program } from "../program.ts";
import {
  enclosingFunction,
  is,
  isAssignment,
  isFunctionLike,
  isInside,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  textOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { constantBehind } from "./callees.ts";
import { type Lock, wayTo } from "./lock-identity.ts";

// Is a chain of promises used as a lock?
//
//     const before = this.tail;
//     this.tail = new Promise((resolve) => (release = resolve));
//     await before;
//
//     this.tail = this.tail.then(() => save());
//
// Who puts himself at the end of a chain and waits for what was there before has the chain to
// himself. It is recognised where a variable or field is read, and written by the same function
// with something that this very wait leads to, or with a promise that the function settles itself.
// Whether the write comes before the next pause is taken for granted, and so is that everybody who
// matters queues up.

/** The lock that is taken by waiting for the tail of a chain: an `await`, or a call of `then`. */
export function tailTaken(wait: Node, program: Program) {
  const waited = is.AwaitExpression(wait) ? wait.expression : methodCall(wait)?.receiver;
  const tail = waited && tailBehind(waited, program);
  if (waited === undefined || tail === undefined) return undefined;
  const way = wayTo(tail, program);
  if (way === undefined || !isWritten(tail, way.id, wait, program)) return undefined;
  const lock: Lock = {
    id: way.id,
    name: textOf(tail),
    permits: 1,
    root: way.root,
    key: way.key,
    fresh: false,
  };
  const held = { lock, shared: false, since: [wait], sure: true };
  return { at: wait, use: { does: "acquire" as const }, held, holder: undefined, isTail: true };
}

/** The field or variable that is waited for, directly or by a constant that was bound to it. */
function tailBehind(waited: Node, program: Program): Node | undefined {
  const start = withoutHandlers(waited);
  if (is.PropertyAccessExpression(start) || is.ElementAccessExpression(start)) return start;
  const call = methodCall(start);
  if (call?.method === "get") return start;
  if (!is.Identifier(start)) return isFallback(start) ? tailBehind(start.left, program) : undefined;
  const bound = constantBehind(start, program);
  if (bound === undefined) return start;
  const inner = withoutHandlers(bound);
  if (isFallback(inner)) return tailBehind(inner.left, program);
  const isPlace =
    is.PropertyAccessExpression(inner) ||
    is.ElementAccessExpression(inner) ||
    is.Identifier(inner) ||
    methodCall(inner)?.method === "get";
  return isPlace ? inner : undefined;
}

/** `tails.get(key) ?? Promise.resolve()`. */
function isFallback(node: Node): node is NodeOf<"BinaryExpression"> {
  return is.BinaryExpression(node) && /^(?:\?\?|\|\|)$/.test(textOf(node.operatorToken));
}

/** The chain without the handlers that keep a failure of those before from spreading. */
function withoutHandlers(expression: Node): Node {
  const node = unwrapped(expression);
  const call = methodCall(node);
  return call?.method === "catch" ? withoutHandlers(call.receiver) : node;
}

/** Whether a function around the wait puts a new end to the chain. */
function isWritten(tail: Node, id: string, wait: Node, program: Program): boolean {
  for (let fn = enclosingFunction(wait); fn !== undefined; fn = enclosingFunction(fn)) {
    if (fn.body !== undefined && writesIn(fn.body, tail, id, wait, program)) return true;
  }
  return false;
}

function writesIn(body: Node, tail: Node, id: string, wait: Node, program: Program): boolean {
  const name = lastName(tail);
  let written = false;
  walk(body, (node) => {
    if (written) return "skip";
    const target = targetOf(node);
    if (target === undefined || lastName(target.place) !== name) return undefined;
    const isSame =
      target.key === undefined
        ? wayTo(target.place, program)?.id === id
        : id.startsWith(`${wayTo(target.place, program)?.id ?? "?"}[`);
    written = isSame && leadsFrom(target.value, wait, program);
    return undefined;
  });
  return written;
}

function targetOf(node: Node) {
  if (isAssignment(node)) return { place: unwrapped(node.left), value: node.right, key: undefined };
  const call = methodCall(node);
  const [key, value] = call?.args ?? [];
  if (call?.method !== "set" || key === undefined || value === undefined) return undefined;
  return { place: unwrapped(call.receiver), value, key };
}

/** The name that a tail goes by, cheap to compare: `tail` for `this.tail` and `tails.get(key)`. */
function lastName(place: Node): string | undefined {
  const node = unwrapped(place);
  if (is.PropertyAccessExpression(node)) return node.name.text;
  if (is.ElementAccessExpression(node)) return lastName(node.expression);
  const call = methodCall(node);
  return call === undefined ? nameOf(node) : lastName(call.receiver);
}

/** Whether the new end settles after this wait: the wait is part of it, or the function settles it. */
function leadsFrom(value: Node, wait: Node, program: Program, steps = 0): boolean {
  const node = unwrapped(value);
  if (isInside(wait, node)) return true;
  if (is.NewExpression(node)) return nameOf(node.expression) === "Promise";
  const chain = methodCall(node);
  if (chain !== undefined && CHAIN.has(chain.method)) {
    return leadsFrom(chain.receiver, wait, program, steps);
  }
  if (is.PropertyAccessExpression(node)) return node.name.text === "promise";
  if (is.CallExpression(node) && isFunctionLike(unwrapped(node.expression))) return false;
  if (!is.Identifier(node) || 4 < steps) return false;
  const bound = constantBehind(node, program);
  return bound !== undefined && leadsFrom(bound, wait, program, steps + 1);
}

const CHAIN: ReadonlySet<string> = new Set(["then", "catch", "finally"]);
