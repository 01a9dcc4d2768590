import { type LateUse, lateUse } from "../../analysis/facts/event-dispatch.ts";
import { defineRule } from "../../analysis/rule.ts";
import { is, textOf, wrapped } from "../../analysis/syntax.ts";
import { useBeforePause } from "../fixes/use-before-pause.ts";
import { pausesAt } from "../words/races.ts";

// See stale-event.md for what this means to the user.
export const staleEvent = defineRule({
  id: "stale-event",
  summary: "An event is used after a pause, when its dispatch is over.",
  severity: "error",
  profile: "recommended",
  equivalents: ["github/async-preventdefault", "github/async-currenttarget"],
  on: { kinds: ["PropertyAccessExpression"] },

  *check(node, program) {
    const late = lateUse(node, program);
    const [pause] = late?.pauses ?? [];
    if (late === undefined || pause === undefined) return;
    const call = wrapped(node).parent;
    const isCall = is.CallExpression(call) && call.expression === wrapped(node);
    yield {
      at: isCall ? call : node,
      message: messageOf(late, isCall),
      why: WHY[late.model.late],
      notes: [
        { at: pause, message: pausesAt(pause).replace("pauses", "the handler has returned") },
      ],
      fixes: useBeforePause(late),
    };
  },
});

function messageOf({ use, model }: LateUse, isCall: boolean): string {
  const what = `\`${textOf(use)}${isCall ? "()" : ""}\``.replace(/\s+/g, " ");
  switch (model.late) {
    case "ignored":
      return `${what} comes too late: the event has been dispatched.`;
    case "throws":
      return `${what} throws here: the event has been dispatched.`;
    case "null":
      return `${what} is null here: the event has been dispatched.`;
    default:
      return `${what} is empty here: the event has been dispatched.`;
  }
}

const WHY = {
  ignored:
    "An event is over when its handlers have returned, and an async handler returns at its first pause. What the event does by default has happened by then, and the other handlers have run.",
  throws:
    "An event takes such promises only while its handlers run, and an async handler returns at its first pause. Whoever was meant to wait does not.",
  null: "An event has a current target only while its handlers run, and an async handler returns at its first pause.",
  empty:
    "The data belongs to the event while its handlers run, and an async handler returns at its first pause. Then it is gone.",
} as const;
