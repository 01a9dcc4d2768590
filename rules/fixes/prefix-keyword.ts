import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import { is, isFunctionExpression, Kind, type Node, wrapped } from "../../analysis/syntax.ts";

/** `await x`, `void x`: with parentheses where the operand would fall apart without them. */
export function prefixKeyword(expression: Node, keyword: "await" | "void"): Edit[] {
  const operand = bindsTighterThanUnary(expression)
    ? [insertBefore(expression, `${keyword} `)]
    : [insertBefore(expression, `${keyword} (`), insertAfter(expression, ")")];
  if (!bindsTighterThanItsPlace(expression)) return operand;
  return [insertBefore(expression, "("), ...operand, insertAfter(expression, ")")];
}

function bindsTighterThanUnary(expression: Node): boolean {
  return (
    !is.BinaryExpression(expression) &&
    !is.ConditionalExpression(expression) &&
    !isFunctionExpression(expression) &&
    !is.YieldExpression(expression)
  );
}

/** `(await x).y`, `(await f)()`, `(await x)!`: what follows would otherwise belong to the operand. */
function bindsTighterThanItsPlace(expression: Node): boolean {
  const outer = wrapped(expression).parent;
  if (outer !== expression.parent) return false;
  if (is.PropertyAccessExpression(outer) || is.ElementAccessExpression(outer)) {
    return outer.expression === expression;
  }
  if (is.CallExpression(outer) || is.NewExpression(outer)) return outer.expression === expression;
  // The language forbids unary operators in front of `**`.
  if (is.BinaryExpression(outer) && outer.operatorToken.kind === Kind.AsteriskAsteriskToken) {
    return outer.left === expression;
  }
  return is.NonNullExpression(outer) || is.TaggedTemplateExpression(outer);
}
