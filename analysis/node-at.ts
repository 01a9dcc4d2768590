import { isOneOf, type Node } from "./syntax.ts";

/** The node of this kind at exactly this range, `start` being its `pos`; in a file, or below another node. */
export function nodeAt(
  within: Node,
  place: { readonly kind: number; readonly start: number; readonly end: number },
): Node | undefined {
  const search = (node: Node): Node | undefined => {
    if (node.pos > place.start || place.end > node.end) return undefined;
    if (node.kind === place.kind && node.pos === place.start && node.end === place.end) return node;
    const statement = hasStatements(node) ? statementAt(node.statements, place) : undefined;
    return (statement && search(statement)) ?? node.forEachChild(search);
  };
  return search(within);
}

const hasStatements = isOneOf("SourceFile", "Block", "ModuleBlock");

/** The one of many statements that a range lies in: files of thousands of them are not rare. */
function statementAt(
  statements: readonly Node[],
  place: { readonly start: number; readonly end: number },
): Node | undefined {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((statements[middle]?.end ?? 0) <= place.start) low = middle + 1;
    else high = middle;
  }
  const found = statements[low];
  return found !== undefined && found.pos <= place.start && place.end <= found.end
    ? found
    : undefined;
}
