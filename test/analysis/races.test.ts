import { exclusionsAt } from "../../analysis/facts/exclusion.ts";
import { isMemoOnLookup } from "../../analysis/facts/lookups.ts";
import { locationOf } from "../../analysis/facts/locations.ts";
import { overlapAt } from "../../analysis/facts/overlap.ts";
import { isSharedAt } from "../../analysis/facts/races.ts";
import { sharingOf } from "../../analysis/facts/sharing.ts";
import { is, nameOf, type Node, walk } from "../../analysis/syntax.ts";
import { checkFactPage } from "../harness/fact-page.ts";

checkFactPage(new URL("races.md", import.meta.url), function* (file, program) {
  const calls: (Node & { readonly arguments: readonly Node[] })[] = [];
  walk(file, (node) => {
    if (is.CallExpression(node) && nameOf(node.expression) === "work") calls.push(node);
    return undefined;
  });
  for (const call of calls) {
    const [place] = call.arguments;
    const location = place && locationOf(place, program);
    if (location === undefined) continue;
    if (isMemoOnLookup(location, call, program)) yield { at: call, label: "looked-up" };
    else if (!isSharedAt(location, call, program)) {
      yield { at: call, label: sharingOf(location, call, program).level };
      continue;
    }
    const overlap = overlapAt(call, location, program);
    const kind = overlap && `${overlap.strength} ${overlap.evidence.kind}`;
    yield { at: call, label: kind === undefined ? "alone" : "overlaps", message: kind };
    const keys = [...exclusionsAt(call, program)].map((it) => it.split(" ")[0] ?? "");
    if (keys.length > 0) yield { at: call, label: "excludes", message: keys.join(", ") };
  }
});
