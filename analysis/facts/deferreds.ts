import type { Place } from "../engine/type-engine.ts";
import { type Program, resolve } from "../program.ts";
import {
  childrenOf,
  is,
  isFunctionExpression,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  walkBody,
} from "../syntax.ts";

// Is something left waiting for ever when a promise rejects?
//
// `loading.then((value) => deferred.resolve(value))` settles the deferred when the work succeeds; when
// it fails, nothing does. A *must* question about the chain itself: the callback of `then` resolves
// something that could have been rejected as well, and no rejection handler stands beside it. A
// deferred is what has both: where `resolve` is declared, there is a `reject` next to it, which tells
// it from paths and containers. `Promise.resolve` is none.
//
// Not seen: deferreds of which only the resolver was kept, rejection from somewhere else altogether
// (a timeout, say), values of type `any`. The first and the last are silence.

/** `deferred.resolve` in the callback of `then`, or handed to it, with nothing to reject it. */
export function resolvedOnSuccessOnly(
  expression: Node,
  program: Program,
): NodeOf<"PropertyAccessExpression"> | undefined {
  const call = methodCall(unwrapped(expression));
  const [first, second] = call?.args ?? [];
  if (call?.method !== "then" || first === undefined || second !== undefined) return undefined;
  const callback = unwrapped(first);
  if (isResolver(callback, program)) return callback;
  if (!isFunctionExpression(callback) || callback.body === undefined) return undefined;
  let found: NodeOf<"PropertyAccessExpression"> | undefined;
  const look = (node: Node): undefined => {
    const callee = is.CallExpression(node) ? unwrapped(node.expression) : undefined;
    if (found === undefined && callee !== undefined && isResolver(callee, program)) found = callee;
    return undefined;
  };
  look(callback.body);
  walkBody(callback.body, look);
  return found;
}

function isResolver(node: Node, program: Program): node is NodeOf<"PropertyAccessExpression"> {
  if (!is.PropertyAccessExpression(node) || node.name.text !== "resolve") return false;
  const symbol = program.types.symbol(node.name);
  if (symbol === undefined || symbol.name.startsWith("PromiseConstructor.")) return false;
  const [place] = symbol.declarations;
  return place !== undefined && standsBesideReject(place, program);
}

function standsBesideReject(place: Place, program: Program): boolean {
  const declaration = resolve(place, program);
  if (declaration !== undefined) return childrenOf(declaration.parent).some(isReject);
  // A type that is written in a comment of JavaScript has no node that a walk comes to.
  const text = program.types.file(place.file)?.text ?? "";
  const start = text.lastIndexOf("/**", place.start);
  const end = text.indexOf("*/", place.start);
  return 0 <= start && 0 <= end && /\breject\b\??:/.test(text.slice(start, end));
}

function isReject(member: Node): boolean {
  const isMember =
    is.PropertySignature(member) ||
    is.MethodSignature(member) ||
    is.PropertyDeclaration(member) ||
    is.MethodDeclaration(member) ||
    is.PropertyAssignment(member) ||
    is.ShorthandPropertyAssignment(member);
  return isMember && nameOf(member.name) === "reject";
}
