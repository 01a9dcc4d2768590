import { mixedWith } from "../../analysis/facts/mixed-values.ts";
import { is, walk } from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("mixed-values.md", import.meta.url), function* (file, program) {
  const answers: Answer[] = [];
  walk(file, (node) => {
    const mixed = is.BinaryExpression(node) ? mixedWith(node, program) : undefined;
    if (mixed === undefined) return undefined;
    answers.push({ at: mixed.value, label: "value" }, { at: mixed.use, label: "use" });
    return undefined;
  });
  yield* answers;
});
