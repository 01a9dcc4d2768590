import type { Program } from "../../analysis/program.ts";
import {
  type FunctionLike,
  is,
  type Node,
  sourceFileOf,
  startOf,
  walk,
} from "../../analysis/syntax.ts";

/**
 * Whether an expression of the function means the same outside of it: it mentions nothing that is
 * declared in there but what is left out, and no `this` unless that is the same there.
 */
export function canLeave(
  expression: Node,
  fn: FunctionLike,
  program: Program,
  { withThis, except = [] }: { readonly withThis: boolean; readonly except?: readonly string[] },
): boolean {
  const file = sourceFileOf(fn);
  let can = true;
  walk(expression, (it) => {
    can &&=
      !is.AwaitExpression(it) &&
      !is.YieldExpression(it) &&
      !is.SuperKeyword(it) &&
      (withThis || !is.ThisKeyword(it));
    if (!can) return "skip";
    if (!is.Identifier(it) || except.includes(it.text)) return undefined;
    const { parent } = it;
    if (is.PropertyAccessExpression(parent) && parent.name === it) return undefined;
    if (is.PropertyAssignment(parent) && parent.name === it) return undefined;
    if (it.text === "arguments") can = false;
    const places = program.types.symbol(it)?.declarations ?? [];
    const isOwn = places.some(
      ({ file: path, start, end }) =>
        path === file.fileName &&
        startOf(fn, file) <= start &&
        end <= fn.end &&
        !isIn(start, expression),
    );
    can &&= !isOwn;
    return undefined;
  });
  return can;
}

function isIn(start: number, { pos, end }: Node): boolean {
  return pos <= start && start < end;
}
