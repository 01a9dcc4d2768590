import { type Edit, insertBefore, replace } from "../../analysis/edit.ts";
import { flowOwner } from "../../analysis/facts/flow.ts";
import { holderOfMethod } from "../../analysis/facts/functions.ts";
import type { LateAnswer } from "../../analysis/facts/late-answers.ts";
import { isStatic } from "../../analysis/facts/locations.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  type FunctionLike,
  is,
  isClassLike,
  isInside,
  isJavaScript,
  isOneOf,
  type Node,
  sourceFileOf,
  statementOf,
  textOf,
} from "../../analysis/syntax.ts";
import { addImport } from "./add-import.ts";
import { indentOf, isInList } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

/**
 * A number for each call, counted up where it asks: the answer is kept only if no newer call has
 * asked since. The counter stands beside the function: a field for a method, a variable of the module
 * or of the function around for others.
 */
export function keepNewest(late: LateAnswer): Fix[] {
  const { at, pause, fn } = late;
  const asking = statementAround(pause, fn);
  const counter = asking && counterFor(late);
  const turn = unusedName(at, ["turn", "call", "thisCall"]);
  if (asking === undefined || counter === undefined || turn === undefined) return [];
  const look = `if (${turn} === ${counter.text}) `;
  const kept = keptOnly(late, look);
  if (kept === undefined) return [];
  const separator = isOneLine(asking) ? " " : `\n${indentOf(asking)}`;
  const count = insertBefore(asking, `const ${turn} = ++${counter.text};${separator}`);
  return [
    {
      title: "Keep the answer only if no newer call has begun",
      safety: "suggestion",
      edits: [...counter.edits, count, ...kept],
    },
  ];
}

interface Counter {
  readonly text: string;
  readonly edits: readonly Edit[];
}

/** Where the calls are counted, so that all of them see it. */
function counterFor({ fn, at }: LateAnswer): Counter | undefined {
  const name = unusedName(fn, ["latest", "newest", "latestCall"]);
  if (name === undefined) return undefined;
  const holder = holderOfMethod(fn);
  if (isClassLike(holder)) {
    const [first] = holder.members;
    const member = is.MethodDeclaration(fn) ? fn : fn.parent;
    if (first === undefined || isStatic(member)) return undefined;
    const hidden = isJavaScript(sourceFileOf(fn)) ? "" : "private ";
    return { text: `this.${name}`, edits: [ahead(first, `${hidden}${name} = 0;`)] };
  }
  const statement = is.FunctionDeclaration(fn) ? fn : ancestor(fn, isStatement);
  if (holder !== undefined || statement === undefined || !isInList(statement)) return undefined;
  const isOfFunction = !is.SourceFile(flowOwner(statement));
  if (isOfFunction && is.CallExpression(at)) return inReference(name, statement);
  return { text: name, edits: [ahead(statement, `let ${name} = 0;`)] };
}

/** A variable of a component is another one each time it renders; what `useRef` gives stays. */
function inReference(name: string, statement: Node): Counter | undefined {
  const { edits, written } = addImport(sourceFileOf(statement), "react", [{ name: "useRef" }]);
  const useRef = written.get("useRef");
  if (useRef === undefined) return undefined;
  const declared = ahead(statement, `const ${name} = ${useRef}(0);`);
  return { text: `${name}.current`, edits: [...edits, declared] };
}

/** In front of the node and of the comments that belong to it. */
function ahead(node: Node, text: string): Edit {
  const { fileName, text: all } = sourceFileOf(node);
  if (node.pos === 0) return insertBefore(node, `${text}\n\n`);
  const gap = /^(?:\r?\n){2}/.test(all.slice(node.pos)) ? "\n\n" : "\n";
  return { file: fileName, start: node.pos, end: node.pos, text: `${gap}${indentOf(node)}${text}` };
}

const isStatement = isOneOf("VariableStatement", "ExpressionStatement", "ExportAssignment");

/** The statement of the function in which it asks, where another one can stand in front of it. */
function statementAround(pause: Node, fn: FunctionLike): Node | undefined {
  for (let at = pause; at !== fn && !is.SourceFile(at); at = at.parent) {
    if (flowOwner(at) === fn && isInList(at)) return at;
  }
  return undefined;
}

/** The write behind the look; what is waited for in it comes first. */
function keptOnly({ at, pause }: LateAnswer, look: string): Edit[] | undefined {
  const statement = statementOf(at);
  if (statement === undefined) return undefined;
  if (!is.AwaitExpression(pause) || !isInside(pause, at)) return [insertBefore(statement, look)];
  const name = unusedName(at, ["answer", "result", "loaded"]);
  if (name === undefined || !isInList(statement)) return undefined;
  const separator = isOneLine(statement) ? " " : `\n${indentOf(statement)}`;
  const waiting = `const ${name} = ${textOf(pause)};${separator}${look}`;
  return [insertBefore(statement, waiting), replace(pause, name)];
}

function isOneLine(statement: Node): boolean {
  return !textOf(statement.parent).includes("\n");
}
