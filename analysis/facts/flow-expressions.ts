import {
  childrenOf,
  hasQuestionDot,
  is,
  isAssignment,
  isAssignmentOperator,
  isClassLike,
  isFunctionLike,
  isLink,
  isOneOf,
  isTypeNode,
  Kind,
  type Node,
  type NodeOf,
  SHORT_CIRCUITS,
  unwrapped,
} from "../syntax.ts";
import { join, type Points, type Scope } from "./flow-builder.ts";
import type { Point } from "./flow-graph.ts";

// Points for expressions, operands before operators, as the language evaluates them. Parentheses
// and type assertions have no point; their inside has.

/** Builds the expression and answers with the point at which it begins. */
export function expression(written: Node, next: Point, scope: Scope, points: Points): Point {
  const node = unwrapped(written);
  // Names, keywords and literals have nothing inside.
  if (node.kind < Kind.QualifiedName) return points.add(node, [next], scope);
  const own = (how = {}) => points.add(node, [next], scope, how);
  const after = (parts: readonly (Node | undefined)[], point: Point) =>
    sequence(parts, point, scope, points);

  if (isLink(node)) return link(node, next, next, scope, points);
  if (is.BinaryExpression(node)) return binary(node, next, scope, points);
  if (is.ConditionalExpression(node)) {
    const whole = own();
    const yes = expression(node.whenTrue, whole, scope, points);
    const no = expression(node.whenFalse, whole, scope, points);
    return condition(node.condition, yes, no, scope, points);
  }
  if (is.AwaitExpression(node)) {
    return after([node.expression], own({ suspends: true, raises: "await" }));
  }
  if (is.YieldExpression(node)) {
    return after([node.expression], own({ suspends: true, raises: "await" }));
  }
  if (is.ExpressionWithTypeArguments(node)) return expression(node.expression, next, scope, points);
  if (is.NewExpression(node)) {
    return after([node.expression, ...(node.arguments ?? [])], own({ raises: "call" }));
  }
  if (is.TaggedTemplateExpression(node)) {
    const spans = is.TemplateExpression(node.template) ? node.template.templateSpans : [];
    return after([node.tag, ...spans.map((it) => it.expression)], own({ raises: "call" }));
  }
  if (is.TemplateExpression(node))
    return after(
      node.templateSpans.map((it) => it.expression),
      own(),
    );
  if (is.ObjectLiteralExpression(node)) {
    return members(node.properties, own(), scope, points);
  }
  if (isFunctionLike(node)) return own();
  if (isClassLike(node)) return classes(node, own(), scope, points);
  if (isElement(node)) return after(elementParts(node), own());
  return after(
    childrenOf(node).filter((it) => !isTypeNode(it)),
    own(),
  );
}

/** Several expressions, one after the other; what is missing is passed over. */
export function sequence(
  parts: readonly (Node | undefined)[],
  next: Point,
  scope: Scope,
  points: Points,
): Point {
  let entry = next;
  for (const part of parts.toReversed()) {
    if (part !== undefined) entry = expression(part, entry, scope, points);
  }
  return entry;
}

/** Evaluates a condition and goes on at one of two points. */
export function condition(
  written: Node,
  yes: Point,
  no: Point,
  scope: Scope,
  points: Points,
): Point {
  const node = unwrapped(written);
  if (is.PrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken) {
    return condition(node.operand, no, yes, scope, points);
  }
  if (is.BinaryExpression(node)) {
    const { operatorToken, left, right } = node;
    if (operatorToken.kind === Kind.AmpersandAmpersandToken) {
      return condition(left, condition(right, yes, no, scope, points), no, scope, points);
    }
    if (operatorToken.kind === Kind.BarBarToken) {
      return condition(left, yes, condition(right, yes, no, scope, points), scope, points);
    }
  }
  if (is.TrueKeyword(node)) return expression(node, yes, scope, points);
  if (is.FalseKeyword(node)) return expression(node, no, scope, points);
  if (is.NumericLiteral(node)) {
    return expression(node, Number(node.text) === 0 ? no : yes, scope, points);
  }
  const branch = points.add(node, [yes, no], scope, { role: "branch" });
  return expression(node, branch, scope, points);
}

/** The parts of what an assignment writes to that are evaluated before the right side. */
export function target(written: Node, next: Point, scope: Scope, points: Points): Point {
  const node = unwrapped(written);
  if (is.PropertyAccessExpression(node)) return expression(node.expression, next, scope, points);
  if (is.ElementAccessExpression(node)) {
    return sequence([node.expression, node.argumentExpression], next, scope, points);
  }
  return next;
}

/** What a pattern evaluates once the value is there: defaults, computed names, inner targets. */
export function pattern(
  written: Node | undefined,
  next: Point,
  scope: Scope,
  points: Points,
): Point {
  const node = written && unwrapped(written);
  if (node === undefined) return next;
  const inner = (part: Node, point: Point) => pattern(part, point, scope, points);
  const byDefault = (value: Node | undefined, point: Point) =>
    value === undefined ? point : join([expression(value, point, scope, points), point]);

  if (is.ObjectBindingPattern(node) || is.ArrayBindingPattern(node)) {
    return inReverse(node.elements, next, inner);
  }
  if (is.BindingElement(node)) {
    const bound = byDefault(node.initializer, inner(node.name, next));
    return computed(node.propertyName, bound, scope, points);
  }
  if (is.ArrayLiteralExpression(node)) return inReverse(node.elements, next, inner);
  if (is.ObjectLiteralExpression(node)) return inReverse(node.properties, next, inner);
  if (is.PropertyAssignment(node)) {
    return computed(node.name, inner(node.initializer, next), scope, points);
  }
  if (is.SpreadElement(node) || is.SpreadAssignment(node)) return inner(node.expression, next);
  if (isAssignment(node)) return byDefault(node.right, inner(node.left, next));
  return target(node, next, scope, points);
}

/** What making a class evaluates: its base, computed names. Static blocks are flows of their own. */
export function classes(
  node: NodeOf<"ClassDeclaration"> | NodeOf<"ClassExpression">,
  next: Point,
  scope: Scope,
  points: Points,
): Point {
  const entry = inReverse(node.members, next, (member, point) =>
    computed(nameOfMember(member), point, scope, points),
  );
  const bases = (node.heritageClauses ?? [])
    .filter((it) => it.token === Kind.ExtendsKeyword)
    .flatMap((it) =>
      it.types.map((base) => (is.ExpressionWithTypeArguments(base) ? base.expression : base)),
    );
  return sequence(bases, entry, scope, points);
}

/** `a.b`, `a[b]`, `a(b)`; `skip` is where the rest of an optional chain goes when it is cut short. */
function link(node: Node, next: Point, skip: Point, scope: Scope, points: Points): Point {
  if (!isLink(node)) return next;
  const calls = is.CallExpression(node);
  const own = points.add(node, [next], scope, calls ? { raises: "call" } : {});
  const args = calls
    ? node.arguments
    : is.ElementAccessExpression(node)
      ? [node.argumentExpression]
      : [];
  const rest = sequence(args, own, scope, points);
  const follow = hasQuestionDot(node) ? join([rest, skip]) : rest;
  let base = node.expression;
  while (is.NonNullExpression(base)) base = base.expression;
  if (isLink(base)) return link(base, follow, skip, scope, points);
  return expression(base, follow, scope, points);
}

function binary(
  node: NodeOf<"BinaryExpression">,
  next: Point,
  scope: Scope,
  points: Points,
): Point {
  const operator = node.operatorToken.kind;
  const own = points.add(node, [next], scope);
  if (SHORT_CIRCUITS.has(operator)) {
    const right = expression(node.right, own, scope, points);
    return shortCircuit(operator, node.left, right, own, scope, points);
  }
  if (!isAssignmentOperator(operator)) return operands(node, own, scope, points);
  if (operator === Kind.EqualsToken) {
    const left = unwrapped(node.left);
    if (is.ArrayLiteralExpression(left) || is.ObjectLiteralExpression(left)) {
      const written = pattern(left, own, scope, points);
      return expression(node.right, written, scope, points);
    }
    return target(left, expression(node.right, own, scope, points), scope, points);
  }
  const value = expression(node.right, own, scope, points);
  const test = LOGICAL_ASSIGNMENTS.get(operator);
  if (test === undefined) return expression(node.left, value, scope, points);
  return shortCircuit(test, node.left, value, next, scope, points);
}

const LOGICAL_ASSIGNMENTS: ReadonlyMap<number, number> = new Map([
  [Kind.AmpersandAmpersandEqualsToken, Kind.AmpersandAmpersandToken],
  [Kind.BarBarEqualsToken, Kind.BarBarToken],
  [Kind.QuestionQuestionEqualsToken, Kind.QuestionQuestionToken],
]);

function shortCircuit(
  operator: number,
  left: Node,
  right: Point,
  skip: Point,
  scope: Scope,
  points: Points,
): Point {
  if (operator === Kind.AmpersandAmpersandToken) return condition(left, right, skip, scope, points);
  if (operator === Kind.BarBarToken) return condition(left, skip, right, scope, points);
  return expression(left, join([right, skip]), scope, points);
}

/** Long sums nest to the left; they are taken apart in a loop so that none is too long. */
function operands(
  outermost: NodeOf<"BinaryExpression">,
  own: Point,
  scope: Scope,
  points: Points,
): Point {
  let node = outermost;
  let entry = own;
  for (;;) {
    entry = expression(node.right, entry, scope, points);
    const left = unwrapped(node.left);
    if (!is.BinaryExpression(left) || isConditional(left.operatorToken.kind)) {
      return expression(left, entry, scope, points);
    }
    entry = points.add(left, [entry], scope);
    node = left;
  }
}

function members(list: readonly Node[], next: Point, scope: Scope, points: Points): Point {
  return inReverse(list, next, (member, point) => {
    if (is.PropertyAssignment(member)) {
      const value = expression(member.initializer, point, scope, points);
      return computed(member.name, value, scope, points);
    }
    if (is.ShorthandPropertyAssignment(member))
      return expression(member.name, point, scope, points);
    if (is.SpreadAssignment(member)) return expression(member.expression, point, scope, points);
    if (!isFunctionLike(member)) return point;
    return computed(member.name, points.add(member, [point], scope), scope, points);
  });
}

/** Operators that may leave their right side out, or treat their left side as a target. */
function isConditional(operator: number): boolean {
  return SHORT_CIRCUITS.has(operator) || isAssignmentOperator(operator);
}

function nameOfMember(member: Node): Node | undefined {
  return isFunctionLike(member) || is.PropertyDeclaration(member) ? member.name : undefined;
}

function computed(name: Node | undefined, next: Point, scope: Scope, points: Points): Point {
  return is.ComputedPropertyName(name) ? expression(name.expression, next, scope, points) : next;
}

const isElement = isOneOf("JsxElement", "JsxSelfClosingElement", "JsxFragment");

const isClosing = isOneOf(
  "JsxClosingElement",
  "JsxOpeningFragment",
  "JsxClosingFragment",
  "JsxText",
  "JsxNamespacedName",
);

/** The expressions of a JSX element, without those of elements inside it, which are parts. */
function elementParts(node: Node): Node[] {
  return childrenOf(node).flatMap((it) => {
    if (isTypeNode(it) || isClosing(it)) return [];
    if (is.JsxExpression(it)) return it.expression ?? [];
    if (is.JsxSpreadAttribute(it)) return it.expression;
    if (is.JsxAttribute(it)) return it.initializer === undefined ? [] : elementParts(it);
    if (is.JsxAttributes(it) || is.JsxOpeningElement(it)) return elementParts(it);
    // A tag in lower case is a name of the platform, not a variable.
    if (is.Identifier(it)) return is.JsxAttribute(node) || /^[a-z]/.test(it.text) ? [] : it;
    return it;
  });
}

function inReverse(
  nodes: readonly Node[],
  next: Point,
  build: (node: Node, next: Point) => Point,
): Point {
  let entry = next;
  for (const node of nodes.toReversed()) entry = build(node, entry);
  return entry;
}
