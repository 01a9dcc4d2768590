import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import { lastJump } from "../../analysis/facts/paths.ts";
import {
  type Dropped,
  droppedBy,
  type Unreleased,
  unreleasedBy,
} from "../../analysis/facts/resources.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { calleeNameOf, is, nameOf, sourceFileOf } from "../../analysis/syntax.ts";
import { releaseOnEveryWay } from "../fixes/release-in-finally.ts";

// See unreleased-resource.md for what this means to the user.
export const unreleasedResource = defineRule({
  id: "unreleased-resource",
  summary: "A handle or connection is not released on every way out of the function.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["VariableDeclaration", "CallExpression"] },

  *check(node, program) {
    if (is.VariableDeclaration(node)) {
      const found = unreleasedBy(node, program);
      if (found === undefined || isTestOrScript(sourceFileOf(node), program)) return;
      yield missed(found, program);
    } else if (is.CallExpression(node)) {
      const found = droppedBy(node, program);
      if (found === undefined || isTestOrScript(sourceFileOf(node), program)) return;
      yield dropped(found);
    }
  },
});

const WHY =
  "What is not released stays open until the process ends, and there are only so many of them.";

function missed(found: Unreleased, program: Program): Finding {
  const { name, path, releases } = found;
  return {
    at: name,
    message:
      releases.length === 0
        ? `Nothing releases \`${name.text}\`.`
        : `Not every way on from here releases \`${name.text}\`.`,
    why: WHY,
    notes: [
      {
        at: lastJump(path),
        message:
          path.to === "throw"
            ? "a failure here leaves without releasing it"
            : "leaves from here without releasing it",
      },
    ],
    fixes: releaseOnEveryWay(found, program),
  };
}

function dropped({ call, released }: Dropped): Finding {
  const name = nameOf(calleeNameOf(call)) ?? "this";
  return {
    at: call.expression,
    message: `Nobody can release what \`${name}\` gives here: nothing holds it.`,
    why: WHY,
    // That it has to be released is concluded from what other code does.
    profile: released === undefined ? undefined : "strict",
    notes: released === undefined ? [] : [{ at: released, message: "released here" }],
  };
}
