import { replace } from "../../analysis/edit.ts";
import { applyWithin } from "./apply-within.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  methodCall,
  sourceFileOf,
  statementOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { linesIn } from "./indents.ts";
import { abortSlotIn, filled } from "./pass-signal.ts";
import { indentOf, isInList } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

const MOST_IN_A_LINE = 80;

/**
 * One controller for all of them, aborted by the first that fails; the others are waited for, and then
 * the failure is thrown. Only where each of them takes a signal: one that does not would go on.
 */
export function abortSiblings(call: CallExpression, program: Program): Fix[] {
  const statement = statementOf(wrapped(call).parent);
  const [written] = call.arguments;
  const list = written && unwrapped(written);
  if (methodCall(call)?.method !== "all" || !is.ArrayLiteralExpression(list)) return [];
  if (statement === undefined || !isInList(statement)) return [];
  const own = unusedName(call, ["controller", "siblings"]);
  const all = unusedName(call, ["tasks", "running", "started"]);
  const reason = unusedName(call, ["error", "reason", "cause"]) ?? "error";
  if (own === undefined || all === undefined) return [];
  const texts = list.elements.map((it) => {
    const slot = abortSlotIn(it, program);
    return slot && applyWithin(it, filled(slot, `${own}.signal`));
  });
  const works = texts.filter((it) => it !== undefined);
  if (works.length < texts.length || works.length < 2) return [];
  const line = `[${works.join(", ")}]`;
  const isTall = MOST_IN_A_LINE < line.length || works.some((it) => it.includes("\n"));
  const lines = [
    `const ${own} = new AbortController();`,
    ...(isTall
      ? [`const ${all} = [`, ...works.map((it) => `  ${it},`), "];"]
      : [`const ${all} = ${line};`]),
    "try {",
    `  await Promise.all(${all});`,
    `} catch (${reason}) {`,
    `  ${own}.abort(${reason});`,
    `  await Promise.allSettled(${all});`,
    `  throw ${reason};`,
    "}",
  ];
  return [
    {
      title: "Abort the others when one fails, and wait for them",
      safety: "suggestion",
      edits: [replace(statement, linesIn(sourceFileOf(statement), indentOf(statement), lines))],
      chosen: [own, all],
    },
  ];
}
