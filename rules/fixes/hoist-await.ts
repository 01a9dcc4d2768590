import { insertBefore, replace } from "../../analysis/edit.ts";
import type { Access } from "../../analysis/facts/access-kinds.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  calleeNameOf,
  is,
  isAssignment,
  type Node,
  nameOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  walkBody,
  wrapped,
} from "../../analysis/syntax.ts";
import { indentOf, isInList } from "./statements.ts";

/**
 * `const price = await load(id); total += price;` for `total += await load(id)`: the pause comes
 * first, and nothing comes in between the read and the write. What else is evaluated on the right
 * side must not notice that it now runs after the pause instead of before: names, literals and
 * property paths.
 */
export function hoistAwait({ at, value, reference }: Access): Fix[] {
  const statement = statementOf(at);
  if (!isAssignment(at) || value === undefined || statement === undefined) return [];
  if (!isInList(statement)) return [];
  const awaits = awaitsIn(value);
  const [awaited] = awaits;
  if (awaited === undefined || awaits.length > 1 || !isStill(value, awaited)) return [];
  const name = freeName(awaited, statement);
  const outer = wrapped(awaited);
  const isWhole = unwrapped(value) === awaited;
  const isOneLine = !textOf(statement.parent).includes("\n");
  const gap = isOneLine ? " " : `\n${indentOf(statement)}`;
  return [
    {
      title: `Await first, then change '${textOf(reference)}'`,
      safety: "safe",
      edits: [
        insertBefore(statement, `const ${name} = ${textOf(awaited)};${gap}`),
        replace(isWhole ? value : outer, name),
      ],
      chosen: [name],
    },
  ];
}

function awaitsIn(value: Node): Node[] {
  const found: Node[] = [];
  const visit = (node: Node): undefined => {
    if (is.AwaitExpression(node)) found.push(node);
    return undefined;
  };
  visit(value);
  walkBody(value, visit);
  return found;
}

/** Whether everything beside the awaited part can just as well be evaluated later. */
function isStill(value: Node, awaited: Node): boolean {
  let still = true;
  const visit = (node: Node): "skip" | undefined => {
    if (node === awaited) return "skip";
    const isConditional =
      is.ConditionalExpression(node) ||
      (is.BinaryExpression(node) && /^(?:&&|\|\||\?\?)$/.test(textOf(node.operatorToken)));
    still &&= !isConditional && !is.CallExpression(node) && !is.NewExpression(node);
    return still ? undefined : "skip";
  };
  if (visit(value) !== "skip") walkBody(value, visit);
  return still;
}

/** A name that the file does not use yet: after what is called, or what anybody would take. */
export function freeName(awaited: Node, near: Node): string {
  const text = sourceFileOf(near).text;
  const isFree = (name: string) => !new RegExp(`\\b${name}\\b`).test(text);
  return [...namesFor(awaited), "value", "result", "awaited"].find(isFree) ?? "awaitedValue";
}

/** `price` for `await loadPrice(id)`, `fetchPrice(id)` and `prices.getPrice()`. */
function namesFor(awaited: Node): string[] {
  if (!is.AwaitExpression(awaited)) return [];
  const call = unwrapped(awaited.expression);
  const name = is.CallExpression(call) ? nameOf(calleeNameOf(call)) : undefined;
  const noun = /^(?:load|fetch|get|read|find|create|compute|make|query)([A-Z]\w*)$/.exec(
    name ?? "",
  )?.[1];
  return noun === undefined ? [] : [`${noun.charAt(0).toLowerCase()}${noun.slice(1)}`];
}
