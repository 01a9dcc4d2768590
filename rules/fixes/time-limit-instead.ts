import { type Edit, replace } from "../../analysis/edit.ts";
import type { Orphan } from "../../analysis/facts/controllers.ts";
import { variableBehind } from "../../analysis/facts/references.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type Node, nameOf, unwrapped, wrapped } from "../../analysis/syntax.ts";
import { unusedVariable } from "./unused-name.ts";

/**
 * `const signal = AbortSignal.timeout(30_000);` for a controller that nobody can abort: so that the
 * signal does what it looks like.
 */
export function timeLimitInstead({ holder }: Orphan, program: Program): Fix[] {
  if (!is.Identifier(holder) || !is.VariableDeclaration(holder.parent)) return [];
  const { initializer } = holder.parent;
  const variable = variableBehind(holder, program);
  const name = unusedVariable(holder, ["signal", "timeLimit", "limit"]);
  if (variable === undefined || initializer === undefined || name === undefined) return [];
  const edits: Edit[] = [];
  for (const mention of variable.mentions) {
    if (mention === holder) continue;
    const access = wrapped(mention).parent;
    if (!is.PropertyAccessExpression(access)) return [];
    edits.push(replace(placeOf(access), shorthand(access, name)));
  }
  return [
    {
      title: "Limit it to 30 seconds, with 'AbortSignal.timeout'",
      safety: "suggestion",
      edits: [replace(holder, name), replace(initializer, "AbortSignal.timeout(30_000)"), ...edits],
      chosen: ["30_000"],
    },
  ];
}

/** `signal: controller.signal` as a whole, where the shorthand says the same. */
function placeOf(access: Node): Node {
  const outer = wrapped(access);
  const { parent } = outer;
  const isShort = is.PropertyAssignment(parent) && nameOf(parent.name) === "signal";
  return isShort && unwrapped(parent.initializer) === access ? parent : access;
}

function shorthand(access: Node, name: string): string {
  const place = placeOf(access);
  return place === access || name === "signal" ? name : `signal: ${name}`;
}
