import { belongsTo, isCleanUp } from "../../analysis/facts/belonging.ts";
import { emptySlot } from "../../analysis/facts/signal-slots.ts";
import { carries } from "../../analysis/facts/signal-carriers.ts";
import { signalsAt } from "../../analysis/facts/signals.ts";
import type { Program } from "../../analysis/program.ts";
import { type CallExpression, is, nameOf, walk } from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("signals.md", import.meta.url), function* (file, program) {
  const answers: Answer[] = [];
  walk(file, (node) => {
    if (is.CallExpression(node)) answers.push(...answersAt(node, program));
    return undefined;
  });
  yield* answers;
});

function* answersAt(call: CallExpression, program: Program): Iterable<Answer> {
  const name = nameOf(call.expression);
  const signals = signalsAt(call, program);
  const [first] = signals;
  if (name === "here") {
    const texts = signals.map((it) =>
      it.origin === "given" ? it.text : `${it.text} (${it.origin})`,
    );
    yield { at: call, label: "at", message: texts.join(", ") || "none" };
  }
  if (first === undefined) return;
  if (name === "given") {
    for (const at of call.arguments) {
      if (signals.some((it) => carries(at, it))) yield { at, label: "carries" };
    }
  }
  if (name === "work") {
    const belongs = belongsTo(call, first.owner, program);
    const isEnd = isCleanUp(call, first.owner);
    yield { at: call, label: isEnd ? "cleans-up" : belongs ? "belongs" : "let-go" };
  }
  const slot = name === "here" ? undefined : emptySlot(call, first.model, program);
  if (slot !== undefined) {
    const { position, member } = slot;
    const message = member === undefined ? `${position}` : `${position}, ${member}`;
    yield { at: call, label: "room", message };
  }
}
