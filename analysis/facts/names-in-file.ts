import { fact, type Program } from "../program.ts";
import { is, type Node, type NodeOf, type SourceFile, walk } from "../syntax.ts";

// Which identifiers of a file bear a name? One walk per file, shared by all who look for mentions.

type Name = NodeOf<"Identifier"> | NodeOf<"PrivateIdentifier">;

const byText: (file: SourceFile, program: Program) => ReadonlyMap<string, readonly Name[]> = fact(
  (file) => {
    const names = new Map<string, Name[]>();
    const visit = (node: Node): undefined => {
      if (!is.Identifier(node) && !is.PrivateIdentifier(node)) return undefined;
      const known = names.get(node.text);
      if (known === undefined) names.set(node.text, [node]);
      else known.push(node);
      return undefined;
    };
    walk(file, visit);
    return names;
  },
);

/** All identifiers of that text in the file, in source order: declarations, reads, members. */
export function namesakesIn(file: SourceFile, text: string, program: Program): readonly Name[] {
  return byText(file, program).get(text) ?? [];
}
