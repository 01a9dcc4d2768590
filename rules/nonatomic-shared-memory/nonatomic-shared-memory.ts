import { type Steps, storeBehindLook, updateInSteps } from "../../analysis/facts/shared-memory.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { is } from "../../analysis/syntax.ts";
import { addAtomically } from "../fixes/atomic-add.ts";

// See nonatomic-shared-memory.md for what this means to the user.
export const nonatomicSharedMemory = defineRule({
  id: "nonatomic-shared-memory",
  summary: "Memory that several threads share is read and written in two steps.",
  severity: "warning",
  profile: "strict",
  equivalents: [],
  on: {
    kinds: [
      "BinaryExpression",
      "PrefixUnaryExpression",
      "PostfixUnaryExpression",
      "CallExpression",
    ],
  },

  *check(node, program) {
    const update = is.CallExpression(node) ? undefined : updateInSteps(node, program);
    const store = is.CallExpression(node) ? storeBehindLook(node, program) : undefined;
    if (update !== undefined) yield { ...found(update), fixes: addAtomically(update) };
    if (store !== undefined) yield found(store);
  },
});

function found({ write, read, cell }: Steps): Finding {
  return {
    at: write,
    message: `Another thread can change \`${cell}\` between the read and the write.`,
    why: "Threads run at the same time, pauses or not. What another one writes in between is lost, and two of them can both find the cell free. `Atomics.add` and `Atomics.compareExchange` do both in one step.",
    notes: read === write ? [] : [{ at: read, message: "read here" }],
    interleaving: {
      evidence: {
        kind: "parallel",
        at: write,
        message: `\`${cell}\` is memory that threads share, and they run at the same time.`,
      },
      steps: [
        { task: "A", action: "read", at: read, text: `reads \`${cell}\`` },
        { task: "B", action: "read", at: read, text: `reads \`${cell}\`` },
        { task: "B", action: "write", at: write, text: `writes \`${cell}\`` },
        { task: "A", action: "write", at: write, text: "overwrites it" },
      ],
    },
  };
}
