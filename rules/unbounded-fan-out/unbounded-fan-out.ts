import { type FanOut, fanOutAt } from "../../analysis/facts/fan-out.ts";
import { isScript, isTestFile } from "../../analysis/facts/file-roles.ts";
import { defineRule } from "../../analysis/rule.ts";
import { calleeNameOf, is, nameOf, sourceFileOf, unwrapped } from "../../analysis/syntax.ts";
import { limitFanOut } from "../fixes/map-limit.ts";

// See unbounded-fan-out.md for what this means to the user.
//
// How long a list is, is seldom in sight, so all of it is for the strict profile: a hint where the
// work is only some promise, a warning where it takes connections or processes.
export const unboundedFanOut = defineRule({
  id: "unbounded-fan-out",
  summary: "Work is begun for all elements of a list at once, however many there are.",
  severity: "hint",
  profile: "strict",
  equivalents: [],
  on: {
    kinds: ["CallExpression"],
    where: [{ child: "expression", kinds: ["PropertyAccessExpression"] }],
  },

  *check(call, program) {
    const file = sourceFileOf(call);
    const found = fanOutAt(call, program);
    if (found === undefined || isScript(file, program) || isTestFile(file, program)) return;
    const { uses, at } = found.work;
    const isLimited = uses === "network" || uses === "database" || uses === "processes";
    yield {
      at: calleeNameOf(found.map),
      message: `All elements of ${nameOfList(found)} are worked on at once, however many there are.`,
      why: uses === undefined ? WHY : (WHY_USING[uses] ?? WHY),
      severity: isLimited ? "warning" : undefined,
      notes: [{ at, message: "begun for each of them" }],
      fixes: limitFanOut(call, program),
    };
  },
});

const WHY =
  "With a long list, all of the work is under way together, and so is what it keeps in memory.";

const WHY_USING: Readonly<Record<string, string>> = {
  network:
    "Each one takes a connection: a long list meets the limits of the platform, or of the server.",
  database: "Each one waits for a connection of the pool, and so does everybody else meanwhile.",
  files: "Each one holds a file open: a long list meets the limit of the process.",
  processes: "Each one starts a process: a long list takes all processors and memory there are.",
};

function nameOfList({ list }: FanOut): string {
  const node = unwrapped(list);
  const name = nameOf(is.PropertyAccessExpression(node) ? node.name : node);
  return name === undefined ? "the list" : `\`${name}\``;
}
