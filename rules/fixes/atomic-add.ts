import { replace } from "../../analysis/edit.ts";
import type { Steps } from "../../analysis/facts/shared-memory.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  isAssignment,
  Kind,
  type Node,
  statementOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";

/** `Atomics.add(cells, 0, n)` for `cells[0] += n`, where nobody uses the value of the assignment. */
export function addAtomically({ write, read, array, index }: Steps): Fix[] {
  if (statementOf(write) === undefined) return [];
  const change = changeBy(write, read);
  if (change === undefined) return [];
  const [method, amount] = change;
  return [
    {
      title: `Use 'Atomics.${method}'`,
      safety: "suggestion",
      edits: [replace(write, `Atomics.${method}(${textOf(array)}, ${textOf(index)}, ${amount})`)],
    },
  ];
}

function changeBy(write: Node, read: Node): readonly ["add" | "sub", string] | undefined {
  if (is.PostfixUnaryExpression(write) || is.PrefixUnaryExpression(write)) {
    return write.operator === Kind.PlusPlusToken ? ["add", "1"] : ["sub", "1"];
  }
  if (!isAssignment(write)) return undefined;
  const operator = write.operatorToken.kind;
  if (operator === Kind.PlusEqualsToken) return ["add", textOf(write.right)];
  if (operator === Kind.MinusEqualsToken) return ["sub", textOf(write.right)];
  const value = unwrapped(write.right);
  if (operator !== Kind.EqualsToken || !is.BinaryExpression(value)) return undefined;
  if (unwrapped(value.left) !== unwrapped(read)) return undefined;
  if (value.operatorToken.kind === Kind.PlusToken) return ["add", textOf(value.right)];
  return value.operatorToken.kind === Kind.MinusToken ? ["sub", textOf(value.right)] : undefined;
}
