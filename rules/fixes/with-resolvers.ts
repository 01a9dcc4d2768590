import type { Executor } from "../../analysis/facts/executors.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  is,
  isInside,
  isJavaScript,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  textOf,
  walk,
  wrapped,
} from "../../analysis/syntax.ts";
import { indentOf, isInList } from "./statements.ts";
import { unusedVariable } from "./unused-name.ts";

/**
 * `Promise.withResolvers()`, and an async function beside it whose failure rejects the promise. For
 * executors that hand `resolve` on, which no plain async function can take the place of. Only where
 * the library that the project is checked against has it.
 */
export function useResolvers(
  { construction, fn, resolve, reject }: Executor,
  program: Program,
): Fix[] {
  const { body } = fn;
  const file = sourceFileOf(construction);
  const [type] = construction.typeArguments ?? [];
  if (!is.ArrowFunction(fn) || !is.Block(body) || resolve === undefined) return [];
  // What a call of it gives is `unknown` without its argument.
  if (type === undefined && !isJavaScript(file)) return [];
  if (program.types.members(construction.expression, ["withResolvers"]).length === 0) return [];
  const place = placeOf(construction);
  const rejecting = reject ?? "reject";
  if (place === undefined || isUsedOutside([resolve, rejecting], fn)) return [];
  const { statement, promise, behind } = place;
  const line = `\n${indentOf(statement)}`;
  const names = [promise, renamed("resolve", resolve), renamed("reject", rejecting)].join(", ");
  const argument = type === undefined ? "" : `<${textOf(type)}>`;
  const head = `const { ${names} } = Promise.withResolvers${argument}();${line}(async () => `;
  const end = `)().catch(${rejecting});${behind === "" ? "" : line + behind}`;
  const at = (start: number, to: number, text: string) => ({
    file: file.fileName,
    start,
    end: to,
    text,
  });
  return [
    {
      title: "Take the resolvers from 'Promise.withResolvers'",
      safety: "suggestion",
      edits: [
        at(startOf(statement, file), startOf(body, file), head),
        at(body.end, statement.end, end),
      ],
    },
  ];
}

interface Place {
  readonly statement: Node;
  /** How the promise is taken apart: `promise`, `promise: ready`. */
  readonly promise: string;
  /** What is done with it then; empty: it has the name that it had. */
  readonly behind: string;
}

/** `return new Promise(…)`, `await new Promise(…)` and `const ready = new Promise(…)`. */
function placeOf(construction: Node): Place | undefined {
  const outer = wrapped(construction).parent;
  const name = unusedVariable(construction, ["promise", "settled"]);
  const list = outer.parent;
  if (is.VariableDeclaration(outer) && is.VariableDeclarationList(list)) {
    const own = nameOf(outer.name);
    const statement = list.parent;
    const isOnly = list.declarations.length === 1 && is.VariableStatement(statement);
    const isPlain = outer.type === undefined && /^const\s/.test(textOf(statement));
    if (own === undefined || !isOnly || !isPlain || !isInList(statement)) return undefined;
    return { statement, promise: renamed("promise", own), behind: "" };
  }
  if (name === undefined) return undefined;
  const statement = is.AwaitExpression(outer) ? wrapped(outer).parent : outer;
  const isWhole = is.ReturnStatement(statement) || is.ExpressionStatement(statement);
  if (!isWhole || !isInList(statement)) return undefined;
  const before = textOf(statement).slice(0, startOf(construction) - startOf(statement));
  return { statement, promise: renamed("promise", name), behind: `${before}${name};` };
}

function renamed(member: string, name: string): string {
  return member === name ? name : `${member}: ${name}`;
}

/** Whether the names mean something else in the rest of the file. */
function isUsedOutside(names: readonly string[], fn: Node): boolean {
  let used = false;
  walk(sourceFileOf(fn), (it) => {
    used ||= is.Identifier(it) && names.includes(it.text) && !isInside(it, fn);
    return used || it === fn ? "skip" : undefined;
  });
  return used;
}
