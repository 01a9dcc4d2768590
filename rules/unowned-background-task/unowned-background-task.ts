import { unownedLoop } from "../../analysis/facts/background-loops.ts";
import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import { defineRule } from "../../analysis/rule.ts";
import { calleeNameOf, nameOf, sourceFileOf } from "../../analysis/syntax.ts";
import { endLoopInTeardown } from "../fixes/end-loop.ts";

// See unowned-background-task.md for what this means to the user.
export const unownedBackgroundTask = defineRule({
  id: "unowned-background-task",
  summary: "An object begins a loop in the background, and its end does not end it.",
  severity: "hint",
  profile: "strict",
  equivalents: [],
  on: { kinds: ["ExpressionStatement"] },

  *check(statement, program) {
    if (isTestOrScript(sourceFileOf(statement), program)) return;
    const found = unownedLoop(statement, program);
    if (found === undefined) return;
    const { call, loop, of, teardown } = found;
    const name = nameOf(calleeNameOf(call)) ?? "this";
    const owner = nameOf(of.name);
    yield {
      at: call.expression,
      message: `Nothing ends \`${name}\` when ${owner === undefined ? "this object" : `\`${owner}\``} comes to its end.`,
      why: "It goes on for as long as the process does, with an object that nobody uses any more.",
      notes: [
        { at: loop, message: "loops here, and nothing ends it" },
        { at: teardown.name ?? teardown, message: "here the object comes to its end" },
      ],
      fixes: endLoopInTeardown(found),
    };
  },
});
