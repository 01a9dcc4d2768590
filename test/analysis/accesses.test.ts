import { accessesTo } from "../../analysis/facts/accesses.ts";
import { locationOf } from "../../analysis/facts/locations.ts";
import { is, type Node, nameOf, type SourceFile, walk } from "../../analysis/syntax.ts";
import { checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("accesses.md", import.meta.url), function* (file, program) {
  for (const asked of askedIn(file)) {
    const location = locationOf(asked, program);
    if (location === undefined) continue;
    for (const { at, kind, location: place } of accessesTo(location, file, program)) {
      if (!isAsked(at)) yield { at, label: kind, message: place.text };
    }
  }
});

function askedIn(file: SourceFile): Node[] {
  const asked: Node[] = [];
  walk(file, (node) => {
    if (is.CallExpression(node) && nameOf(node.expression) === "ask") asked.push(...node.arguments);
    return undefined;
  });
  return asked;
}

function isAsked({ parent }: Node): boolean {
  return is.CallExpression(parent) && nameOf(parent.expression) === "ask";
}
