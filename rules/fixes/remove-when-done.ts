import { type Edit, insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import type { AbortListener } from "../../analysis/facts/abort-listeners.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  isAsync,
  isFunctionExpression,
  type Node,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  walk,
} from "../../analysis/syntax.ts";
import { finallyAround } from "./statements-in-try.ts";
import { indentOf } from "./statements.ts";

/** Removes the listener in `finally`, or when the promise that is returned has settled. */
export function removeWhenDone({ registration, fn, end, because }: AbortListener): Fix[] {
  const { call, target, event, listener } = registration;
  const statement = statementOf(call);
  const { body } = fn;
  if (statement === undefined || target === undefined || !is.Block(body)) return [];
  if (statement.parent !== body) return [];
  const named = nameListener(listener, statement);
  if (named === undefined) return [];
  const removes = `${textOf(target)}.${opposite(call)}(${textOf(event)}, ${named.name})`;
  const rest = body.statements.slice(body.statements.indexOf(statement) + 1);
  const ending =
    because === "waits" && isAsync(fn)
      ? inFinally(rest, `${removes};`)
      : because === "returns" && rest.some((it) => is.ReturnStatement(it) && it.expression === end)
        ? [insertAfter(end, `.finally(() => ${removes})`)]
        : undefined;
  if (ending === undefined) return [];
  return [
    {
      title: "Remove the listener when the operation is over",
      safety: "suggestion",
      edits: [...named.edits, ...ending],
    },
  ];
}

function opposite({ expression }: { readonly expression: Node }): string {
  const callee = unwrapped(expression);
  const name = is.PropertyAccessExpression(callee) ? callee.name.text : "";
  return name === "addEventListener" ? "removeEventListener" : "removeListener";
}

/** A function that is written out gets a name, so that it can be removed. */
function nameListener(
  listener: Node,
  statement: Node,
): { readonly name: string; readonly edits: readonly Edit[] } | undefined {
  const written = unwrapped(listener);
  if (is.Identifier(written)) return { name: written.text, edits: [] };
  if (!isFunctionExpression(written)) return undefined;
  const name = "onAbort";
  if (mentions(name, sourceFileOf(statement))) return undefined;
  const declared = `const ${name} = ${textOf(written)};\n${indentOf(statement)}`;
  return { name, edits: [insertBefore(statement, declared), replace(listener, name)] };
}

function mentions(name: string, file: Node): boolean {
  let found = false;
  walk(file, (it) => {
    found ||= is.Identifier(it) && it.text === name;
    return found ? "skip" : undefined;
  });
  return found;
}

function inFinally(rest: readonly Node[], statement: string): Edit[] | undefined {
  const [first] = rest;
  const last = rest.at(-1);
  return first && last && finallyAround(first, last, statement);
}
