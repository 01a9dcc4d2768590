import { chainStart } from "../../analysis/facts/promises.ts";
import {
  calleeNameOf,
  is,
  isFunctionExpression,
  isFunctionLike,
  type Node,
  nameOf,
  unwrapped,
} from "../../analysis/syntax.ts";

/** `call to \`save\`` for `api.save(cart).then(log)`; `promise` for what is not a plain call. */
export function nameOfCall(expression: Node): string {
  const start = chainStart(expression);
  if (!is.CallExpression(start)) return "promise";
  const callee = calleeNameOf(start);
  if (isFunctionExpression(callee)) return "call to an async function";
  const name = nameOf(callee);
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

/** Starts a sentence: `\`total\``, `What \`sum\` gives`, `This value`. */
export function nameOfValue(expression: Node): string {
  const name = shortName(expression);
  if (name === undefined) return "This value";
  return is.CallExpression(operandOf(expression)) ? `What \`${name}\` gives` : `\`${name}\``;
}

/** `\`tasks\``, `what \`tasks\` gives`, `this array`. */
export function nameOfArray(expression: Node): string {
  const name = shortName(expression);
  if (name === undefined) return "this array";
  return is.CallExpression(operandOf(expression)) ? `what \`${name}\` gives` : `\`${name}\``;
}

function operandOf(expression: Node): Node {
  const inner = unwrapped(expression);
  return is.AwaitExpression(inner) ? unwrapped(inner.expression) : inner;
}

/** The last name in it: `close` for `this.connection.close`, `load` for `await api.load(id)`. */
function shortName(expression: Node): string | undefined {
  const inner = operandOf(expression);
  const named = is.CallExpression(inner) ? calleeNameOf(inner) : inner;
  const name = is.PropertyAccessExpression(named) ? named.name : named;
  return is.Identifier(name) || is.PrivateIdentifier(name) ? name.text : undefined;
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
