import type { Edit } from "../../analysis/edit.ts";
import {
  is,
  type Node,
  type SourceFile,
  sourceFileOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { addImport } from "./add-import.ts";
import { importsOf } from "./module-style.ts";

// What a fix takes from Node's own modules, by the names that the file has for them.

export interface Written {
  readonly text: string;
  readonly edits: readonly Edit[];
}

/** `node:stream/promises`, or `stream/promises` where the file leaves the prefix out. */
export function builtin(file: SourceFile, name: string): string {
  const specifiers = importsOf(file).map((it) => it.specifier);
  const hasPrefix = specifiers.some((it) => it.startsWith("node:"));
  return !hasPrefix && specifiers.some((it) => BUILTINS.test(it)) ? name : `node:${name}`;
}

const BUILTINS =
  /^(?:assert|buffer|child_process|cluster|crypto|dns|events|fs|http|http2|https|net|os|path|perf_hooks|process|readline|stream|timers|tls|url|util|vm|worker_threads|zlib)(?:\/|$)/;

/** An export of a module of Node, imported where the file does not have it yet. */
export function fromNode(file: SourceFile, module: string, name: string): Written | undefined {
  // What is imported with the prefix, or without it, is the same module.
  const known = importsOf(file).find((it) => it.specifier.replace(/^node:/, "") === module);
  const { edits, written } = addImport(file, known?.specifier ?? builtin(file, module), [{ name }]);
  const text = written.get(name);
  return text === undefined ? undefined : { text, edits };
}

/** Another export of the module that a called function is from: `fs.rename` for `fs.writeFile`. */
export function beside(callee: Node, name: string): Written | undefined {
  const node = unwrapped(callee);
  if (is.PropertyAccessExpression(node)) {
    return { text: `${textOf(node.expression)}.${name}`, edits: [] };
  }
  if (!is.Identifier(node)) return undefined;
  const file = sourceFileOf(node);
  const from = importsOf(file).find((it) => it.named.some(({ local }) => local === node.text));
  const { edits, written } = addImport(file, from?.specifier ?? "", [{ name }]);
  const text = written.get(name);
  return from === undefined || text === undefined ? undefined : { text, edits };
}
