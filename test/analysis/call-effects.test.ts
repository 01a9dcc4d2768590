import { effectIn } from "../../analysis/facts/call-effects.ts";
import { ancestor, is, textOf, walk } from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("call-effects.md", import.meta.url), function* (file, program) {
  const answers: Answer[] = [];
  walk(file, (node) => {
    if (!is.AwaitExpression(node) || ancestor(node, is.VariableDeclaration)) return undefined;
    const effect = effectIn(node.expression, program);
    const message = effect === undefined ? undefined : textOf(effect.at);
    answers.push({ at: node.expression, label: effect?.does ?? "asks", message });
    return undefined;
  });
  yield* answers;
});
