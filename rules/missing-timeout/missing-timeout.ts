import { calleeOf } from "../../analysis/facts/callees.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { emptySlot } from "../../analysis/facts/signal-slots.ts";
import { signalsAt } from "../../analysis/facts/signals.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  type CallExpression,
  calleeNameOf,
  is,
  nameOf,
  sourceFileOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { passTimeout } from "../fixes/pass-signal.ts";

// See missing-timeout.md for what this means to the user.
//
// Calls that models know to use the network, and that could be given a signal. Whether the platform
// sets a limit of its own is not known, so nothing is reported unless somebody asks for it.
export const missingTimeout = defineRule({
  id: "missing-timeout",
  summary: "A request is made that may take for ever.",
  severity: "warning",
  profile: "opt-in",
  equivalents: [],
  on: { kinds: ["CallExpression"] },

  *check(call, program) {
    if (calleeOf(call, program).model?.uses !== "network") return;
    if (hasTimeout(call) || isTestFile(sourceFileOf(call), program)) return;
    const model = program.models.type({ name: "AbortSignal", module: "lib" })?.signal;
    const slot = model && emptySlot(call, model, program);
    if (slot === undefined) return;
    const signal = signalsAt(call, program).find(
      (it) => it.origin === "given" && it.model.protocol === "AbortSignal",
    );
    yield {
      at: calleeNameOf(call),
      message: `Nothing limits how long \`${nameOf(calleeNameOf(call)) ?? "this"}\` may take.`,
      why: "A server that accepts a connection and never answers keeps the caller waiting for good.",
      fixes: passTimeout(slot, signal),
    };
  },
});

/** `{ timeout: 1000 }` among the arguments. */
function hasTimeout(call: CallExpression): boolean {
  return call.arguments.map(unwrapped).some((argument) => {
    if (!is.ObjectLiteralExpression(argument)) return false;
    return argument.properties.some(
      (it) => is.PropertyAssignment(it) && /timeout/i.test(nameOf(it.name) ?? ""),
    );
  });
}
