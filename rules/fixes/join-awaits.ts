import { type Edit, insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import type { Held } from "../../analysis/facts/held-promises.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  is,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
  walk,
} from "../../analysis/syntax.ts";
import { onlyDeclarationIn } from "./await-held.ts";
import { unitOf } from "./indents.ts";
import { indentOf, statementRemoved } from "./statements.ts";

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
      edits: [...takes, ...together(name, awaited.expression), ...awaitedOnce(awaited, name)],
    },
  ];
}

/** Side by side on one line, or each on lines of its own. */
function together(name: string, step: Node): Edit[] {
  const text = textOf(step);
  if (!text.includes("\n") || text.includes("`")) {
    return [insertBefore(step, `Promise.all([${name}, `), insertAfter(step, "])")];
  }
  const outer = indentOf(step);
  const unit = unitOf(sourceFileOf(step));
  const deeper = text.replace(/\n(?=.)/g, `\n${unit}`);
  const lines = [name, deeper].map((it) => `${outer}${unit}${it},\n`);
  return [replace(step, `Promise.all([\n${lines.join("")}${outer}])`)];
}

/** `await p;` right behind has nothing left to wait for. */
function awaitedOnce(awaited: Node, name: string): Edit[] {
  const statement = awaited.parent;
  const block = statement.parent;
  const list = is.Block(block) || is.SourceFile(block) ? block.statements : [];
  const next = list.find((it) => statement.end <= it.pos);
  const waits = is.ExpressionStatement(next) ? next.expression : undefined;
  const isOnlyThat = is.AwaitExpression(waits) && nameOf(unwrapped(waits.expression)) === name;
  return next !== undefined && isOnlyThat ? [statementRemoved(next)] : [];
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
