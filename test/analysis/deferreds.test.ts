import { resolvedOnSuccessOnly } from "../../analysis/facts/deferreds.ts";
import { is, walk } from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("deferreds.md", import.meta.url), function* (file, program) {
  const answers: Answer[] = [];
  walk(file, (node) => {
    const at = is.CallExpression(node) ? resolvedOnSuccessOnly(node, program) : undefined;
    if (at !== undefined) answers.push({ at, label: "only" });
    return undefined;
  });
  yield* answers;
});
