import { type Edit, insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import type { EffectWrite } from "../../analysis/facts/effect-writes.ts";
import type { Effect } from "../../analysis/facts/effects.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type FunctionLike,
  is,
  isAsync,
  isFunctionExpression,
  isFunctionLike,
  isInside,
  type Node,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  walk,
  walkBody,
  wrapped,
} from "../../analysis/syntax.ts";
import { unitOf } from "./indents.ts";
import { indentOf, isInList } from "./statements.ts";

// `let ignore = false`, turned by the cleanup, and looked at in front of each late write: the pattern
// of React's documentation (https://react.dev/reference/react/useEffect#fetching-data-with-effects).

/** Makes a run of the effect keep its answers to itself once the next run has begun. */
export function ignoreLateAnswers(effect: Effect, writes: readonly EffectWrite[]): Fix[] {
  const { fn } = effect;
  const name = unusedNameAround(fn, ["ignore", "ignored", "isStale"]);
  const late = writes.filter((it) => it.guarding.kind !== "wrong");
  if (name === undefined || late.length === 0 || isAsync(fn) || !is.Block(fn.body)) return [];
  const guards: Edit[] = [];
  for (const write of late) {
    const edits = isInside(write.at, fn) ? guarded(write, name) : undefined;
    if (edits === undefined) return [];
    guards.push(...edits);
  }
  const cleanup = doneByCleanup(effect, `${name} = true;`);
  const [first] = fn.body.statements;
  if (cleanup === undefined || first === undefined) return [];
  const flag = insertBefore(first, `let ${name} = false;\n${indentOf(first)}`);
  return [
    {
      title: "Ignore answers that come when the effect has run again",
      safety: "suggestion",
      edits: [flag, ...guards, ...cleanup],
      chosen: [name],
    },
  ];
}

/** The late write behind a look at the flag. */
function guarded({ at, pause, target }: EffectWrite, flag: string): Edit[] | undefined {
  if (is.Identifier(at)) {
    // The setter itself is handed to `then`.
    const value = target.replace(/^set/, "");
    const name = `${value.charAt(0).toLowerCase()}${value.slice(1)}` || "value";
    const parameter = unusedNameAround(at, [name, "answer", "result"]);
    if (parameter === undefined) return undefined;
    return [replace(at, `(${parameter}) => { if (!${flag}) ${target}(${parameter}); }`)];
  }
  const outer = wrapped(at).parent;
  if (is.ArrowFunction(outer)) {
    if (is.AwaitExpression(pause) && isInside(pause, at)) return undefined;
    return [insertBefore(at, `{ if (!${flag}) `), insertAfter(at, "; }")];
  }
  const statement = statementOf(at);
  if (statement === undefined) return undefined;
  if (!is.AwaitExpression(pause) || !isInside(pause, at)) {
    return [insertBefore(statement, `if (!${flag}) `)];
  }
  // What is waited for inside the write has to be there before the look.
  const name = unusedNameAround(at, ["answer", "result", "loaded"]);
  if (name === undefined) return undefined;
  const value = textOf(pause);
  const isList = isInList(statement);
  const separator = isOneLine(statement) ? " " : `\n${indentOf(statement)}`;
  const lines = `const ${name} = ${value};${separator}if (!${flag}) `;
  return [
    insertBefore(statement, isList ? lines : `{ ${lines}`),
    replace(pause, name),
    ...(isList ? [] : [insertAfter(statement, " }")]),
  ];
}

function isOneLine(statement: Node): boolean {
  return !textOf(statement.parent).includes("\n");
}

/** The cleanup with one more statement: the one that is there, or a new one at the end. */
export function doneByCleanup({ fn, cleanups, model }: Effect, turn: string): Edit[] | undefined {
  const [only, another] = cleanups;
  if (another !== undefined || !is.Block(fn.body)) return undefined;
  if (only !== undefined) return inFunction(only, turn);
  const last = fn.body.statements.at(-1);
  if (last === undefined) return undefined;
  const indent = indentOf(last);
  if (model.cleanup === "returned") {
    if (is.ReturnStatement(last)) return undefined;
    const step = unitOf(sourceFileOf(last));
    const text = isOneLine(last)
      ? ` return () => { ${turn} };`
      : `\n${indent}return () => {\n${indent}${step}${turn}\n${indent}};`;
    return [insertAfter(last, text)];
  }
  return byParameter(fn, model.runs, turn, fn.body.statements[0]);
}

/** `watch(id, async (id, _previous, onCleanup) => { onCleanup(() => { … }) })`. */
function byParameter(
  fn: FunctionLike,
  runs: number,
  turn: string,
  first: Node | undefined,
): Edit[] | undefined {
  const names = runs === 0 ? ["onCleanup"] : ["_value", "_previous", "onCleanup"];
  const missing = names.slice(fn.parameters.length);
  if (first === undefined || missing.at(-1) !== "onCleanup" || !isFunctionExpression(fn)) {
    return undefined;
  }
  const last = fn.parameters.at(-1);
  const call = insertBefore(first, `onCleanup(() => { ${turn} });\n${indentOf(first)}`);
  if (last !== undefined) {
    const isBare = !/^(?:async\s*)?(?:function\b[^(]*)?\(/.test(textOf(fn));
    return isBare
      ? [insertBefore(last, "("), insertAfter(last, `, ${missing.join(", ")})`), call]
      : [insertAfter(last, `, ${missing.join(", ")}`), call];
  }
  const text = textOf(fn);
  const open = text.indexOf("()");
  if (open < 0) return undefined;
  const file = sourceFileOf(fn);
  const start = fn.end - text.length + open + 1;
  return [{ file: file.fileName, start, end: start, text: missing.join(", ") }, call];
}

function inFunction({ body }: FunctionLike, turn: string): Edit[] | undefined {
  if (body === undefined) return undefined;
  if (!is.Block(body)) {
    if (is.ObjectLiteralExpression(unwrapped(body))) return undefined;
    return [insertBefore(body, `{ ${turn} `), insertAfter(body, "; }")];
  }
  const [first] = body.statements;
  if (first === undefined) return undefined;
  const separator = textOf(body).includes("\n") ? `\n${indentOf(first)}` : " ";
  return [insertBefore(first, `${turn}${separator}`)];
}

/** The first of the names that the functions around, and the file at its top, do not use. */
export function unusedNameAround(place: Node, names: readonly string[]): string | undefined {
  let scope = place;
  for (let at = place.parent; !is.SourceFile(at); at = at.parent) {
    if (isFunctionLike(at)) scope = at;
  }
  const used = new Set<string>();
  const add = (it: Node): undefined => {
    if (is.Identifier(it)) used.add(it.text);
    return undefined;
  };
  walk(scope, add);
  walkBody(sourceFileOf(place), add);
  return names.find((it) => !used.has(it));
}
