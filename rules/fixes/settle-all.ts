import { replace } from "../../analysis/edit.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  methodCall,
  sourceFileOf,
  statementOf,
  textOf,
  wrapped,
} from "../../analysis/syntax.ts";
import { indentOf, isInList } from "./statements.ts";

/** `await Promise.all(…);` as a wait for all of them, which then throws what has failed. */
export function settleAllFirst(call: CallExpression): Fix[] {
  const statement = statementOf(wrapped(call).parent);
  if (methodCall(call)?.method !== "all" || statement === undefined || !isInList(statement)) {
    return [];
  }
  const [list] = call.arguments;
  if (list === undefined) return [];
  const results = freeName("results", sourceFileOf(call).text);
  const indent = indentOf(statement);
  const text = `const ${results} = await Promise.allSettled(${textOf(list)});\n${indent}for (const it of ${results}) if (it.status === "rejected") throw it.reason;`;
  return [
    {
      title: "Wait for all of them, then throw",
      safety: "suggestion",
      edits: [replace(statement, text)],
    },
  ];
}

/** The name, with a number behind it where the file has it already. */
function freeName(name: string, text: string): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}${count}`;
    if (!new RegExp(`\\b${candidate}\\b`).test(text)) return candidate;
  }
}
