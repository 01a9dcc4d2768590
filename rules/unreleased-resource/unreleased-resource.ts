import { isTestOrScript } from "../../analysis/facts/file-roles.ts";
import { lastJump } from "../../analysis/facts/paths.ts";
import { unreleasedBy } from "../../analysis/facts/resources.ts";
import { defineRule } from "../../analysis/rule.ts";
import { sourceFileOf } from "../../analysis/syntax.ts";
import { releaseOnEveryWay } from "../fixes/release-in-finally.ts";

// See unreleased-resource.md for what this means to the user.
export const unreleasedResource = defineRule({
  id: "unreleased-resource",
  summary: "A handle or connection is not released on every way out of the function.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["VariableDeclaration"], where: [{ child: "initializer", present: true }] },

  *check(declaration, program) {
    const found = unreleasedBy(declaration, program);
    if (found === undefined || isTestOrScript(sourceFileOf(declaration), program)) return;
    const { name, path } = found;
    yield {
      at: name,
      message: `Not every way on from here releases \`${name.text}\`.`,
      why: "What is not released stays open until the process ends, and there are only so many of them.",
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
  },
});
