import { type Late, listensLate } from "../../analysis/facts/late-listeners.ts";
import { defineRule } from "../../analysis/rule.ts";
import { listenFirst } from "../fixes/listen-first.ts";

// See late-listener.md for what this means to the user.
export const lateListener = defineRule({
  id: "late-listener",
  summary: "The code begins to listen for an event after a pause in which it may have come.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression"], where: [{ child: "arguments", present: true }] },

  *check(call, program) {
    const late = listensLate(call, program);
    if (late === undefined) return;
    yield {
      at: call.expression,
      message: `The event \`${late.event}\` may have come before this begins to listen.`,
      why: "An event is not kept for those who come later: who waits for it then waits for ever.",
      notes: [
        { at: late.trigger, message: SINCE[late.kind] },
        { at: late.pause, message: "it may come here, with nobody listening" },
      ],
      fixes: listenFirst(call, late, program),
    };
  },
});

const SINCE: Readonly<Record<Late["kind"], string>> = {
  "set-off": "this sets it off",
  shown: "the user can answer from here on",
  made: "it may come from here on",
  "handed-over": "it may come from here on",
};
