import { ambientFrom } from "../../analysis/facts/ambient.ts";
import { defineRule } from "../../analysis/rule.ts";
import { isAssignment } from "../../analysis/syntax.ts";
import { readOwnValue } from "../fixes/read-own-value.ts";
import { calledAt, pausesAt, step } from "../words/races.ts";

// See ambient-context.md for what this means to the user.
export const ambientContext = defineRule({
  id: "ambient-context",
  summary: "A variable of the module holds what belongs to one call, and is read behind a pause.",
  severity: "warning",
  profile: "strict",
  equivalents: [],
  on: { kinds: ["BinaryExpression"] },

  *check(node, program) {
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
      fixes: readOwnValue(ambient, program),
    };
  },
});
