import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { type Step, stepsBefore } from "../../analysis/facts/serial-work.ts";
import { defineRule } from "../../analysis/rule.ts";
import { calleeNameOf, nameOf, sourceFileOf } from "../../analysis/syntax.ts";
import { waitTogether } from "../fixes/wait-together.ts";

// See serial-independent-awaits.md for what this means to the user.
export const serialIndependentAwaits = defineRule({
  id: "serial-independent-awaits",
  summary: "A call is waited for before one begins that does not need its result.",
  severity: "hint",
  profile: "strict",
  equivalents: [],
  on: { kinds: ["VariableStatement"] },

  *check(statement, program) {
    const file = sourceFileOf(statement);
    if (isTestFile(file, program)) return;
    const steps = stepsBefore(statement, program);
    const [first, second, ...others] = steps ?? [];
    if (steps === undefined || first === undefined || second === undefined) return;
    yield {
      at: second.call.expression,
      message: `${named(second)} waits for ${named(first)}, and does not need it.`,
      why: "Together they take as long as the slower one; one behind the other, as long as both.",
      notes: [
        { at: first.call.expression, message: "waited for first" },
        ...others.map((it) => ({ at: it.call.expression, message: "needs none of them either" })),
      ],
      fixes: waitTogether(steps),
    };
  },
});

function named({ call }: Step): string {
  const name = nameOf(calleeNameOf(call));
  return name === undefined ? "this" : `\`${name}\``;
}
