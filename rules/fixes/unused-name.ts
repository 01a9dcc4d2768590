import {
  is,
  isOneOf,
  type Node,
  type SourceFile,
  sourceFileOf,
  walk,
} from "../../analysis/syntax.ts";

/** The first of the names that the whole file does not use for anything. */
export function unusedName(at: Node, names: readonly string[]): string | undefined {
  const used = namesIn(sourceFileOf(at));
  return names.find((it) => !used.has(it));
}

/** Follows from the text alone, so it lives as long as the tree does. */
const known = new WeakMap<SourceFile, ReadonlySet<string>>();

function namesIn(file: SourceFile): ReadonlySet<string> {
  const before = known.get(file);
  if (before !== undefined) return before;
  const used = new Set<string>();
  walk(file, (it) => {
    if (is.Identifier(it)) used.add(it.text);
    return undefined;
  });
  known.set(file, used);
  return used;
}

/** The first of the names that no variable, function or type of the file has; members may have it. */
export function unusedVariable(at: Node, names: readonly string[]): string | undefined {
  const used = new Set<string>();
  walk(sourceFileOf(at), (it) => {
    if (is.Identifier(it) && !isMemberName(it)) used.add(it.text);
    return undefined;
  });
  return names.find((it) => !used.has(it));
}

function isMemberName(name: Node): boolean {
  const { parent } = name;
  const isMember =
    is.PropertyAccessExpression(parent) || is.PropertyAssignment(parent) || isDeclared(parent);
  return isMember && parent.name === name;
}

const isDeclared = isOneOf("PropertySignature", "PropertyDeclaration", "MethodDeclaration");
