import { excludes, heldAt } from "../../analysis/facts/locks.ts";
import type { Program } from "../../analysis/program.ts";
import { is, type Node, nameOf, walk } from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("locks.md", import.meta.url), function* (file, program) {
  const answers: Answer[] = [];
  walk(file, (node) => {
    answers.push(...answersAt(node, program));
    return undefined;
  });
  yield* answers;
});

/** What is held at each call of `here`. */
function* answersAt(node: Node, program: Program): Iterable<Answer> {
  if (!is.CallExpression(node) || nameOf(node.expression) !== "here") return;
  const names = heldAt(node, program).map((it) => {
    const { name, fresh } = it.lock;
    const kind = it.shared ? " shared" : fresh ? " fresh" : excludes(it) ? "" : " with others";
    return `${name}${kind}`;
  });
  if (names.length > 0) yield { at: node, label: "holds", message: names.join(" and ") };
}
