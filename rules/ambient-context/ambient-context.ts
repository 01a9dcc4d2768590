import { ambientFrom, type Restoring, restoringBy } from "../../analysis/facts/ambient.ts";
import { overlapOf } from "../../analysis/facts/overlap.ts";
import { segmentOf } from "../../analysis/facts/segments.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import {
  type CallExpression,
  enclosingFunction,
  is,
  isAssignment,
  methodCall,
  type Node,
  textOf,
} from "../../analysis/syntax.ts";
import { readOwnValue } from "../fixes/read-own-value.ts";
import { runInstead, storeInContext } from "../fixes/run-in-context.ts";
import { calledAt, pausesAt, step } from "../words/races.ts";

// See ambient-context.md for what this means to the user.
export const ambientContext = defineRule({
  id: "ambient-context",
  summary: "A variable of the module holds what belongs to one call, and is read behind a pause.",
  severity: "warning",
  profile: "strict",
  equivalents: [],
  on: { kinds: ["BinaryExpression", "CallExpression"] },

  *check(node, program) {
    if (is.CallExpression(node)) {
      const entered = entersForAll(node, program);
      if (entered !== undefined) yield entered;
      return;
    }
    const restoring = isAssignment(node) ? restoringBy(node, program) : undefined;
    if (restoring !== undefined) yield putBack(node, restoring, program);
    const ambient = isAssignment(node) ? ambientFrom(node, program) : undefined;
    if (ambient === undefined) return;
    const { write, read, pause, overlap } = ambient;
    const name = write.location.text;
    const called = calledAt(node, program);
    yield {
      at: read,
      profile: overlap.strength === "possible" ? "strict" : undefined,
      message: `\`${name}\` may be that of another call of ${called} by now.`,
      why: "There is one such variable for all calls. Each call puts its own value there, and whoever pauses finds the value of the last one.",
      notes: [
        { at: node, message: "this call puts its own value there" },
        { at: pause, message: "other code runs here" },
      ],
      interleaving: {
        evidence: overlap.evidence,
        steps: [
          step("A", "write", node, `writes \`${name}\``),
          step("A", "pause", pause, pausesAt(pause)),
          step("B", "write", node, `writes its own \`${name}\``),
          step("A", "read", read, `reads the \`${name}\` of B`),
        ],
      },
      fixes: [...readOwnValue(ambient, program), ...storeInContext(ambient, program)],
    };
  },
});

function putBack(node: Node, { set, kept, pause, overlap }: Restoring, program: Program): Finding {
  const name = set.location.text;
  const called = calledAt(node, program);
  return {
    at: node,
    profile: overlap.strength === "possible" ? "strict" : undefined,
    message: `What ${called} puts back into \`${name}\` may be that of another call, which is over or goes on.`,
    why: "Calls that pause do not end in the order in which they began. The one takes its value away from the other, and what the last one puts back stays for good.",
    notes: [
      { at: kept, message: "what was there is kept here" },
      { at: set.at, message: "this call puts its own value there" },
      { at: pause, message: "other code runs here" },
    ],
    interleaving: {
      evidence: overlap.evidence,
      steps: [
        step("A", "write", set.at, `writes its own \`${name}\``),
        step("A", "pause", pause, pausesAt(pause)),
        step("B", "read", kept, `keeps the \`${name}\` of A`),
        step("B", "write", set.at, `writes its own \`${name}\``),
        step("A", "write", node, "takes it away from B"),
        step("B", "write", node, "puts back that of A, which is over"),
      ],
    },
    fixes: [],
  };
}

/** `storage.enterWith(value)`: what the caller does next is in the new context as well. */
function entersForAll(call: CallExpression, program: Program): Finding | undefined {
  const method = methodCall(call);
  const owner = enclosingFunction(call);
  if (method?.method !== "enterWith" || owner === undefined) return undefined;
  if (program.types.value(method.receiver).type?.name !== "AsyncLocalStorage") return undefined;
  // Behind a pause the caller has gone on in a context of its own.
  if (segmentOf(call, program)?.startsAtEntry !== true) return undefined;
  const overlap = overlapOf(owner, program);
  if (overlap === undefined) return undefined;
  const storage = textOf(method.receiver);
  return {
    at: method.name,
    message: `\`enterWith\` puts whoever has called ${calledAt(call, program)} into the new context too, and all that it starts next.`,
    why: `The context of the caller stays changed when the call is over: the next event or request that it handles begins with this value. \`${storage}.run(value, …)\` ends with its callback.`,
    notes: [{ at: overlap.evidence.at, message: "others may go on in the same context" }],
    fixes: runInstead(call),
  };
}
