import { digest } from "./digest.ts";
import { nodeAt } from "./node-at.ts";
import type { Program } from "./program.ts";
import { isHiddenPart, isImport, surfaceOf } from "./surface.ts";
import { childrenOf, is, isFunctionLike, type Node, sourceFileOf } from "./syntax.ts";

// Which node of a changed file is this one?
//
// A node is told by the children that lead to it from the file, which stay the same while the file's
// surface does (surface.ts). What lies in a hidden part, the body of a function or an import, is told by the
// whole text of that part: another text, and nothing in it is what it was. A function is told by its whole
// text as well, since whoever has it reads its body. *Must*: a node that is found again is one about which
// others see the same.

export interface NodePath {
  readonly file: string;
  readonly kind: number;
  /** From the file to the node, or to the hidden part that it is in; imports count backwards from -1. */
  readonly steps: readonly number[];
  /** What other files see of the file. */
  readonly surface: number;
  readonly hidden: Hidden | undefined;
}

interface Hidden {
  readonly text: number;
  /** Offsets from where the part begins. */
  readonly start: number;
  readonly end: number;
}

export function pathOf(node: Node): NodePath {
  const chain: Node[] = [];
  for (let at = node; !is.SourceFile(at); at = at.parent) chain.push(at);
  const file = sourceFileOf(node);
  const found: number[] = [];
  let hidden: Hidden | undefined;
  let parent: Node = file;
  for (const child of chain.toReversed()) {
    found.push(stepTo(child, parent));
    const isWhole = child === node && isFunctionLike(child);
    if (isWhole || isHiddenPart(child, file)) {
      const { pos, end } = child;
      const text = digest(file.text.slice(pos, end));
      hidden = { text, start: node.pos - pos, end: node.end - pos };
      break;
    }
    parent = child;
  }
  const { fileName } = file;
  return { file: fileName, kind: node.kind, steps: found, surface: surfaceOf(file).digest, hidden };
}

/** The node of the path in this state of the program; undefined where nobody can say that it is the same. */
export function nodeAtPath(path: NodePath, program: Program): Node | undefined {
  const file = program.types.file(path.file);
  if (file === undefined || surfaceOf(file).digest !== path.surface) return undefined;
  let at: Node = file;
  for (const step of path.steps) {
    const child = childAt(step, at);
    if (child === undefined) return undefined;
    at = child;
  }
  const { hidden, kind } = path;
  if (hidden === undefined) return at.kind === kind ? at : undefined;
  const { pos, end } = at;
  if (digest(file.text.slice(pos, end)) !== hidden.text) return undefined;
  return nodeAt(at, { kind, start: pos + hidden.start, end: pos + hidden.end });
}

/** Imports come and go without being seen, so they are counted apart. */
function stepTo(child: Node, parent: Node): number {
  let known = steps.get(parent);
  if (known === undefined) {
    const children = childrenOf(parent);
    const shown = children.filter((it) => !isImport(it));
    const imports = children.filter((it) => isImport(it));
    known = new Map([
      ...shown.map((it, index) => [it, index] as const),
      ...imports.map((it, index) => [it, -1 - index] as const),
    ]);
    steps.set(parent, known);
  }
  // What is in a documentation comment is no child, and is never found again.
  return known.get(child) ?? Number.NaN;
}

const steps = new WeakMap<Node, ReadonlyMap<Node, number>>();

function childAt(step: number, parent: Node): Node | undefined {
  const isAsked = (it: Node) => isImport(it) === step < 0;
  return childrenOf(parent).filter(isAsked)[step < 0 ? -1 - step : step];
}

const keys = new WeakMap<Node, string>();

/** A name for a node that edits of other functions, before it in the same file, leave alone. */
export function pathKey(node: Node): string {
  let key = keys.get(node);
  if (key === undefined) {
    key = is.SourceFile(node)
      ? node.fileName
      : `${pathKey(node.parent)}/${String(stepTo(node, node.parent))}`;
    keys.set(node, key);
  }
  return key;
}
