import { insertAfter, insertBefore } from "../../analysis/edit.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  type CallExpression,
  hasQuestionDot,
  is,
  methodCall,
  sourceFileOf,
  statementOf,
  textOf,
} from "../../analysis/syntax.ts";
import { fromNode } from "./node-modules.ts";

/** `if (!target.write(row)) await once(target, "drain");`, in a loop of an async function. */
export function waitForDrain(call: CallExpression): Fix[] {
  const statement = statementOf(call);
  const receiver = methodCall(call)?.receiver;
  if (statement === undefined || receiver === undefined || !canAwaitAt(call)) return [];
  if (ancestor(call, is.ForOfStatement) === undefined) return [];
  // A callback that is told of the end says the same, and `?.` gives no answer.
  const callee = call.expression;
  if (is.PropertyAccessExpression(callee) && hasQuestionDot(callee)) return [];
  const once = fromNode(sourceFileOf(call), "events", "once");
  if (once === undefined) return [];
  const isClosed = textOf(statement).endsWith(";");
  return [
    {
      title: `Wait until '${textOf(receiver)}' can take more`,
      safety: "suggestion",
      edits: [
        ...once.edits,
        insertBefore(call, "if (!"),
        insertAfter(
          call,
          `) await ${once.text}(${textOf(receiver)}, "drain")${isClosed ? "" : ";"}`,
        ),
      ],
    },
  ];
}
