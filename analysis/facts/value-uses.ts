import {
  is,
  isJavaScript,
  isShortCircuit,
  Kind,
  type Node,
  type NodeOf,
  sourceFileOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";

// Where is a value looked at, and as what?
//
// Only syntax: which operands of a node have their value read there and then, so that a promise in
// their place cannot be meant. Left out is what also makes sense with a promise: passing it on,
// storing it, `typeof`, `instanceof`, `throw`, tagged templates, `??` outside of a condition.

export type ReadAs =
  | "condition"
  | "text"
  | "number"
  | "equal"
  | "object"
  | "properties"
  | "iterable"
  | "choice";

export interface ValueUse {
  readonly operand: Node;
  readonly as: ReadAs;
}

/** The operands whose value is read at this very node; each operand of a file is named once. */
export function valueUses(node: Node): readonly ValueUse[] {
  if (is.IfStatement(node) || is.WhileStatement(node) || is.DoStatement(node)) {
    return tests(node.expression);
  }
  if (is.ForStatement(node)) return node.condition === undefined ? [] : tests(node.condition);
  if (is.ConditionalExpression(node)) return tests(node.condition);
  if (is.PrefixUnaryExpression(node)) {
    if (node.operator === Kind.ExclamationToken) return tests(node.operand);
    return SIGNS.has(node.operator) ? [{ operand: node.operand, as: "number" }] : [];
  }
  if (is.BinaryExpression(node)) return binaryUses(node);
  if (is.TemplateExpression(node)) {
    if (is.TaggedTemplateExpression(node.parent)) return [];
    return node.templateSpans.map(({ expression }) => ({ operand: expression, as: "text" }));
  }
  if (is.SpreadAssignment(node) || is.JsxSpreadAttribute(node)) {
    return [{ operand: node.expression, as: "object" }];
  }
  if (is.ForInStatement(node)) return [{ operand: node.expression, as: "properties" }];
  if (is.SpreadElement(node) || is.ForOfStatement(node)) {
    return [{ operand: node.expression, as: "iterable" }];
  }
  return is.SwitchStatement(node) ? [{ operand: node.expression, as: "choice" }] : [];
}

const SIGNS: ReadonlySet<number> = new Set([Kind.PlusToken, Kind.MinusToken, Kind.TildeToken]);

const EQUALITY: ReadonlySet<number> = new Set([
  Kind.EqualsEqualsToken,
  Kind.EqualsEqualsEqualsToken,
  Kind.ExclamationEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
]);

/**
 * The parts of a condition that are true or false by themselves. The left sides of `&&` and `||`
 * are left to the operators, which test them wherever they stand.
 */
function tests(condition: Node): readonly ValueUse[] {
  const inner = unwrapped(condition);
  if (is.ConditionalExpression(inner)) return [...tests(inner.whenTrue), ...tests(inner.whenFalse)];
  if (!isShortCircuit(inner)) return [{ operand: condition, as: "condition" }];
  const isNullish = inner.operatorToken.kind === Kind.QuestionQuestionToken;
  return isNullish ? [...tests(inner.left), ...tests(inner.right)] : tests(inner.right);
}

function binaryUses(node: NodeOf<"BinaryExpression">): readonly ValueUse[] {
  const { left, right } = node;
  const operator = node.operatorToken.kind;
  switch (operator) {
    case Kind.AmpersandAmpersandToken:
      return tests(left);
    case Kind.BarBarToken:
      // Outside of a condition, `online && load() || cached` is a way to choose between two values.
      if (isTested(node)) return tests(left);
      return isChoice(unwrapped(left)) ? [] : [{ operand: left, as: "condition" }];
    case Kind.PlusToken:
      return [left, right].map((operand) => ({ operand, as: "text" }));
    case Kind.PlusEqualsToken:
      return [{ operand: right, as: "text" }];
    case Kind.InKeyword:
      // On a variable it may well look for what this promise has besides `then`.
      return is.CallExpression(unwrapped(right)) ? [{ operand: right, as: "properties" }] : [];
    default:
  }
  const as = EQUALITY.has(operator) ? "equal" : isNumeric(operator) ? "number" : undefined;
  if (as === undefined) return [];
  return [left, right].filter(isWorthAsking).map((operand) => ({ operand, as }));
}

function isChoice(node: Node): boolean {
  return isShortCircuit(node) || is.ConditionalExpression(node);
}

/** Whether only the truth of the expression counts. */
function isTested(expression: Node): boolean {
  const outer = wrapped(expression);
  const { parent } = outer;
  if (is.IfStatement(parent) || is.WhileStatement(parent) || is.DoStatement(parent)) {
    return parent.expression === outer;
  }
  if (is.ForStatement(parent) || is.ConditionalExpression(parent)) {
    return parent.condition === outer;
  }
  if (is.PrefixUnaryExpression(parent)) return parent.operator === Kind.ExclamationToken;
  if (!isShortCircuit(parent)) return false;
  const isAnd = parent.operatorToken.kind === Kind.AmpersandAmpersandToken;
  return (isAnd && parent.left === outer) || isTested(parent);
}

function isNumeric(operator: number): boolean {
  return (
    operator !== Kind.EqualsGreaterThanToken &&
    Kind.LessThanToken <= operator &&
    operator <= Kind.CaretToken
  );
}

/**
 * TypeScript itself rejects these operators on promises, so in its files only calls, which are
 * cheap to ask about, are looked at: somebody may be about to read the compiler's complaint.
 */
function isWorthAsking(operand: Node): boolean {
  return is.CallExpression(unwrapped(operand)) || isJavaScript(sourceFileOf(operand));
}
