import { ts } from "ts-morph";
import {
  defaultsOf,
  expandSnippet,
  type Part,
  parseSnippet,
  printSnippet,
} from "../../snippets/snippet-text.ts";

/**
 * A TypeScript snippet without its types, as a JavaScript snippet. Knows the syntax that patterns
 * use; what it does not know stays, and the tests, which parse the result, find it.
 */
export function withoutTypes(body: string): string {
  const parts = parseSnippet(body);
  const text = expandSnippet(parts);
  const ranges = typeRanges(text);
  return printSnippet(cut(parts, ranges)).replace(/^\s*\n/, "");
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function typeRanges(text: string): readonly Range[] {
  const file = ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true);
  const ranges: Range[] = [];
  const remove = (start: number, end: number) => ranges.push({ start, end });
  const list = (nodes: ts.NodeArray<ts.Node> | undefined) => {
    if (nodes !== undefined) remove(nodes.pos - 1, text.indexOf(">", nodes.end) + 1);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || isSignature(node)) {
      const behind = /^\n*/.exec(text.slice(node.end))?.[0].length ?? 0;
      remove(node.pos === 0 ? 0 : node.getStart(), node.end + behind);
      return;
    }
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
      remove(node.expression.end, node.end);
      visit(node.expression);
      return;
    }
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) {
      remove(node.pos, node.end);
      return;
    }
    if (
      ts.isCallExpression(node) ||
      ts.isNewExpression(node) ||
      ts.isExpressionWithTypeArguments(node)
    ) {
      list(node.typeArguments);
    }
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) list(node.typeParameters);
    if (ts.isParameter(node) || ts.isPropertyDeclaration(node)) {
      if (node.questionToken !== undefined) remove(node.questionToken.pos, node.questionToken.end);
    }
    if (hasType(node)) remove(node.type.pos - 1, node.type.end);
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
    for (const it of modifiers) {
      if (TYPE_MODIFIERS.has(it.kind)) remove(it.getStart(), spaceAfter(text, it.end));
    }
    ts.forEachChild(node, (child) => {
      if (!ts.isTypeNode(child) || ts.isExpressionWithTypeArguments(child)) visit(child);
    });
  };
  visit(file);
  return ranges;
}

const TYPE_MODIFIERS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
  ts.SyntaxKind.PublicKeyword,
  ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.DeclareKeyword,
  ts.SyntaxKind.OverrideKeyword,
]);

/** An overload: what it declares is there below. */
function isSignature(node: ts.Node): boolean {
  return (
    (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.body === undefined
  );
}

function hasType(node: ts.Node): node is ts.Node & { readonly type: ts.TypeNode } {
  const isTyped =
    ts.isParameter(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isFunctionLike(node);
  return isTyped && node.type !== undefined;
}

function spaceAfter(text: string, from: number): number {
  return from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
}

/** Takes the ranges of the expanded text out of the snippet. */
function cut(parts: readonly Part[], ranges: readonly Range[]): readonly Part[] {
  const defaults = defaultsOf(parts);
  let at = 0;
  const isCut = (offset: number) => ranges.some((it) => it.start <= offset && offset < it.end);
  const visit = (all: readonly Part[]): Part[] =>
    all.flatMap((part): Part[] => {
      const start = at;
      if (typeof part === "string") {
        at += part.length;
        // By UTF-16 unit, as positions are.
        const left = part
          .split("")
          .filter((_, index) => !isCut(start + index))
          .join("");
        return left === "" ? [] : [left];
      }
      if (part.content.length === 0) {
        at += "stop" in part ? expandSnippet(defaults.get(part.stop) ?? []).length : 0;
        return at !== start && isCut(start) ? [] : [part];
      }
      const content = visit(part.content);
      return content.length === 0 ? [] : [{ ...part, content }];
    });
  return renumbered(withDefaults(visit(parts), defaults));
}

/** Where types have taken stops with them, the others close ranks. */
function renumbered(parts: readonly Part[]): readonly Part[] {
  const numbers = new Map<number, number>();
  const visit = (all: readonly Part[]): readonly Part[] =>
    all.map((part) => {
      if (typeof part === "string") return part;
      if (!("stop" in part)) return { ...part, content: visit(part.content) };
      const stop = part.stop === 0 ? 0 : (numbers.get(part.stop) ?? numbers.size + 1);
      if (stop !== 0) numbers.set(part.stop, stop);
      return { ...part, stop, content: visit(part.content) };
    });
  return visit(parts);
}

/** Where the stop that had the text is gone, the first one left gets it. */
function withDefaults(
  parts: readonly Part[],
  defaults: ReadonlyMap<number, readonly Part[]>,
): readonly Part[] {
  const seen = new Set(defaultsOf(parts).keys());
  const visit = (all: readonly Part[]): readonly Part[] =>
    all.map((part) => {
      if (typeof part === "string" || !("stop" in part) || seen.has(part.stop)) return part;
      seen.add(part.stop);
      return { ...part, content: defaults.get(part.stop) ?? [] };
    });
  return visit(parts);
}
