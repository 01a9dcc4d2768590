import { insertAfter } from "../../analysis/edit.ts";
import { branchesOf } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type Node, nameOf, sourceFileOf, unwrapped } from "../../analysis/syntax.ts";

/**
 * `.catch(report)` with the handler that the file itself uses for other promises, else with
 * `console.error`. Only on plain calls: elsewhere it would need parentheses and a guess.
 */
export function catchRejection(expression: Node, program: Program): Fix[] {
  const call = unwrapped(expression);
  if (!is.CallExpression(call) || branchesOf(call).length !== 1) return [];
  const { extent, names, nullable } = program.types.promise(call);
  if (extent !== "all" || !names.every(({ name }) => name === "Promise")) return [];
  const handler = rejectionHandlerFor(call);
  const access = nullable && !isChain(call) ? "?." : ".";
  return [
    {
      title: `Handle a rejection with '${handler}'`,
      safety: "suggestion",
      edits: [insertAfter(call, `${access}catch(${handler})`)],
    },
  ];
}

/** The handler that the file itself uses for other promises, else `console.error`. */
export function rejectionHandlerFor(node: Node): string {
  return handlerUsedIn(node) ?? "console.error";
}

/** A name that is handed to `.catch` at the top level of the file's own scope. */
function handlerUsedIn(node: Node): string | undefined {
  const file = sourceFileOf(node);
  const declared = new Set(file.statements.flatMap(namesDeclaredBy));
  const used = [...file.text.matchAll(/\.catch\((?<name>[A-Za-z_$][\w$]*)\)/g)];
  return used.map((it) => it.groups?.["name"]).find((it) => it !== undefined && declared.has(it));
}

/** What a statement at the top of a file makes visible everywhere in it. */
function namesDeclaredBy(statement: Node): string[] {
  if (is.FunctionDeclaration(statement)) return [nameOf(statement.name) ?? ""];
  if (is.VariableStatement(statement)) {
    return statement.declarationList.declarations.map((it) => nameOf(it.name) ?? "");
  }
  if (!is.ImportDeclaration(statement)) return [];
  const { name, namedBindings } = statement.importClause ?? {};
  const named = is.NamedImports(namedBindings)
    ? namedBindings.elements.map((it) => it.name.text)
    : [];
  return [nameOf(name) ?? "", ...named];
}

/** `a?.b()` hands its undefined on to `.catch` by itself. */
function isChain(node: Node): boolean {
  const inner = unwrapped(node);
  if (is.CallExpression(inner) || is.PropertyAccessExpression(inner)) {
    return inner.questionDotToken !== undefined || isChain(inner.expression);
  }
  return false;
}
