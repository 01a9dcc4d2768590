import { type Edit, insertBefore } from "../../analysis/edit.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import { holderOfMethod } from "../../analysis/facts/functions.ts";
import { isStatic } from "../../analysis/facts/locations.ts";
import {
  ancestor,
  type FunctionLike,
  is,
  isClassLike,
  isJavaScript,
  isOneOf,
  type Node,
  sourceFileOf,
} from "../../analysis/syntax.ts";
import { addImport } from "./add-import.ts";
import { indentOf, isInList } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

// A place that all calls of a function share: a field for a method, a variable of the module or of
// the function around for others. A variable of a component is another one each time it renders, so
// there it is what `useRef` gives.

/** How the place is declared, by its name. */
export interface Shared {
  /** `latest = 0;`, without a modifier. */
  field(name: string): string;
  /** `let latest = 0;` */
  variable(name: string): string;
  /** `(0)`, as `useRef` is called. */
  readonly reference: string;
}

export interface Beside {
  readonly name: string;
  /** How to write the place in the function: `this.latest`, `latest.current`. */
  readonly text: string;
  readonly edits: readonly Edit[];
}

/** Declares it beside the function, where that can be done; `at` is the write in question. */
export function keptBeside(
  { fn, at }: { readonly fn: FunctionLike; readonly at: Node },
  names: readonly string[],
  shared: Shared,
): Beside | undefined {
  const name = unusedName(fn, names);
  if (name === undefined) return undefined;
  const holder = holderOfMethod(fn);
  if (isClassLike(holder)) {
    const [first] = holder.members;
    const member = is.MethodDeclaration(fn) ? fn : fn.parent;
    if (first === undefined || isStatic(member)) return undefined;
    const hidden = isJavaScript(sourceFileOf(fn)) ? "" : "private ";
    return { name, text: `this.${name}`, edits: [ahead(first, hidden + shared.field(name))] };
  }
  const statement = is.FunctionDeclaration(fn) ? fn : ancestor(fn, isStatement);
  if (holder !== undefined || statement === undefined || !isInList(statement)) return undefined;
  const isOfFunction = !is.SourceFile(flowOwner(statement));
  if (isOfFunction && is.CallExpression(at)) return inReference(name, statement, shared);
  return { name, text: name, edits: [ahead(statement, shared.variable(name))] };
}

function inReference(name: string, statement: Node, { reference }: Shared): Beside | undefined {
  const { edits, written } = addImport(sourceFileOf(statement), "react", [{ name: "useRef" }]);
  const useRef = written.get("useRef");
  if (useRef === undefined) return undefined;
  const declared = ahead(statement, `const ${name} = ${useRef}${reference};`);
  return { name, text: `${name}.current`, edits: [...edits, declared] };
}

/** In front of the node and of the comments that belong to it. */
function ahead(node: Node, text: string): Edit {
  const { fileName, text: all } = sourceFileOf(node);
  if (node.pos === 0) return insertBefore(node, `${text}\n\n`);
  const gap = /^(?:\r?\n){2}/.test(all.slice(node.pos)) ? "\n\n" : "\n";
  return { file: fileName, start: node.pos, end: node.pos, text: `${gap}${indentOf(node)}${text}` };
}

const isStatement = isOneOf("VariableStatement", "ExpressionStatement", "ExportAssignment");
