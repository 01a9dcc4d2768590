import {
  type FunctionLike,
  type Identifier,
  is,
  isAssignment,
  isFunctionLike,
  isOneOf,
  isShortCircuit,
  Kind,
  type Node,
  nameOf,
  walk,
  wrapped,
} from "../syntax.ts";

// Where is a parameter read, by its name?
//
// Syntactic, so that it costs no type question: identifiers of that name in the body, where they
// stand for a value. Inner functions that take a parameter of the same name are left out; other
// shadowing is not seen.

/** The places in a function's body that read the variable of this name. */
export function mentionsOf(name: string, owner: FunctionLike): readonly Identifier[] {
  const mentions: Identifier[] = [];
  if (owner.body === undefined) return mentions;
  const visit = (node: Node): "skip" | undefined => {
    if (isFunctionLike(node) && node.parameters.some((it) => nameOf(it.name) === name)) {
      return "skip";
    }
    if (is.Identifier(node) && node.text === name && isRead(node)) mentions.push(node);
    return undefined;
  };
  visit(owner.body);
  walk(owner.body, visit);
  return mentions;
}

const declares = isOneOf(
  "VariableDeclaration",
  "Parameter",
  "BindingElement",
  "FunctionDeclaration",
  "FunctionExpression",
  "ClassDeclaration",
  "ClassExpression",
  "MethodDeclaration",
  "GetAccessor",
  "SetAccessor",
  "PropertyDeclaration",
  "PropertyAssignment",
);

/** Whether an identifier stands for a value that is read, rather than naming something. */
export function isRead(node: Identifier): boolean {
  const { parent } = node;
  if (is.PropertyAccessExpression(parent)) return parent.expression === node;
  if (declares(parent) && parent.name === node) return false;
  if (is.BindingElement(parent) && parent.propertyName === node) return false;
  if (is.LabeledStatement(parent) || is.BreakStatement(parent)) return false;
  if (is.ContinueStatement(parent) || is.TypeReference(parent)) return false;
  if (is.JsxAttribute(parent)) return false;
  const plain = isAssignment(parent) && parent.operatorToken.kind === Kind.EqualsToken;
  return !(plain && parent.left === node);
}

/** Whether the value is only looked at for being there: `if (p)`, `!p`, `typeof p`, `p === q`. */
export function isOnlyTested(expression: Node): boolean {
  const node = wrapped(expression);
  const { parent } = node;
  if (is.IfStatement(parent) || is.WhileStatement(parent)) return parent.expression === node;
  if (is.ConditionalExpression(parent)) return parent.condition === node;
  if (is.TypeOfExpression(parent) || is.PrefixUnaryExpression(parent)) return true;
  if (!is.BinaryExpression(parent)) return false;
  const operator = parent.operatorToken.kind;
  if (operator === Kind.AmpersandAmpersandToken) return parent.left === node;
  return COMPARISONS.has(operator);
}

const COMPARISONS: ReadonlySet<number> = new Set([
  Kind.EqualsEqualsToken,
  Kind.EqualsEqualsEqualsToken,
  Kind.ExclamationEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
  Kind.InstanceOfKeyword,
]);

/** Whether nothing is done with the value: a statement of its own, or an operand of `void`. */
export function isDropped(expression: Node): boolean {
  const node = wrapped(expression);
  const { parent } = node;
  if (is.ExpressionStatement(parent) || is.VoidExpression(parent)) return true;
  return isShortCircuit(parent) && parent.right === node && isDropped(parent);
}
