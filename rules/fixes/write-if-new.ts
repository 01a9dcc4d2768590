import { replace } from "../../analysis/edit.ts";
import type { FileWindow } from "../../analysis/facts/file-windows.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  isJavaScript,
  Kind,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { calledName } from "../../analysis/facts/race-timers.ts";
import { importDropped } from "./drop-import.ts";
import { linesIn } from "./indents.ts";
import { indentOf } from "./statements.ts";

/**
 * The write alone, for `if (!existsSync(path)) await writeFile(path, text)`: it asks the system to make
 * a new file, and goes on where there is one. Where the `if` does more, it stays.
 */
export function writeIfNew({ first, write }: FileWindow): Fix[] {
  const branch = wrapped(wrapped(first).parent).parent;
  const statement = aloneIn(branch);
  const [path, content, options] = write.arguments;
  const name = calledName(write);
  if (statement === undefined || path === undefined || content === undefined) return [];
  if (!/^writeFile(?:Sync)?$/.test(name) || !isPlainLook(branch, first)) return [];
  const given = withFlag(options);
  const waits = is.AwaitExpression(wrapped(write).parent);
  const expression = unwrapped(statement.expression);
  const isAll = waits ? wrapped(write).parent === expression : expression === write;
  if (given === undefined || !isAll || waits === name.endsWith("Sync")) return [];
  const file = sourceFileOf(write);
  const isPlain = isJavaScript(file);
  const call = `${textOf(write.expression)}(${textOf(path)}, ${textOf(content)}, ${given})`;
  const lines = waits
    ? [
        `await ${call}.catch((error${isPlain ? "" : ": NodeJS.ErrnoException"}) => {`,
        `  if (error.code !== "EEXIST") throw error;`,
        "});",
      ]
    : [
        "try {",
        `  ${call};`,
        "} catch (error) {",
        `  if (${isPlain ? "error" : "(error as NodeJS.ErrnoException)"}.code !== "EEXIST") throw error;`,
        "}",
      ];
  return [
    {
      title: "Have the system make it, and go on where it is there already",
      safety: "suggestion",
      edits: [
        ...importDropped(is.CallExpression(first) ? first.expression : first),
        replace(branch, linesIn(file, indentOf(branch), lines)),
      ],
    },
  ];
}

/** The statement that is all of an `if` without comments. */
function aloneIn(branch: Node) {
  if (!is.IfStatement(branch) || branch.elseStatement !== undefined) return undefined;
  const { thenStatement } = branch;
  const [only, another] = is.Block(thenStatement) ? thenStatement.statements : [thenStatement];
  const hasComment = /\/[/*]/.test(textOf(branch).replace(/(["'`]).*?\1/g, ""));
  return another === undefined && is.ExpressionStatement(only) && !hasComment ? only : undefined;
}

/** `!existsSync(path)`, and nothing else. */
function isPlainLook(branch: Node, look: Node): boolean {
  const test = is.IfStatement(branch) ? unwrapped(branch.expression) : undefined;
  return (
    is.PrefixUnaryExpression(test) &&
    test.operator === Kind.ExclamationToken &&
    unwrapped(test.operand) === look
  );
}

/** The options with the flag that has the write fail where there is a file; undefined: nobody knows. */
export function withFlag(options: Node | undefined): string | undefined {
  if (options === undefined) return '{ flag: "wx" }';
  const written = unwrapped(options);
  if (is.StringLiteral(written)) return `{ encoding: ${textOf(written)}, flag: "wx" }`;
  if (!is.ObjectLiteralExpression(written)) return undefined;
  const names = written.properties.map((it) => (is.PropertyAssignment(it) ? nameOf(it.name) : ""));
  const [last] = written.properties.slice(-1);
  if (last === undefined) return '{ flag: "wx" }';
  if (names.some((it) => it === "flag" || it === "" || it === undefined)) return undefined;
  const text = textOf(written);
  return text.includes("\n")
    ? undefined
    : `${text.slice(0, -1).replace(/,?\s*$/, "")}, flag: "wx" }`;
}
