import { type Edit, insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import type { AbortListener } from "../../analysis/facts/abort-listeners.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  is,
  isAsync,
  isFunctionExpression,
  type Node,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
  unwrapped,
  walk,
} from "../../analysis/syntax.ts";
import { insertAt } from "./catch-in-function.ts";
import { indentOf } from "./statements.ts";
import { unitOf } from "./indents.ts";

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
      ? inFinally(rest, removes)
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

/** `try { … } finally { remove }` around the statements that are left. */
function inFinally(rest: readonly Node[], removes: string): Edit[] | undefined {
  const [first] = rest;
  const last = rest.at(-1);
  if (first === undefined || last === undefined || rest.some(declaresFunction)) return undefined;
  const indent = indentOf(first);
  const inner = indent + unitOf(sourceFileOf(first));
  const file = sourceFileOf(first);
  const start = startOf(first, file);
  const lines: Edit[] = [];
  for (let line = file.text.indexOf("\n", start) + 1; 0 < line && line < last.end; ) {
    if (!/[\r\n]/.test(file.text.charAt(line))) lines.push(insertAt(first, line, unitOf(file)));
    line = file.text.indexOf("\n", line) + 1;
  }
  if (
    bodyHas(
      file,
      (it) =>
        is.TemplateExpression(it) &&
        start < it.pos &&
        it.end < last.end &&
        textOf(it).includes("\n"),
    )
  ) {
    return undefined;
  }
  return [
    insertBefore(first, `try {\n${inner}`),
    ...lines,
    insertAfter(last, `\n${indent}} finally {\n${inner}${removes};\n${indent}}`),
  ];
}

function declaresFunction(statement: Node): boolean {
  return (
    is.FunctionDeclaration(statement) || bodyHas(statement, (it) => is.FunctionDeclaration(it))
  );
}
