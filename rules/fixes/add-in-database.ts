import { replace } from "../../analysis/edit.ts";
import type { RecordRace } from "../../analysis/facts/records.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, isInside, Kind, type Node, nameOf, textOf, unwrapped } from "../../analysis/syntax.ts";

/**
 * `data: { balance: { decrement: amount } }` for `data: { balance: user.balance - amount }`: the
 * database does the sum, as Prisma has it. Only where `where` and `data` show that it is Prisma.
 */
export function addInDatabase({ save, computed, name }: RecordRace): Fix[] {
  const sum = unwrapped(computed);
  const [argument, another] = save.arguments;
  const options = argument && unwrapped(argument);
  if (another !== undefined || !is.ObjectLiteralExpression(options)) return [];
  const names = new Set(
    options.properties.map((it) => ("name" in it ? nameOf(asNode(it.name)) : undefined)),
  );
  if (!names.has("where") || !names.has("data")) return [];
  if (!is.BinaryExpression(sum) || !isInside(sum, save)) return [];
  const word = WORDS.get(sum.operatorToken.kind);
  const [left, right] = [unwrapped(sum.left), unwrapped(sum.right)];
  if (word === undefined || textOf(left) !== name || textOf(right).includes(name)) return [];
  return [
    {
      title: `Let the database ${word} '${name}'`,
      safety: "suggestion",
      edits: [replace(computed, `{ ${word}: ${textOf(right)} }`)],
    },
  ];
}

const WORDS: ReadonlyMap<number, string> = new Map([
  [Kind.PlusToken, "increment"],
  [Kind.MinusToken, "decrement"],
]);

function asNode(value: unknown): Node | undefined {
  // Sound: the name of a property of an object is a node.
  return value as Node | undefined;
}
