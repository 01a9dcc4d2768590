import { type Edit, replace } from "../../analysis/edit.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { BlockingModel } from "../../analysis/primitives/primitive.ts";
import type { Fix } from "../../analysis/rule.ts";
import { type CallExpression, is, sourceFileOf, textOf, unwrapped } from "../../analysis/syntax.ts";
import { addImport } from "./add-import.ts";
import { prefixKeyword } from "./prefix-keyword.ts";

/** `readFileSync(path)` as `await readFile(path)`, imported from where that is. */
export function awaitTwin(call: CallExpression, twin: BlockingModel["instead"]): Fix[] {
  if (twin === undefined || !canAwaitAt(call)) return [];
  const added = addImport(sourceFileOf(call), twin.from, [{ name: twin.name }]);
  const imported = added.written.get(twin.name);
  if (imported === undefined) return [];
  const own = added.edits.length === 0 ? undefined : besideIt(call, twin);
  const edits = own === undefined ? added.edits : [];
  const name = own ?? imported;
  const waits: Edit[] = prefixKeyword(call, "await");
  return [
    {
      title: `Wait for '${twin.name}' instead`,
      safety: "suggestion",
      edits: [...edits, ...joined(waits, replace(call.expression, name))],
    },
  ];
}

/** `fs.promises.readFile` for `fs.readFileSync`, which needs no further import. */
function besideIt(call: CallExpression, { name, from }: NonNullable<BlockingModel["instead"]>) {
  const callee = unwrapped(call.expression);
  if (from !== "node:fs/promises" || !is.PropertyAccessExpression(callee)) return undefined;
  return `${textOf(callee.expression)}.promises.${name}`;
}

/** An insertion and a replacement at one place as one edit, so that they do not touch. */
function joined(insertions: readonly Edit[], put: Edit): Edit[] {
  const before = insertions.filter((it) => it.start === put.start);
  const others = insertions.filter((it) => it.start !== put.start);
  return [{ ...put, text: `${before.map((it) => it.text).join("")}${put.text}` }, ...others];
}
