import type { CodeAction, CodeActionParams } from "vscode-languageserver";
import { parseFile } from "../../analysis/engine/parse.ts";
import {
  enclosingFunction,
  hasModifier,
  is,
  isAsync,
  isFunctionLike,
  isLoop,
  isOneOf,
  Kind,
  type Node,
  nameOf,
  type SourceFile,
  startOf,
  walk,
} from "../../analysis/syntax.ts";
import { around, wrapsSelection } from "../../snippets/adapt.ts";
import { expandSnippet, parseSnippet } from "../../snippets/snippet-text.ts";
import { SURROUND } from "../capabilities.ts";
import { textEditOf } from "../convert.ts";
import { formsIn, hasRuntime, type PatternOffer, PatternWriter, placedAt } from "../patterns.ts";
import type { Session } from "../session.ts";
import { dedented } from "./insert-pattern.ts";

/**
 * Patterns around what is selected: whole statements, or one expression whose value is wanted. Not
 * offered, or with the reason why not, where the code would mean something else afterwards: a `return` would leave another
 * function, a name would be out of reach, nothing can be awaited.
 */
export function surround(
  session: Session,
  { textDocument, range, context }: CodeActionParams,
): CodeAction[] {
  const isWanted = context.only?.some((it) => SURROUND === it || SURROUND.startsWith(`${it}.`));
  if (isWanted === false || !session.client.snippetEdits) return [];
  const document = session.documents.at(session.documents.pathOf(textDocument.uri));
  if (document === undefined || !/\.[cm]?[jt]sx?$/.test(document.path)) return [];
  const { lines, text } = document;
  const [start, end] = trimmed(text, lines.offset(range.start), lines.offset(range.end));
  if (end <= start) return [];

  const { files } = session.folders.of(document.path);
  const writer = new PatternWriter(document, files);
  const selection = selectionIn(writer.file, start, end);
  if (selection === undefined) return [];
  const form = hasRuntime(document.path, files) ? "runtime" : "plain";
  const forms = formsIn(writer.language).filter(
    ({ pattern, code }) =>
      wrapsSelection(code) &&
      (code.form === form || pattern.code.every((it) => it.form === "plain")),
  );
  return forms.flatMap((it): CodeAction[] => {
    const offer = writer.offer(it);
    const title = `Surround with ${it.pattern.surround}`;
    const wrapped = wrappedIn(offer, selection, dedented(text, start, end));
    if (wrapped === undefined) return [];
    if ("reason" in wrapped) {
      // Said to whoever asks for this kind of action; a light bulb would only be longer.
      const isSaid = isWanted === true && session.client.disabledActions;
      return isSaid ? [{ title, kind: SURROUND, disabled: wrapped }] : [];
    }
    const { snippet, head } = placedAt({ ...offer, ...wrapped }, start, end);
    const edits = [
      ...(head === undefined ? [] : [textEditOf(head, lines)]),
      { range: lines.range(start, end), snippet: { kind: "snippet" as const, value: snippet } },
    ];
    return [
      {
        title,
        kind: SURROUND,
        edit: {
          documentChanges: [
            { textDocument: { uri: document.uri, version: document.version }, edits },
          ],
        },
      },
    ];
  });
}

interface Selection {
  /** The statements, or the expression alone. */
  readonly nodes: readonly Node[];
  readonly isExpression: boolean;
  readonly file: SourceFile;
}

function trimmed(text: string, start: number, end: number): readonly [number, number] {
  const inside = text.slice(start, end);
  const before = /^\s*/.exec(inside)?.[0].length ?? 0;
  return [start + before, end - (/\s*$/.exec(inside)?.[0].length ?? 0)];
}

const hasStatements = isOneOf("Block", "SourceFile", "CaseClause", "DefaultClause", "ModuleBlock");

/** What is selected, where that is something whole. */
function selectionIn(file: SourceFile, start: number, end: number): Selection | undefined {
  let nodes: readonly Node[] = [];
  let expression: Node | undefined;
  const visit = (node: Node): "skip" | undefined => {
    if (node.end < end || start < node.pos) return "skip";
    if (hasStatements(node)) {
      const statements: readonly Node[] =
        "statements" in node && Array.isArray(node.statements) ? node.statements : [];
      const first = statements.findIndex((it) => startOf(it, file) === start);
      const last = statements.findIndex((it) => it.end === end);
      if (0 <= first && first <= last) nodes = statements.slice(first, last + 1);
    } else if (startOf(node, file) === start && node.end === end) {
      if (isValue(node)) expression ??= node;
    }
    return undefined;
  };
  visit(file);
  walk(file, visit);
  if (nodes.length > 0 && !nodes.some(isOfModule)) return { nodes, isExpression: false, file };
  return expression && { nodes: [expression], isExpression: true, file };
}

/** In a place where `await x` can stand without parentheses. */
function isValue(node: Node): boolean {
  const { parent } = node;
  return (
    (is.VariableDeclaration(parent) && parent.initializer === node) ||
    (is.ReturnStatement(parent) && parent.expression === node) ||
    (is.BinaryExpression(parent) &&
      parent.right === node &&
      parent.operatorToken.kind === Kind.EqualsToken)
  );
}

const isImportOrExport = isOneOf(
  "ImportDeclaration",
  "ImportEqualsDeclaration",
  "ExportDeclaration",
  "ExportAssignment",
);

function isOfModule(statement: Node): boolean {
  return isImportOrExport(statement) || hasModifier(statement, Kind.ExportKeyword);
}

const MARK = "__selected__";

/**
 * The snippet around the selection, or why that would change what the code means; undefined where it
 * is not made for such a selection.
 */
function wrappedIn(
  { snippet }: PatternOffer,
  { nodes, isExpression, file }: Selection,
  text: string,
): { readonly snippet: string } | { readonly reason: string } | undefined {
  const wrapper = parseFile("/wrapper.ts", expandSnippet(parseSnippet(around(snippet, MARK))));
  const place = identifierIn(wrapper, MARK);
  const [first] = nodes;
  if (place === undefined || first === undefined) return undefined;
  const inner = enclosingFunction(place);
  if (isExpression && (inner === undefined || !isAlone(place))) return undefined;
  if (awaitsItself(wrapper) && !canAwait(first, file)) {
    return { reason: "Nothing can be awaited here, because the function is not async." };
  }
  if (inner !== undefined && nodes.some(leaves)) {
    return {
      reason: "A `return`, `break`, `continue` or `yield` in it would leave another function.",
    };
  }
  if (isExpression) {
    const value = asExpression(around(snippet, `return ${text};`));
    return value === undefined ? undefined : { snippet: value };
  }
  if (usedBehind(nodes, file)) {
    return { reason: "What it declares is used outside of it, and would be out of reach there." };
  }
  return { snippet: around(snippet, text) };
}

/** Nothing else is done in the block that the selection goes into. */
function isAlone({ parent: { parent: block } }: Node): boolean {
  return is.Block(block) && block.statements.length === 1;
}

/** Without what makes a statement of it. */
function asExpression(snippet: string): string | undefined {
  const value = snippet.replace(/^(?:\/\/.*\n)*(?:const \$\{1:\w+\} = )?/, "");
  if (!value.startsWith("await ") || !value.endsWith(";")) return undefined;
  const [only, another] = parseFile("/value.ts", expandSnippet(parseSnippet(value))).statements;
  return is.ExpressionStatement(only) && another === undefined ? value.slice(0, -1) : undefined;
}

function identifierIn(file: SourceFile, name: string): Node | undefined {
  let found: Node | undefined;
  walk(file, (node) => {
    if (is.Identifier(node) && node.text === name) found ??= node;
    return undefined;
  });
  return found;
}

/** Whether it awaits outside of the functions that it has. */
function awaitsItself(wrapper: SourceFile): boolean {
  let found = false;
  walk(wrapper, (node) => {
    if (isFunctionLike(node)) return "skip";
    found ||= is.AwaitExpression(node) || is.AwaitKeyword(node);
    found ||= is.VariableDeclarationList(node) && /^await\s/.test(textAt(node, wrapper));
    return undefined;
  });
  return found;
}

function textAt(node: Node, file: SourceFile): string {
  return file.text.slice(startOf(node, file), node.end);
}

function canAwait(node: Node, file: SourceFile): boolean {
  const owner = enclosingFunction(node);
  return owner === undefined ? file.statements.some(isOfModule) : isAsync(owner);
}

/** Whether it contains a jump, or a `yield`, that ends outside of it. */
function leaves(statement: Node): boolean {
  let found = false;
  const visit = (node: Node, loops: number): void => {
    if (isFunctionLike(node)) return;
    const inside = loops + (isLoop(node) || is.SwitchStatement(node) ? 1 : 0);
    if (is.ReturnStatement(node) || is.YieldExpression(node)) found = true;
    if ((is.BreakStatement(node) || is.ContinueStatement(node)) && (inside === 0 || node.label)) {
      found = true;
    }
    node.forEachChild((child) => {
      visit(child, inside);
      return undefined;
    });
  };
  visit(statement, 0);
  return found;
}

/** Whether something that the statements declare is mentioned anywhere else. */
function usedBehind(statements: readonly Node[], file: SourceFile): boolean {
  const names = new Set<string>();
  const bind = (name: Node | undefined): void => {
    const text = nameOf(name);
    if (text !== undefined) names.add(text);
    else if (is.ObjectBindingPattern(name) || is.ArrayBindingPattern(name)) {
      for (const it of name.elements) if (is.BindingElement(it)) bind(it.name);
    }
  };
  for (const it of statements) {
    if (is.VariableStatement(it)) {
      for (const declaration of it.declarationList.declarations) bind(declaration.name);
    }
    if (is.FunctionDeclaration(it) || is.ClassDeclaration(it)) bind(it.name);
  }
  if (names.size === 0) return false;
  const start = statements[0]?.pos ?? 0;
  const end = statements.at(-1)?.end ?? 0;
  let found = false;
  walk(file, (node) => {
    if (start <= node.pos && node.end <= end) return "skip";
    found ||= is.Identifier(node) && names.has(node.text);
    return found ? "skip" : undefined;
  });
  return found;
}
