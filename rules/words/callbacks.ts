import {
  calleeNameOf,
  is,
  isAssignment,
  isAsync,
  isFunctionLike,
  lastNameOf,
  nameOf,
  type Node,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { nameOfArray, nameOfCall } from "./names.ts";

/** `this async function`, `this call to \`save\``, `\`poll\``, `what \`wrap\` gives`. */
export function nameOfCallback(value: Node, at: Node): string {
  if (is.SpreadElement(value)) return `the functions in ${nameOfArray(value.expression)}`;
  const node = unwrapped(value);
  if (isFunctionLike(node)) return isAsync(node) ? "this async function" : nameOfSync(at);
  const called = is.CallExpression(node) ? calleeNameOf(node) : node;
  const name = lastNameOf(called);
  if (name === undefined) return "this function";
  return is.CallExpression(node) ? `what \`${name}\` gives` : `\`${name}\``;
}

function nameOfSync(at: Node): string {
  return is.CallExpression(unwrapped(at)) ? `this ${nameOfCall(at)}` : "this function";
}

/** Who does not wait for the function: `\`forEach\``, or `Whoever calls \`onClick\``. */
export function nameOfCaller(value: Node): string {
  const { parent } = wrapped(value);
  if (is.CallExpression(parent) || is.NewExpression(parent)) {
    const name = lastNameOf(calleeNameOf(parent));
    return name === undefined ? "The function that is called" : `\`${name}\``;
  }
  if (is.ReturnStatement(parent)) return "Whoever calls the result";
  const name = nameOfPlace(is.MethodDeclaration(value) ? value : parent);
  return name === undefined ? "Whoever calls the function" : `Whoever calls \`${name}\``;
}

function nameOfPlace(place: Node): string | undefined {
  if (is.JsxExpression(place)) return nameOfPlace(place.parent);
  if (isAssignment(place)) return lastNameOf(place.left);
  const isNamed =
    is.JsxAttribute(place) ||
    is.PropertyAssignment(place) ||
    is.ShorthandPropertyAssignment(place) ||
    is.MethodDeclaration(place) ||
    is.VariableDeclaration(place);
  return isNamed ? nameOf(place.name) : undefined;
}
