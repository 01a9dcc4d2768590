import { lifeOf, nameOfLife } from "../../analysis/facts/lives.ts";
import { begunBy, holderOf } from "../../analysis/facts/pairs.ts";
import { is, type Node, walk } from "../../analysis/syntax.ts";
import { type Answer, checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("pairs.md", import.meta.url), function* (file, program) {
  const answers: Answer[] = [];
  const visit = (node: Node): undefined => {
    const begun = is.CallExpression(node) ? begunBy(node, program) : undefined;
    if (begun === undefined || !is.CallExpression(node)) return undefined;
    const { begins } = begun.pair;
    const { kind } = holderOf(node, program);
    answers.push({ at: node.expression, label: "begins", message: `${begins}, kept ${kind}` });
    const life = lifeOf(node, program);
    if (life !== undefined) {
      answers.push({ at: node.expression, label: "part-of", message: nameOfLife(life) });
    }
    return undefined;
  };
  walk(file, visit);
  yield* answers;
});
