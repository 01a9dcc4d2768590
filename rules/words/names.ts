import { chainStart } from "../../analysis/facts/promises.ts";
import {
  calleeNameOf,
  is,
  isFunctionLike,
  type Node,
  nameOf,
  unwrapped,
} from "../../analysis/syntax.ts";

/** `call to \`save\`` for `api.save(cart).then(log)`; `promise` for what is not a plain call. */
export function nameOfCall(expression: Node): string {
  const start = chainStart(expression);
  const name = is.CallExpression(start) ? nameOf(calleeNameOf(start)) : undefined;
  return name === undefined ? "promise" : `call to \`${name}\``;
}

/** `call to \`load\``, `promise \`loading\``, or just `promise` for what has no short name. */
export function nameOfPromise(expression: Node): string {
  const inner = unwrapped(expression);
  const name = is.PropertyAccessExpression(inner) ? inner.name : inner;
  return is.Identifier(name) || is.PrivateIdentifier(name)
    ? `promise \`${name.text}\``
    : nameOfCall(inner);
}

/** `\`save\`` for a function with a name, `this function` for one without. */
export function nameOfFunction(node: Node | undefined): string {
  if (!isFunctionLike(node)) return "this function";
  const name = nameOf(node.name) ?? nameOfHolder(node);
  return name === undefined ? "this function" : `\`${name}\``;
}

/** The variable or property that an unnamed function is put into. */
function nameOfHolder(node: Node): string | undefined {
  const holder = node.parent;
  if (is.VariableDeclaration(holder) || is.PropertyDeclaration(holder)) return nameOf(holder.name);
  return is.PropertyAssignment(holder) ? nameOf(holder.name) : undefined;
}
