import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import { unheardError } from "../../analysis/facts/unheard-errors.ts";
import { defineRule } from "../../analysis/rule.ts";
import { is, sourceFileOf } from "../../analysis/syntax.ts";
import { listenToErrors } from "../fixes/listen-to-errors.ts";

// See unhandled-worker-error.md for what this means to the user.
//
// The other emitters that fail by an event: see unhandled-error-event.
export const unhandledWorkerError = defineRule({
  id: "unhandled-worker-error",
  summary: "A worker or child process may fail, and nothing listens to its `error` event.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression", "NewExpression"] },

  *check(node, program) {
    if (!is.CallExpression(node) && !is.NewExpression(node)) return;
    const unheard = unheardError(node, program);
    if (unheard === undefined) return;
    const { call } = unheard;
    const { runs, gives } = unheard.model;
    if (runs === undefined) return;
    yield {
      at: call.expression,
      // A test that ends fails, as it has to, and a script may well end with an error.
      profile: isTestOrScript(sourceFileOf(call), program) ? "strict" : undefined,
      message: `Nothing listens to the \`error\` event of this ${gives}.`,
      why: WHY[runs],
      fixes: listenToErrors(unheard),
    };
  },
});

const WHY = {
  process:
    "A command that is not there, or may not be run, is an `error` event, which ends this process where nobody listens.",
  thread:
    "What the thread throws and nobody catches there is an `error` event here, which ends this process where nobody listens.",
} as const;
