import { replace } from "../../analysis/edit.ts";
import type { Ambient } from "../../analysis/facts/ambient.ts";
import { accessesTo } from "../../analysis/facts/accesses.ts";
import { flowOwner } from "../../analysis/facts/flow-graph.ts";
import { locationOf, variableOf } from "../../analysis/facts/locations.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { is, isInside, type Node, sourceFileOf, unwrapped } from "../../analysis/syntax.ts";

/** Reads the parameter that was put into the variable instead of the variable, behind the write. */
export function readOwnValue({ write, read }: Ambient, program: Program): Fix[] {
  const value = write.value && unwrapped(write.value);
  const declaration = is.Identifier(value) ? variableOf(value, program) : undefined;
  if (!is.Identifier(value) || !is.Parameter(declaration)) return [];
  const owner = flowOwner(write.at);
  const place = locationOf(value, program);
  if (owner === undefined || place === undefined || declaration.parent !== owner) return [];
  const file = sourceFileOf(read);
  const isChanged = accessesTo(place, file, program).some((it) => it.kind !== "read");
  const reads = accessesTo(write.location, file, program).filter(
    ({ kind, reference }) =>
      kind === "read" && isInside(reference, owner) && write.at.end <= reference.pos,
  );
  if (
    isChanged ||
    reads.some(({ reference }) => is.ShorthandPropertyAssignment(reference.parent))
  ) {
    return [];
  }
  return [
    {
      title: `Read '${value.text}' instead of the shared variable`,
      safety: "suggestion",
      edits: reads.map(({ reference }: { readonly reference: Node }) =>
        replace(reference, value.text),
      ),
    },
  ];
}
