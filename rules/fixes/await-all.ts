import { insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  methodCall,
  type NodeOf,
  statementOf,
} from "../../analysis/syntax.ts";
import { dropLoopAwait } from "./drop-await.ts";
import { isPlainArray } from "./loop-instead.ts";

/** `for await (const x of promises)` as `for (const x of await Promise.all(promises))`. */
export function awaitAllInLoop(loop: NodeOf<"ForOfStatement">): Fix[] {
  return dropLoopAwait(loop).map(({ edits, safety }) => ({
    title: "Await them all before the loop",
    safety,
    edits: [
      ...edits,
      insertBefore(loop.expression, "await Promise.all("),
      insertAfter(loop.expression, ")"),
    ],
  }));
}

/** `xs.forEach(save)` as `await Promise.all(xs.map(save))`: all at once, as before. */
export function awaitAllMapped(call: CallExpression, program: Program): Fix[] {
  const method = methodCall(call);
  if (method?.method !== "forEach" || call.arguments.length !== 1) return [];
  if (statementOf(call) === undefined || !canAwaitAt(call)) return [];
  if (!isPlainArray(method.receiver, program)) return [];
  return [
    {
      title: "Wait for all with 'Promise.all'",
      safety: "suggestion",
      edits: [
        insertBefore(call, "await Promise.all("),
        replace(method.name, "map"),
        insertAfter(call, ")"),
      ],
    },
  ];
}
