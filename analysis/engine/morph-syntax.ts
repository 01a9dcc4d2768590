import { ts } from "ts-morph";

// The little of the compiler's own syntax helpers that its public interface leaves out.

/** The expression inside parentheses, assertions and `!`. */
export function inner(expression: ts.Expression): ts.Expression {
  let at = expression;
  while (
    ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at) ||
    ts.isSatisfiesExpression(at) ||
    ts.isTypeAssertionExpression(at) ||
    ts.isNonNullExpression(at)
  ) {
    at = at.expression;
  }
  return at;
}

/** The outermost expression that only puts parentheses around this one. */
export function parenthesized(node: ts.Node): ts.Node {
  let at = node;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  return at;
}

/**
 * The name by which a callee's symbol is found: `save` in `api.save(…)`. An assertion is not looked
 * through: it says another type than the symbol has.
 */
export function calleeName(expression: ts.Expression): ts.Node {
  let callee = expression;
  while (ts.isParenthesizedExpression(callee) || ts.isNonNullExpression(callee)) {
    callee = callee.expression;
  }
  return ts.isPropertyAccessExpression(callee) ? callee.name : callee;
}
