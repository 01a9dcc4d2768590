import { Kind } from "./kinds.generated.ts";
import type { Functional, KindName, Node, NodeOf } from "./shapes.ts";

export { Kind } from "./kinds.generated.ts";
export type { ChildName, KindName, Node, NodeOf, Shapes } from "./shapes.ts";

// The one view of the tree that rules and facts have. It knows kinds, guards, positions and
// walking; it imports no compiler. Every node here is a compiler's own node, or one that an engine
// serves in its stead, so nothing is wrapped on the way.

export type SourceFile = NodeOf<"SourceFile">;
export type Identifier = NodeOf<"Identifier">;
export type CallExpression = NodeOf<"CallExpression">;
export type NewExpression = NodeOf<"NewExpression">;
export type PropertyAccess = NodeOf<"PropertyAccessExpression">;
export type FunctionLike = Node & Functional;
export type ClassLike = NodeOf<"ClassDeclaration"> | NodeOf<"ClassExpression">;

/** Guards by name: `is.CallExpression(node)`. */
export const is: { readonly [K in KindName]: (node: Node | undefined) => node is NodeOf<K> } =
  makeGuards();

function makeGuards() {
  const guards: Record<string, (node: Node | undefined) => boolean> = {};
  for (const [name, kind] of Object.entries(Kind)) {
    guards[name] = (node) => node !== undefined && node.kind === kind;
  }
  // Sound because the keys are those of `Kind`, and each guard compares with the number under its
  // own key; TypeScript cannot carry the key through Object.entries.
  return guards as { readonly [K in KindName]: (node: Node | undefined) => node is NodeOf<K> };
}

/** A guard for any of several kinds; made once per module, not per call. */
export function isOneOf<K extends KindName>(...names: readonly K[]) {
  const kinds = new Set<number>(names.map((name) => Kind[name]));
  return (node: Node | undefined): node is NodeOf<K> => node !== undefined && kinds.has(node.kind);
}

const functionKinds = isOneOf(
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunction",
  "MethodDeclaration",
  "Constructor",
  "GetAccessor",
  "SetAccessor",
);

/** A function that can have a body: declarations, expressions, methods, accessors, constructors. */
export function isFunctionLike(node: Node | undefined): node is FunctionLike {
  return functionKinds(node);
}

export const isFunctionExpression = isOneOf("ArrowFunction", "FunctionExpression");
export const isClassLike: (node: Node | undefined) => node is ClassLike = isOneOf(
  "ClassDeclaration",
  "ClassExpression",
);
export const isLoop = isOneOf(
  "ForStatement",
  "ForOfStatement",
  "ForInStatement",
  "WhileStatement",
  "DoStatement",
);

export function isAssignment(node: Node | undefined): node is NodeOf<"BinaryExpression"> {
  return is.BinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind);
}

export function isAssignmentOperator(kind: number): boolean {
  return Kind.EqualsToken <= kind && kind <= Kind.CaretEqualsToken;
}

/** The operators `&&`, `||` and `??`. */
export const SHORT_CIRCUITS: ReadonlySet<number> = new Set([
  Kind.AmpersandAmpersandToken,
  Kind.BarBarToken,
  Kind.QuestionQuestionToken,
]);

/** `a && b`, `a || b`, `a ?? b`: the right side may not run, and the value may be either side's. */
export function isShortCircuit(node: Node | undefined): node is NodeOf<"BinaryExpression"> {
  return is.BinaryExpression(node) && SHORT_CIRCUITS.has(node.operatorToken.kind);
}

export function isComma(node: Node | undefined): node is NodeOf<"BinaryExpression"> {
  return is.BinaryExpression(node) && node.operatorToken.kind === Kind.CommaToken;
}

/** What an optional chain is made of: `a.b`, `a[b]`, `a(b)`. */
export const isLink = isOneOf(
  "PropertyAccessExpression",
  "ElementAccessExpression",
  "CallExpression",
);

export function hasQuestionDot(node: { readonly questionDotToken?: Node | undefined }): boolean {
  return node.questionDotToken !== undefined;
}

const typeKeywords = isOneOf(
  "AnyKeyword",
  "BigIntKeyword",
  "BooleanKeyword",
  "NeverKeyword",
  "NumberKeyword",
  "ObjectKeyword",
  "StringKeyword",
  "SymbolKeyword",
  "UndefinedKeyword",
  "UnknownKeyword",
);

/** A type, of which nothing is left at run time. */
export function isTypeNode(node: Node): boolean {
  return (Kind.TypePredicate <= node.kind && node.kind <= Kind.ImportType) || typeKeywords(node);
}

const wrappers = isOneOf(
  "ParenthesizedExpression",
  "AsExpression",
  "SatisfiesExpression",
  "TypeAssertionExpression",
  "NonNullExpression",
);

/** The expression inside parentheses and type assertions, which change nothing at run time. */
export function unwrapped(node: Node): Node {
  let inner = node;
  while (wrappers(inner)) inner = inner.expression;
  return inner;
}

/** The outermost expression that wraps this one in parentheses or assertions only. */
export function wrapped(node: Node): Node {
  let outer = node;
  while (wrappers(outer.parent)) outer = outer.parent;
  return outer;
}

export function hasModifier(
  node: { readonly modifiers?: readonly Node[] | undefined },
  kind: number,
): boolean {
  return node.modifiers?.some((it) => it.kind === kind) ?? false;
}

export function isAsync(node: Functional): boolean {
  return hasModifier(node, Kind.AsyncKeyword);
}

export function isGenerator(node: Functional): boolean {
  return node.asteriskToken !== undefined;
}

/** The function whose body this node is in, not counting the node itself. */
export function enclosingFunction(node: Node): FunctionLike | undefined {
  for (let at = node.parent; !is.SourceFile(at); at = at.parent) {
    if (isFunctionLike(at)) return at;
    if (is.ClassStaticBlockDeclaration(at) || is.PropertyDeclaration(at)) return undefined;
  }
  return undefined;
}

export function enclosingClass(node: Node): ClassLike | undefined {
  for (let at = node.parent; !is.SourceFile(at); at = at.parent) if (isClassLike(at)) return at;
  return undefined;
}

/** The expression statement that the node is the whole of, parentheses left aside. */
export function statementOf(expression: Node): NodeOf<"ExpressionStatement"> | undefined {
  const outer = wrapped(expression).parent;
  return is.ExpressionStatement(outer) ? outer : undefined;
}

/** The nearest ancestor for which the guard holds, not counting the node itself. */
export function ancestor<T extends Node>(
  node: Node,
  guard: (it: Node | undefined) => it is T,
): T | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) if (guard(at)) return at;
  return undefined;
}

export function isInside(node: Node, outer: Node): boolean {
  return (
    outer.pos <= node.pos && node.end <= outer.end && sourceFileOf(node) === sourceFileOf(outer)
  );
}

export function sourceFileOf(node: Node): SourceFile {
  let at = node;
  while (!is.SourceFile(at)) at = at.parent;
  return at;
}

/** The children in source order. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
    return undefined;
  });
  return children;
}

/** Every node below this one, in source order; `"skip"` leaves out what is below the visited one. */
export function walk(node: Node, visit: (node: Node) => "skip" | undefined): void {
  node.forEachChild((child) => {
    if (visit(child) !== "skip") walk(child, visit);
    return undefined;
  });
}

/** Like {@link walk}, but stays inside the function: nested functions and classes are not entered. */
export function walkBody(node: Node, visit: (node: Node) => "skip" | undefined): void {
  walk(node, (child) => {
    if (isFunctionLike(child) || isClassLike(child)) {
      visit(child);
      return "skip";
    }
    return visit(child);
  });
}

/** Whether a node below this one, nested functions left out, meets the condition. */
export function bodyHas(node: Node, meets: (node: Node) => boolean): boolean {
  let found = false;
  walkBody(node, (child) => {
    found ||= meets(child);
    return found ? "skip" : undefined;
  });
  return found;
}

/** Where the node's own text starts, behind white space and comments. Offset in UTF-16 units. */
export function startOf(node: Node, file: SourceFile = sourceFileOf(node)): number {
  if (is.JsxText(node)) return node.pos;
  return skipTrivia(file.text, node.pos, node.end);
}

/** Skips white space and comments; stops at `end` at the latest, where a node is missing. */
export function skipTrivia(text: string, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 47 && text.charCodeAt(at + 1) === 47) {
      at = lineEnd(text, at);
    } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      const close = text.indexOf("*/", at + 2);
      if (close < 0) return end;
      at = close + 2;
    } else if (code === 35 && at === 0 && text.charCodeAt(1) === 33) {
      at = lineEnd(text, at);
    } else if (code <= 32 || (127 < code && /\s/.test(text.charAt(at)))) {
      at += 1;
    } else {
      return at;
    }
  }
  return end;
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\n\r\u2028\u2029]/.test(text.charAt(at))) at += 1;
  return at;
}

export function textOf(node: Node): string {
  const file = sourceFileOf(node);
  return file.text.slice(startOf(node, file), node.end);
}

/** `using` and `await using` are told from `const` by the text: compilers disagree on the flags. */
export function declarationKeyword(
  list: NodeOf<"VariableDeclarationList">,
): "var" | "let" | "const" | "using" | "await using" {
  const match = /^(?:await\s+using|using|const|let|var)/.exec(textOf(list))?.[0] ?? "var";
  if (match.startsWith("await")) return "await using";
  return match === "let" || match === "const" || match === "using" ? match : "var";
}

/** The name of a property, method or variable, where it is written out and not computed. */
export function nameOf(node: Node | undefined): string | undefined {
  if (is.Identifier(node) || is.PrivateIdentifier(node)) return node.text;
  if (is.StringLiteral(node) || is.NumericLiteral(node)) return node.text;
  return undefined;
}

/** The last name of a reference: `signal` in `options.signal` and in `signal`. */
export function lastNameOf(reference: Node): string | undefined {
  const node = unwrapped(reference);
  return nameOf(is.PropertyAccessExpression(node) ? node.name : node);
}

/** `object.method(…)` taken apart; undefined for every other call. */
export function methodCall(node: Node):
  | {
      readonly call: CallExpression;
      readonly receiver: Node;
      readonly method: string;
      readonly name: Node;
      readonly args: readonly Node[];
    }
  | undefined {
  if (!is.CallExpression(node)) return undefined;
  const callee = unwrapped(node.expression);
  if (!is.PropertyAccessExpression(callee)) return undefined;
  return {
    call: node,
    receiver: callee.expression,
    method: callee.name.text,
    name: callee.name,
    args: node.arguments,
  };
}

/** The name that is called, as a node to ask about: `save` in `api.save(…)` and in `save(…)`. */
export function calleeNameOf(call: CallExpression | NewExpression): Node {
  const callee = unwrapped(call.expression);
  return is.PropertyAccessExpression(callee) ? callee.name : callee;
}

/** Whether the file is JavaScript, from its name. */
export function isJavaScript(file: SourceFile): boolean {
  return /\.[cm]?jsx?$/.test(file.fileName);
}
