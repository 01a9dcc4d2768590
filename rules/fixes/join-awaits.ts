import { type Edit, insertAfter, insertBefore } from "../../analysis/edit.ts";
import type { Held } from "../../analysis/facts/held-promises.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Fix } from "../../analysis/rule.ts";
import { bodyHas, is, type Node, nameOf, unwrapped, walk } from "../../analysis/syntax.ts";
import { onlyDeclarationIn } from "./await-held.ts";

/**
 * Waits for the promise in the next statement of the block that awaits something, together with
 * that: `await Promise.all([p, audit()])`. Only in a plain `await x;` or `const y = await x;` that
 * does not mention the variable, so that the two are independent of each other.
 */
export function joinNextAwait({ declaration, name, isArray }: Held): Fix[] {
  const statement = onlyDeclarationIn(declaration);
  const awaited = statement && nextAwait(statement);
  if (awaited === undefined || isArray || !canAwaitAt(awaited.expression)) return [];
  if (mentions(awaited.expression, name)) return [];
  const { parent } = awaited;
  const takes: Edit[] = is.VariableDeclaration(parent)
    ? [insertBefore(parent.name, "[, "), insertAfter(parent.name, "]")]
    : [];
  return [
    {
      title: `Wait for '${name}' together with the next step`,
      safety: "suggestion",
      edits: [
        ...takes,
        insertBefore(awaited.expression, `Promise.all([${name}, `),
        insertAfter(awaited.expression, "])"),
      ],
    },
  ];
}

function nextAwait(statement: Node) {
  const { parent } = statement;
  if (!is.Block(parent) && !is.SourceFile(parent)) return undefined;
  for (const next of parent.statements.slice(parent.statements.indexOf(statement) + 1)) {
    const awaited = awaitIn(next);
    if (awaited !== undefined) return awaited;
    // Elsewhere in a statement, an `await` may come too late, or on some way only.
    if (bodyHas(next, pauses)) return undefined;
  }
  return undefined;
}

function pauses(node: Node): boolean {
  return is.AwaitExpression(node) || is.AwaitKeyword(node) || is.YieldExpression(node);
}

/** The `await` that a statement consists of, but for the name that its value gets. */
function awaitIn(statement: Node) {
  if (is.ExpressionStatement(statement)) {
    return is.AwaitExpression(statement.expression) ? statement.expression : undefined;
  }
  if (!is.VariableStatement(statement)) return undefined;
  const [only, another] = statement.declarationList.declarations;
  if (only?.initializer === undefined || another !== undefined) return undefined;
  // An annotation would have to become that of a tuple.
  if (only.type !== undefined || !is.AwaitExpression(only.initializer)) return undefined;
  return only.initializer;
}

function mentions(node: Node, name: string): boolean {
  let found = nameOf(unwrapped(node)) === name;
  walk(node, (it) => {
    found ||= is.Identifier(it) && it.text === name;
    return found ? "skip" : undefined;
  });
  return found;
}
