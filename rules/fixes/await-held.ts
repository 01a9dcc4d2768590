import type { Edit } from "../../analysis/edit.ts";
import type { Exit, Held } from "../../analysis/facts/held-promises.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, type Node, sourceFileOf, startOf } from "../../analysis/syntax.ts";
import { awaitPromise } from "./await-promise.ts";
import { statementBefore } from "./statements.ts";

/** `await save(doc);` for `const p = save(doc);`, where nobody has a use for `p`. */
export function awaitInsteadOfKeeping(held: Held, program: Program): Fix[] {
  const { declaration, mentions } = held;
  const statement = onlyDeclarationIn(declaration);
  const isUnused = mentions.blind.length === 0 && mentions.writes.length === 0;
  if (statement === undefined || !isUnused) return [];
  const file = sourceFileOf(statement);
  const start = startOf(statement, file);
  const end = startOf(held.promise, file);
  const unnamed: Edit = { file: file.fileName, start, end, text: "" };
  return awaitPromise(held.promise, program).map(({ title, safety, edits }) => ({
    title,
    safety,
    edits: [unnamed, ...edits],
  }));
}

/** `await p;` in front of each `return` that does not wait for it. */
export function awaitBeforeExits({ name, isArray, promise }: Held, exits: readonly Exit[]): Fix[] {
  if (!canAwaitAt(promise) || !exits.every(({ at }) => is.ReturnStatement(at))) return [];
  const waits = isArray ? `await Promise.all(${name});` : `await ${name};`;
  return [
    {
      title: `Await '${name}' before returning`,
      safety: "suggestion",
      edits: exits.flatMap(({ at }) => statementBefore(at, waits)),
    },
  ];
}

/** The statement, where it declares nothing else. */
export function onlyDeclarationIn(declaration: Node): Node | undefined {
  const list = declaration.parent;
  if (!is.VariableDeclarationList(list) || list.declarations.length !== 1) return undefined;
  return is.VariableStatement(list.parent) ? list.parent : undefined;
}
