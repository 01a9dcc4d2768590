import type { Node as RemoteNode, SourceFile as RemoteFile } from "typescript/unstable/ast";
import { bug } from "../bug.ts";
import { type ChildName, is, Kind, type Node, type SourceFile } from "../syntax.ts";
import type { NativeApi } from "./native-api.ts";
import type { Place } from "./type-engine.ts";

// The server's trees have our property names but kind numbers of their own, and in JavaScript files
// they hold nodes that the parser made out of JSDoc comments. A thin view over each node that
// somebody looks at says the kinds in our numbers and leaves those nodes out.

/** Makes and remembers the views, so that a node that is seen twice is the same object twice. */
export class NativeTrees {
  private readonly kinds: readonly number[];
  private readonly reparsed: number;
  private readonly files = new WeakMap<RemoteFile, NativeTree>();

  constructor({ ast }: NativeApi) {
    this.kinds = kindTable(ast.SyntaxKind);
    this.reparsed = ast.NodeFlags.Reparsed;
  }

  file(remote: RemoteFile): SourceFile | undefined {
    const view = this.view(remote);
    return is.SourceFile(view) ? view : undefined;
  }

  view(remote: RemoteNode): Node {
    const file = remote.getSourceFile();
    let tree = this.files.get(file);
    if (tree === undefined) this.files.set(file, (tree = new NativeTree(this)));
    return tree.view(remote);
  }

  place(remote: RemoteNode): Place {
    const file = remote.getSourceFile().fileName;
    return { file, kind: this.kindOf(remote), start: remote.pos, end: remote.end };
  }

  kindOf(remote: RemoteNode): number {
    const kind = this.kind(remote.kind);
    // The hole in `[first, , third]` is a binding without a name there.
    const isHole = kind === Kind.BindingElement && Reflect.get(remote, "name") === undefined;
    return isHole ? Kind.OmittedExpression : kind;
  }

  kind(native: number): number {
    return this.kinds[native] ?? Kind.Unknown;
  }

  /** Whether the node was made from a comment, as TypeScript 7 does with types in JSDoc. */
  isMade(remote: RemoteNode): boolean {
    return (remote.flags & this.reparsed) !== 0;
  }
}

/** The views of one file. */
class NativeTree {
  readonly trees: NativeTrees;
  private readonly views = new Map<RemoteNode, NativeNode>();

  constructor(trees: NativeTrees) {
    this.trees = trees;
  }

  view(remote: RemoteNode): Node {
    let view = this.views.get(remote);
    if (view === undefined) this.views.set(remote, (view = new NativeNode(remote, this)));
    return view;
  }

  /** A child as it is in the code; undefined for what was made from a comment. */
  child(remote: RemoteNode): Node | undefined {
    return this.trees.isMade(remote) ? undefined : this.view(remote);
  }
}

/** The server's node behind one of our views. */
export function remoteOf(node: Node): RemoteNode {
  if (node instanceof NativeNode) return node.remote;
  bug("A node of another engine was handed to the native one.");
  throw new TypeError("This node is not from the native engine.");
}

class NativeNode implements Node {
  readonly kind: number;
  readonly pos: number;
  readonly end: number;
  readonly remote: RemoteNode;
  readonly tree: NativeTree;
  /** Lists by name, once somebody has asked: rules may compare them. */
  lists: Map<string, readonly Node[]> | undefined = undefined;

  constructor(remote: RemoteNode, tree: NativeTree) {
    this.remote = remote;
    this.tree = tree;
    this.kind = tree.trees.kindOf(remote);
    this.pos = remote.pos;
    this.end = remote.end;
  }

  get parent(): Node {
    // Only a file has none, as with compilers, whose types leave that out as well.
    const { parent } = this.remote;
    return parent && this.tree.view(parent);
  }

  forEachChild<T>(visit: (child: Node) => T | undefined): T | undefined {
    const { tree } = this;
    return this.remote.forEachChild((remote) => {
      const child = tree.child(remote);
      return child && visit(child);
    });
  }
}

type Read = (node: NativeNode, name: string) => unknown;

const node: Read = ({ remote, tree }, name) => {
  const child: unknown = Reflect.get(remote, name);
  return isRemote(child) ? tree.child(child) : undefined;
};

const nodes: Read = (view, name) => {
  const known = view.lists?.get(name);
  if (known !== undefined) return known;
  const children: unknown = Reflect.get(view.remote, name);
  if (!Array.isArray(children)) return undefined;
  const list: Node[] = [];
  for (const remote of children) {
    const child = isRemote(remote) ? view.tree.child(remote) : undefined;
    if (child !== undefined) list.push(child);
  }
  // A list of which nothing is in the code is not there, unless its brackets are.
  if (list.length === 0 && 0 < children.length) return undefined;
  (view.lists ??= new Map()).set(name, list);
  return list;
};

const kind: Read = ({ remote, tree }, name) => {
  const native: unknown = Reflect.get(remote, name);
  return typeof native === "number" ? tree.trees.kind(native) : undefined;
};

const value: Read = ({ remote }, name): unknown => Reflect.get(remote, name);

/** Offsets count a byte order mark in front of the text; the client's decoder drops the mark. */
const text: Read = (view) => {
  const found: unknown = Reflect.get(view.remote, "text");
  if (view.kind !== Kind.SourceFile || typeof found !== "string") return found;
  return found.length < view.end ? `\uFEFF${found}` : found;
};

const CHILDREN: Readonly<Record<ChildName, Read>> = {
  argumentExpression: node,
  arguments: nodes,
  asteriskToken: node,
  attributes: node,
  awaitModifier: node,
  block: node,
  body: node,
  caseBlock: node,
  catchClause: node,
  clauses: nodes,
  condition: node,
  declarationList: node,
  declarations: nodes,
  dotDotDotToken: node,
  elementType: node,
  elements: nodes,
  elseStatement: node,
  exportClause: node,
  expression: node,
  fileName: value,
  finallyBlock: node,
  head: node,
  heritageClauses: nodes,
  importClause: node,
  incrementor: node,
  initializer: node,
  isDeclarationFile: value,
  label: node,
  left: node,
  literal: node,
  members: nodes,
  modifiers: nodes,
  moduleSpecifier: node,
  name: node,
  namedBindings: node,
  operand: node,
  operator: kind,
  operatorToken: node,
  parameters: nodes,
  properties: nodes,
  propertyName: node,
  questionDotToken: node,
  questionToken: node,
  right: node,
  statement: node,
  statements: nodes,
  tag: node,
  tagName: node,
  template: node,
  templateSpans: nodes,
  text,
  thenStatement: node,
  token: kind,
  tryBlock: node,
  type: node,
  typeArguments: nodes,
  typeName: node,
  typeParameters: nodes,
  types: nodes,
  variableDeclaration: node,
  whenFalse: node,
  whenTrue: node,
};

for (const [name, read] of Object.entries(CHILDREN)) {
  Object.defineProperty(NativeNode.prototype, name, {
    get(this: NativeNode) {
      return read(this, name);
    },
  });
}

function isRemote(found: unknown): found is RemoteNode {
  return typeof found === "object" && found !== null && "kind" in found && "forEachChild" in found;
}

/** Our numbers by the server's: the same kinds under the same names, but for one. */
function kindTable(native: Readonly<Record<string, string | number>>): readonly number[] {
  const table: number[] = [];
  for (const [name, number] of Object.entries(Kind)) {
    const theirs = native[name === "EndOfFileToken" ? "EndOfFile" : name];
    if (typeof theirs === "number") table[theirs] = number;
  }
  return table;
}
