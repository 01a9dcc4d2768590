import type { Place } from "../engine/type-engine.ts";
import { type Program, resolve } from "../program.ts";
import {
  ancestor,
  bodyHas,
  declarationKeyword,
  enclosingFunction,
  is,
  isAssignment,
  isAsync,
  isClassLike,
  isFunctionLike,
  isJavaScript,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";

// Is a value sure to be there, and does the code know that it is a promise?
//
// Types leave out much of what is missing at run time: an element read by its index, a field that
// is assigned later, everything where nulls are not checked. Testing such a promise for presence is
// the right thing to do, so "may be missing" is said as soon as one of these ways is open.

/** Whether the value may be `undefined` although its type does not say so. */
export function mayBeMissing(expression: Node, program: Program): boolean {
  const inner = unwrapped(expression);
  if (inner !== expression && !is.ParenthesizedExpression(expression)) return true;
  if (is.CallExpression(inner)) return !isSureToReturn(inner, program);
  if (!program.types.strictNulls || isJavaScript(sourceFileOf(inner))) return true;
  if (is.ElementAccessExpression(inner)) return true;
  if (is.PropertyAccessExpression(inner)) return isDeclaredLoosely(inner.name, program);
  return is.Identifier(inner) && isDeclaredLoosely(inner, program);
}

/** An async function always gives a promise; of others only checked types can say so. */
function isSureToReturn(call: Node, program: Program): boolean {
  const { symbol, functions } = calleeOf(call, program);
  if (0 < functions.length && functions.every(isAsync)) return true;
  return program.types.strictNulls && !(symbol?.declarations ?? []).some(isInJavaScript);
}

function isInJavaScript({ file }: Place): boolean {
  return /\.[cm]?jsx?$/.test(file);
}

function isDeclaredLoosely(name: Node, program: Program): boolean {
  const symbol = program.types.symbol(name);
  // Members of an index signature have no symbol, and platforms differ in what they have.
  const place = symbol?.module === "own" ? symbol.declarations[0] : undefined;
  const declaration = place && resolve(place, program);
  if (is.VariableDeclaration(declaration)) {
    const { initializer } = declaration;
    return initializer === undefined
      ? !isConstant(declaration)
      : mayBeMissing(initializer, program);
  }
  if (is.BindingElement(declaration)) {
    return (
      is.ArrayBindingPattern(declaration.parent) ||
      is.ComputedPropertyName(declaration.propertyName)
    );
  }
  if (is.PropertyDeclaration(declaration)) {
    return declaration.initializer === undefined && !isSetByConstructor(declaration);
  }
  return declaration === undefined;
}

/** A constant without a value is an element of a loop, or declared for somebody else to set. */
function isConstant({ parent }: Node): boolean {
  return is.VariableDeclarationList(parent) && declarationKeyword(parent) === "const";
}

function isSetByConstructor(field: Node & { readonly name: Node }): boolean {
  const owner = field.parent;
  const constructor = isClassLike(owner) ? owner.members.find(is.Constructor) : undefined;
  return (
    constructor !== undefined &&
    bodyHas(
      constructor,
      (it) => isAssignment(it) && textOf(it.left) === `this.${nameOf(field.name)}`,
    )
  );
}

const CHAIN: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

/**
 * Whether the code around a variable or field treats it as the promise that it is: awaits it, hands
 * it on, or listens to it. A test of it is then one for presence, needless as that may be.
 */
export function isKnownAsPromise(reference: Node): boolean {
  const inner = unwrapped(reference);
  if (!is.Identifier(inner) && !is.PropertyAccessExpression(inner)) return false;
  const text = textOf(inner);
  const isSame = (it: Node | undefined) => it !== undefined && textOf(unwrapped(it)) === text;
  let known = false;
  walk(outermostFunction(inner), (node) => {
    if (is.AwaitExpression(node) || is.ReturnStatement(node)) known ||= isSame(node.expression);
    if (is.PropertyAccessExpression(node)) {
      known ||= CHAIN.has(node.name.text) && isSame(node.expression);
    }
    if (is.CallExpression(node)) known ||= node.arguments.some(isSame);
    return known ? "skip" : undefined;
  });
  return known;
}

function outermostFunction(node: Node): Node {
  let at = node;
  for (let owner = enclosingFunction(at); owner !== undefined; owner = enclosingFunction(owner)) {
    at = owner;
  }
  return at === node ? (ancestor(node, isFunctionLike) ?? sourceFileOf(node)) : at;
}
