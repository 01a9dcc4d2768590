import { type Edit, insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import type { Executor } from "../../analysis/facts/executors.ts";
import { settlingCalls } from "../../analysis/facts/executors.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  is,
  type Node,
  sourceFileOf,
  startOf,
  statementOf,
  textOf,
} from "../../analysis/syntax.ts";
import { aroundBlock } from "./catch-in-function.ts";
import { statementRemoved } from "./statements.ts";

/** `new Promise(async (resolve) => { …; resolve(x); })` as `(async () => { …; return x; })()`. */
export function unwrapExecutor(executor: Executor): Fix[] {
  const { construction, fn, carriers } = executor;
  const { body } = fn;
  const [call] = settlingCalls(executor);
  if (!is.ArrowFunction(fn) || !is.Block(body) || call === undefined || carriers.length !== 1) {
    return [];
  }
  const last = body.statements.at(-1);
  const [value] = call.arguments;
  // Any other way out would make the value `undefined` instead of leaving the promise pending.
  if (last === undefined || statementOf(call) !== last) return [];
  if (bodyHas(body, (it) => is.ReturnStatement(it)) || is.SpreadElement(value)) return [];
  const [type] = construction.typeArguments ?? [];
  const head = type === undefined ? "(async () => " : `(async (): Promise<${textOf(type)}> => `;
  const edits = [
    upTo(construction, body, head),
    value === undefined ? statementRemoved(last) : replace(call, `return ${textOf(value)}`),
    behind(construction, body, ")()"),
  ];
  return [{ title: "Make it an async function that is called", safety: "suggestion", edits }];
}

/** `try { … } catch (error) { reject(error); }` around the body. */
export function rejectWhatIsThrown({ fn, reject }: Executor): Fix[] {
  const { body } = fn;
  if (body === undefined) return [];
  const added = reject === undefined ? secondParameter(fn.parameters, "reject") : [];
  if (added === undefined) return [];
  const name = reject ?? "reject";
  const around = is.Block(body)
    ? aroundBlock(body, name)
    : [
        insertBefore(body, "{ try { "),
        insertAfter(body, `; } catch (error) { ${name}(error); } }`),
      ];
  const title = "Reject the promise when the executor fails";
  return [{ title, safety: "suggestion", edits: [...added, ...around] }];
}

/** `(resolve, reject)` for `(resolve)` and for `resolve` alone. */
export function secondParameter(parameters: readonly Node[], name: string): Edit[] | undefined {
  const [only, another] = parameters;
  if (only === undefined || another !== undefined) return undefined;
  const file = sourceFileOf(only);
  const before = file.text.slice(0, startOf(only, file)).trimEnd();
  if (before.endsWith("(")) return [insertAfter(only, `, ${name}`)];
  return [replace(only, `(${textOf(only)}, ${name})`)];
}

function upTo(node: Node, inner: Node, text: string): Edit {
  const file = sourceFileOf(node);
  return { file: file.fileName, start: startOf(node, file), end: startOf(inner, file), text };
}

function behind(node: Node, inner: Node, text: string): Edit {
  return { file: sourceFileOf(node).fileName, start: inner.end, end: node.end, text };
}
