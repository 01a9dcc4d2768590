import { insertBefore, replace } from "../../analysis/edit.ts";
import type { BackgroundLoop } from "../../analysis/facts/background-loops.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  isInside,
  isJavaScript,
  nameOf,
  sourceFileOf,
  startOf,
} from "../../analysis/syntax.ts";
import { atHeadOf, indentOf } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

/**
 * A field that the end of the object sets and that each turn of the loop asks. The turn that is under
 * way goes on to its end, which nobody waits for.
 */
export function endLoopInTeardown({ loop, fn, of, teardown }: BackgroundLoop): Fix[] {
  const [first] = of.members;
  const { body } = teardown;
  const field = unusedName(of, ["ended", "stopped", "isEnded"]);
  if (first === undefined || field === undefined || !is.Block(body)) return [];
  // Elsewhere `this` is another object.
  if (!isInside(fn, of) || is.FunctionExpression(fn) || is.FunctionDeclaration(fn)) return [];
  const file = sourceFileOf(loop);
  const asks = `!this.${field}`;
  const head = { file: file.fileName, start: startOf(loop, file), text: `while (${asks}) ` };
  const condition = is.WhileStatement(loop) || is.DoStatement(loop) ? loop.expression : undefined;
  if (condition === undefined && !is.ForStatement(loop)) return [];
  if (is.ForStatement(loop) && (loop.initializer ?? loop.incrementor) !== undefined) return [];
  const word = isJavaScript(file) ? "" : "private ";
  return [
    {
      title: `End the loop in '${nameOf(teardown.name) ?? "dispose"}'`,
      safety: "suggestion",
      edits: [
        insertBefore(first, `${word}${field} = false;\n${indentOf(first)}`),
        condition === undefined
          ? { ...head, end: startOf(loop.statement, file) }
          : replace(condition, asks),
        atHeadOf(body, `this.${field} = true;`),
      ],
      chosen: [field],
    },
  ];
}
