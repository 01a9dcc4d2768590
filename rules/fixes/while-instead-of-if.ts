import type { Fix } from "../../analysis/rule.ts";
import { is, type Node, sourceFileOf, startOf, statementOf } from "../../analysis/syntax.ts";

/** `while (!ready) await changed.wait(guard);` where that stood behind an `if`. */
export function whileInsteadOfIf(waiting: Node): Fix[] {
  const statement = statementOf(waiting);
  const block = statement?.parent;
  const isOnly = is.Block(block) && block.statements.length === 1;
  const branch = isOnly ? block.parent : block;
  if (!is.IfStatement(branch) || branch.elseStatement !== undefined) return [];
  const start = startOf(branch);
  const edit = {
    file: sourceFileOf(branch).fileName,
    start,
    end: start + "if".length,
    text: "while",
  };
  return [{ title: "Look again after each wait", safety: "suggestion", edits: [edit] }];
}
