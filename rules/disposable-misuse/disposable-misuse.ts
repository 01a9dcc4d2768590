import { disposesTooSoon, returnsPastDisposal } from "../../analysis/facts/disposals.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import { defineRule } from "../../analysis/rule.ts";
import { is, nameOf } from "../../analysis/syntax.ts";
import { prefixKeyword } from "../fixes/prefix-keyword.ts";

// See disposable-misuse.md for what this means to the user.
export const disposableMisuse = defineRule({
  id: "disposable-misuse",
  summary: "A resource is disposed of before the work that needs it is over, or without waiting.",
  severity: "warning",
  profile: "strict",
  equivalents: [],
  covers: ["promise-escapes-try"],
  on: { kinds: ["VariableDeclaration", "ReturnStatement"] },

  *check(node, program) {
    if (is.VariableDeclaration(node)) {
      const begun = disposesTooSoon(node, program);
      if (begun === undefined) return;
      yield {
        at: node.name,
        message: `Nobody waits for what disposing of \`${nameOf(node.name) ?? "it"}\` begins.`,
        why: "`using` calls `Symbol.dispose` and goes on. What that begins is not over when the block is, and its failure is lost.",
        notes: [{ at: begun, message: "this is begun and left to itself" }],
      };
    } else if (is.ReturnStatement(node)) {
      const found = returnsPastDisposal(node, program);
      if (found === undefined) return;
      yield {
        at: found.promise,
        message: `\`${nameOf(found.resource) ?? "The resource"}\` is disposed of before this promise has settled.`,
        why: "`return` leaves the block, which disposes of the resource, while the work that uses it has only begun.",
        notes: [{ at: found.resource, message: "disposed of when the block is left" }],
        fixes: canAwaitAt(node)
          ? [
              {
                title: "Await the promise before returning",
                safety: "safe",
                edits: prefixKeyword(found.promise, "await"),
              },
            ]
          : [],
      };
    }
  },
});
