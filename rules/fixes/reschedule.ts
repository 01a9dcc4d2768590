import { type Edit, insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import type { Overlap } from "../../analysis/facts/overlaps.ts";
import { variableBehind } from "../../analysis/facts/references.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  declarationKeyword,
  enclosingFunction,
  type Identifier,
  is,
  isAsync,
  isInside,
  isJavaScript,
  isOneOf,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { insertAt, lastIndentOf, linesOf } from "./catch-in-function.ts";
import { unitOf } from "./indents.ts";
import { atEndOfTry } from "./statements-in-try.ts";
import { indentOf, isInList, statementRemoved } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

/**
 * A function that sets a timer for its next run when it is over, in place of an interval. Only where
 * everybody who ends the interval is in sight: they end the timer, and say that there is to be none
 * any more, for they may come while a run is under way.
 */
export function reschedule({ call, callback }: Overlap, program: Program): Fix[] {
  const [first, delay, argument] = call.arguments;
  if (callback === undefined || first === undefined || delay === undefined) return [];
  const { body } = callback;
  if (!is.ArrowFunction(callback) || !isAsync(callback) || !is.Block(body)) return [];
  if (!is.Identifier(unwrapped(call.expression)) || argument !== undefined) return [];
  if (callback.parameters.length > 0 || !isStill(unwrapped(delay))) return [];
  const name = unusedName(call, ["run", "runAgain", "tick"]);
  if (name === undefined || !textOf(body).includes("\n")) return [];
  const place = placeOf(call, program);
  if (place === undefined) return [];
  const { statement, handle, endings, unreferenced } = place;
  const indent = indentOf(statement);
  const timer = `setTimeout(${name}, ${textOf(delay)})${unreferenced ? ".unref()" : ""}`;
  const again = handle === undefined ? timer : `if (${handle} !== undefined) ${handle} = ${timer}`;
  const type = isJavaScript(sourceFileOf(call))
    ? ""
    : ": ReturnType<typeof setTimeout> | undefined";
  const begun = handle === undefined ? `${timer};` : `let ${handle}${type} = ${timer};`;
  const before = startOf(statement);
  const fileName = sourceFileOf(call).fileName;
  return [
    {
      title: "Begin the next run when this one is over, with 'setTimeout'",
      safety: "suggestion",
      edits: [
        { file: fileName, start: before, end: startOf(callback), text: `const ${name} = ` },
        ...(atEndOfTry(body, `${again};`) ?? inTry(body, `${again};`)),
        insertAfter(body, `;\n${indent}${begun}`),
        { file: fileName, start: body.end, end: statement.end, text: "" },
        ...endings,
      ],
      chosen: [name],
    },
  ];
}

/** `{ try { … } finally { … } }` in the place of a block. */
function inTry(body: Node, last: string): Edit[] {
  const outer = lastIndentOf(textOf(body));
  const unit = unitOf(sourceFileOf(body));
  const inner = outer + unit;
  return [
    insertBefore(body, `{\n${inner}try `),
    ...linesOf(body).map((start) => insertAt(body, start, unit)),
    insertAfter(body, ` finally {\n${inner}${unit}${last}\n${inner}}\n${outer}}`),
  ];
}

const isStill = isOneOf("NumericLiteral", "Identifier", "PropertyAccessExpression");

interface Place {
  readonly statement: Node;
  /** The variable that holds the handle, where one does. */
  readonly handle: string | undefined;
  readonly endings: readonly Edit[];
  /** No process is to wait for it. */
  readonly unreferenced: boolean;
}

function placeOf(call: Node, program: Program): Place | undefined {
  const alone = statementOf(call);
  if (alone !== undefined && isInList(alone)) {
    return { statement: alone, handle: undefined, endings: [], unreferenced: false };
  }
  const declaration = wrapped(call).parent;
  const list = declaration.parent;
  if (!is.VariableDeclaration(declaration) || !is.VariableDeclarationList(list)) return undefined;
  const { name } = declaration;
  const isOnly = list.declarations.length === 1 && is.VariableStatement(list.parent);
  if (!is.Identifier(name) || declaration.type !== undefined || !isOnly) return undefined;
  if (declarationKeyword(list) !== "const" || !isInList(list.parent)) return undefined;
  const mentions = variableBehind(name, program)?.mentions.filter((it) => it !== name) ?? [];
  const unrefs = mentions.flatMap((it) => unrefAt(it) ?? []);
  const endings = mentions.flatMap((it) => (unrefAt(it) === undefined ? [endingAt(it, call)] : []));
  const edits = endings.flatMap((it) => it ?? []);
  if (mentions.length === 0 || endings.some((it) => it === undefined)) return undefined;
  return {
    statement: list.parent,
    handle: endings.length === 0 ? undefined : name.text,
    endings: [...edits, ...unrefs.map(lineRemoved)],
    unreferenced: unrefs.length > 0,
  };
}

/** With the empty line above, where nothing comes behind it. */
function lineRemoved(statement: Node): Edit {
  const { text } = sourceFileOf(statement);
  const edit = statementRemoved(statement);
  const isLast = /^\s*}/.test(text.slice(edit.end)) && text.slice(0, edit.start).endsWith("\n\n");
  return isLast ? { ...edit, start: edit.start - 1 } : edit;
}

/** `timer.unref();` */
function unrefAt(mention: Identifier): Node | undefined {
  const call = methodCall(wrapped(wrapped(mention).parent).parent);
  const isUnref = call?.method === "unref" && unwrapped(call.receiver) === mention;
  const statement = isUnref ? statementOf(call.call) : undefined;
  return statement !== undefined && isInList(statement) ? statement : undefined;
}

/** `clearInterval(timer)`, as a statement or as all that a function does, outside of the run itself. */
function endingAt(mention: Identifier, call: Node): Edit[] | undefined {
  const ending = wrapped(mention).parent;
  if (!is.CallExpression(ending) || isInside(mention, call)) return undefined;
  if (nameOf(unwrapped(ending.expression)) !== "clearInterval") return undefined;
  const cleared = replace(ending.expression, "clearTimeout");
  const none = `${mention.text} = undefined;`;
  const statement = statementOf(ending);
  if (statement !== undefined && isInList(statement)) {
    const isOneLine = !textOf(statement.parent).includes("\n");
    const gap = isOneLine ? " " : `\n${indentOf(statement)}`;
    return [cleared, insertAfter(statement, `${gap}${none}`)];
  }
  const fn = enclosingFunction(ending);
  if (!is.ArrowFunction(fn) || fn.body !== ending) return undefined;
  return [insertBefore(ending, "{ "), cleared, insertAfter(ending, `; ${none} }`)];
}
