import { lockUseOf } from "../../analysis/facts/lock-uses.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  type CallExpression,
  enclosingFunction,
  is,
  isInside,
  isOneOf,
  methodCall,
  type Node,
  nameOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { waitWhile } from "../fixes/wait-while.ts";
import { whileInsteadOfIf } from "../fixes/while-instead-of-if.ts";

// See condition-without-loop.md for what this means to the user.
//
// Any loop that has a condition of its own, or none at all, is taken to look again; one over
// elements of a list does not.
export const conditionWithoutLoop = defineRule({
  id: "condition-without-loop",
  summary: "A condition is waited for once, and nobody looks whether it holds after the wait.",
  severity: "warning",
  profile: "strict",
  equivalents: [],
  on: { kinds: ["AwaitExpression"] },

  *check(node, program) {
    const call = unwrapped(node.expression);
    if (!is.CallExpression(call) || methodCall(call)?.method !== "wait") return;
    if (lockUseOf(call, program)?.does !== "wait" || isInLoop(node)) return;
    yield {
      at: node,
      message: `What ${nameOf(receiverOf(call)) === undefined ? "this waits for" : `\`${textOf(receiverOf(call))}\` stands for`} may not hold any more when the wait is over.`,
      why: "Between the notification and this code, whoever gets the lock first can change it again, and one notification may wake several.",
      fixes: [...whileInsteadOfIf(node), ...waitWhile(node, program)],
    };
  },
});

function receiverOf(call: CallExpression): Node {
  const method = methodCall(call);
  const receiver = unwrapped(method?.receiver ?? call);
  return is.PropertyAccessExpression(receiver) ? receiver.name : receiver;
}

const looksAgain = isOneOf("WhileStatement", "DoStatement", "ForStatement");

function isInLoop(node: Node): boolean {
  const owner = enclosingFunction(node);
  for (let at = wrapped(node).parent; at !== owner && !is.SourceFile(at); at = at.parent) {
    if (looksAgain(at) && isInside(node, at)) return true;
  }
  return false;
}
