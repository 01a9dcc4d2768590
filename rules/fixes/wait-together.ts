import type { Step } from "../../analysis/facts/serial-work.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, sourceFileOf, startOf, textOf, type Node } from "../../analysis/syntax.ts";
import { unitOf } from "./indents.ts";
import { indentOf } from "./statements.ts";

/** No line of code gets longer than this by a fix that puts several into one. */
const LONGEST = 100;

/**
 * `const [a, b] = await Promise.all([loadA(), loadB()]);` for two declarations that wait for one call
 * each. Names keep their patterns; with an annotation, or a comment in between, they stay as they are.
 */
export function waitTogether(steps: readonly Step[]): Fix[] {
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return [];
  if (steps.some(({ name }) => hasAnnotation(name)) || hasTextBetween(steps)) return [];
  const file = sourceFileOf(first.statement);
  const indent = indentOf(first.statement);
  const names = list(steps.map((it) => textOf(it.name)));
  const calls = steps.map((it) => textOf(it.awaited.expression));
  const head = `const ${names} = await Promise.all(`;
  const isShort = indent.length + head.length + list(calls).length + 2 <= LONGEST;
  const semicolon = textOf(last.statement).endsWith(";") ? ";" : "";
  const given = isShort
    ? list(calls)
    : `[\n${calls.map((it) => `${indent}${unitOf(file)}${it},\n`).join("")}${indent}]`;
  return [
    {
      title: steps.length === 2 ? "Wait for both at once" : `Wait for all ${steps.length} at once`,
      safety: "suggestion",
      edits: [
        {
          file: file.fileName,
          start: startOf(first.statement, file),
          end: last.statement.end,
          text: `${head}${given})${semicolon}`,
        },
      ],
    },
  ];
}

function list(texts: readonly string[]): string {
  return `[${texts.join(", ")}]`;
}

function hasAnnotation(name: Node): boolean {
  return is.VariableDeclaration(name.parent) && name.parent.type !== undefined;
}

function hasTextBetween(steps: readonly Step[]): boolean {
  return steps.slice(1).some(({ statement }) => {
    const file = sourceFileOf(statement);
    return file.text.slice(statement.pos, startOf(statement, file)).trim() !== "";
  });
}
