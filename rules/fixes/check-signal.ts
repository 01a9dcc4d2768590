import { insertBefore } from "../../analysis/edit.ts";
import type { Listening } from "../../analysis/facts/abort-checks.ts";
import { functionsIn } from "../../analysis/facts/callees.ts";
import type { Signal } from "../../analysis/facts/signals.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  hasQuestionDot,
  is,
  isAsync,
  type Node,
  type NodeOf,
  nameOf,
  statementOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { atHeadOf, indentOf, isInList, statementBefore } from "./statements.ts";

/** `signal.throwIfAborted();` in front, where what is thrown rejects the promise that waits. */
export function checkSignalFirst(listening: Listening, inExecutor: boolean): Fix[] {
  const { model, at } = listening;
  const statement = statementOf(at);
  const fn = enclosingFunction(at);
  if (model.check === undefined || statement === undefined || fn === undefined) return [];
  if (!inExecutor && !isAsync(fn)) return [];
  const text = `${accessOf(listening)}${model.check}();`;
  return [
    {
      title: `Check '${textOf(listening.signal)}' first`,
      safety: "suggestion",
      edits: statementBefore(statement, text),
    },
  ];
}

/** `if (signal.aborted) stop(); else …`, where the listener has a name and needs no event. */
export function listenOrCall(listening: Listening, program: Program): Fix[] {
  const { model, at, listener } = listening;
  const statement = statementOf(at);
  const name = nameOf(listener);
  const functions = functionsIn(listener, program);
  if (statement === undefined || name === undefined || functions.length === 0) return [];
  if (functions.some((it) => it.parameters.length > 0) || !isInList(statement)) return [];
  const text = `if (${accessOf(listening)}${model.flag}) ${name}();\n${indentOf(statement)}else `;
  return [
    {
      title: `Call '${name}' at once where the signal is aborted`,
      safety: "suggestion",
      edits: [insertBefore(statement, text)],
    },
  ];
}

/** `signal.` or `signal?.`, as the listener is attached. */
function accessOf({ at, signal }: Listening): string {
  const access = is.CallExpression(at) ? unwrapped(at.expression) : undefined;
  const isOptional = is.PropertyAccessExpression(access) && hasQuestionDot(access);
  return `${textOf(signal)}${isOptional || isInChain(signal) ? "?." : "."}`;
}

function isInChain(node: Node): boolean {
  return is.PropertyAccessExpression(node) && hasQuestionDot(node);
}

/** `signal.throwIfAborted();` at the head of a loop; what has no such method is asked, and left. */
export function stopInLoop(
  { statement }: { readonly statement: Node },
  { text, nullable, model }: Signal,
): Fix[] {
  if (!is.Block(statement)) return [];
  const [first] = statement.statements;
  if (first === undefined) return [];
  const access = `${text}${nullable ? "?." : "."}`;
  const check =
    model.check === undefined ? `if (${access}${model.flag}) break;` : `${access}${model.check}();`;
  return [
    {
      title: `Stop the loop when '${text}' is set`,
      safety: "suggestion",
      edits: statementBefore(first, check),
    },
  ];
}

/** `if (signal.aborted) throw error;` at the head of a `catch`. */
export function throwAborted(
  { variableDeclaration, block }: NodeOf<"CatchClause">,
  signal: Signal,
): Fix[] {
  const { text, nullable, model } = signal;
  const access = `${text}${nullable ? "?." : "."}`;
  const caught = nameOf(variableDeclaration?.name);
  if (caught === undefined && model.check === undefined) return [];
  const line =
    caught === undefined
      ? `${access}${model.check}();`
      : `if (${access}${model.flag}) throw ${caught};`;
  return [
    {
      title: `Throw it again when '${text}' is set`,
      safety: "suggestion",
      edits: [atHeadOf(block, line)],
    },
  ];
}
