import { hiddenHolder, mentionsOfBinding } from "../../analysis/facts/bindings.ts";
import type { Program } from "../../analysis/program.ts";
import { is, methodCall, type Node, walk } from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("bindings.md", import.meta.url), function* (file, program) {
  const answers: Answer[] = [];
  walk(file, (node) => {
    answers.push(...answersAt(node, program));
    return undefined;
  });
  yield* answers;
});

function* answersAt(node: Node, program: Program): Iterable<Answer> {
  if (is.VariableDeclaration(node) && is.Identifier(node.name)) {
    const { reads, writes, blind, captured } = mentionsOfBinding(node, program);
    if (captured) yield { at: node.name, label: "captured" };
    for (const at of reads) yield { at, label: "reads" };
    for (const at of writes) yield { at, label: "writes" };
    for (const at of blind) yield { at, label: "ignores" };
  }
  for (const argument of methodCall(node)?.args ?? []) {
    const hidden = hiddenHolder(argument, program);
    if (hidden !== undefined) yield { at: argument, label: "hidden" };
  }
}
