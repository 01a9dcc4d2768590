import { type TextStyle, textStyle } from "../../analysis/edit-style.ts";
import {
  type Node,
  type SourceFile,
  is,
  isJavaScript,
  isOneOf,
  Kind,
  sourceFileOf,
  startOf,
  textOf,
  unwrapped,
  walk,
} from "../../analysis/syntax.ts";

// How a file writes what it takes from other modules, read from the file itself: what is added to it
// should look as if its author had written it. May be wrong about a file that mixes styles; then the
// style of the majority, and of what stands at the top, counts.

/** `import`, `require`, or TypeScript's `import x = require()`. */
export type ModuleSyntax = "import" | "require" | "import-equals";

export interface ModuleStyle extends TextStyle {
  readonly syntax: ModuleSyntax;
  /** `var`, `let` or `const`, for a `require`. */
  readonly keyword: string;
}

/** A statement at the top level of a file that takes something from another module. */
export interface ImportLike {
  readonly statement: Node;
  readonly syntax: ModuleSyntax;
  readonly specifier: string;
  /** What the module as a whole is called here. */
  readonly namespace?: string | undefined;
  readonly defaultName?: string | undefined;
  /** `import type …`, so that nothing of it is there at run time. */
  readonly typeOnly: boolean;
  readonly named: readonly NamedImport[];
  /** The braces, where there are some. */
  readonly braces?: Node | undefined;
}

export interface NamedImport {
  readonly node: Node;
  readonly imported: string;
  readonly local: string;
  readonly typeOnly: boolean;
}

export function importsOf(file: SourceFile): readonly ImportLike[] {
  return file.statements.flatMap((it) => importIn(it) ?? []);
}

function importIn(statement: Node): ImportLike | undefined {
  if (is.ImportDeclaration(statement)) return importDeclaration(statement);
  if (is.VariableStatement(statement)) return requireIn(statement);
  if (is.ImportEqualsDeclaration(statement)) {
    const match = /^import\s+(?:type\s+)?([\w$]+)\s*=\s*require\(\s*(["'])(.*?)\2/.exec(
      textOf(statement),
    );
    const [, namespace, , specifier] = match ?? [];
    if (namespace === undefined || specifier === undefined) return undefined;
    const typeOnly = /^import\s+type\s/.test(textOf(statement));
    return { statement, syntax: "import-equals", specifier, namespace, typeOnly, named: [] };
  }
  return undefined;
}

function importDeclaration(statement: Node): ImportLike | undefined {
  if (!is.ImportDeclaration(statement)) return undefined;
  const { importClause, moduleSpecifier } = statement;
  if (!is.StringLiteral(moduleSpecifier)) return undefined;
  const bindings = importClause?.namedBindings;
  const named = is.NamedImports(bindings) ? bindings.elements : [];
  return {
    statement,
    syntax: "import",
    specifier: moduleSpecifier.text,
    typeOnly: /^import\s+type\b(?!\s*(?:,|from\b))/.test(textOf(statement)),
    namespace: is.NamespaceImport(bindings) ? bindings.name.text : undefined,
    defaultName: importClause?.name?.text,
    braces: is.NamedImports(bindings) ? bindings : undefined,
    named: named.map((node) => ({
      node,
      imported: wordOf(node.propertyName ?? node.name),
      local: node.name.text,
      typeOnly: /^type\s+(?!as\s+\w+\s*$)[\w$]/.test(textOf(node)),
    })),
  };
}

/** `const { a, b: c } = require("x")` and `const x = require("x")`, one to a statement. */
function requireIn(statement: Node): ImportLike | undefined {
  if (!is.VariableStatement(statement)) return undefined;
  const [only, another] = statement.declarationList.declarations;
  if (only?.initializer === undefined || another !== undefined) return undefined;
  const specifier = requiredIn(only.initializer);
  if (specifier === undefined) return undefined;
  const about = { statement, syntax: "require", specifier, typeOnly: false } as const;
  if (is.Identifier(only.name)) return { ...about, namespace: only.name.text, named: [] };
  if (!is.ObjectBindingPattern(only.name)) return { ...about, named: [] };
  const named = only.name.elements.flatMap((node) => {
    if (!is.Identifier(node.name) || node.dotDotDotToken !== undefined) return [];
    const imported = wordOf(node.propertyName ?? node.name);
    return [{ node, imported, local: node.name.text, typeOnly: false }];
  });
  return { ...about, braces: only.name, named };
}

function requiredIn(initializer: Node): string | undefined {
  const call = unwrapped(initializer);
  if (!is.CallExpression(call) || !is.Identifier(call.expression)) return undefined;
  const [specifier] = call.arguments;
  return call.expression.text === "require" && is.StringLiteral(specifier)
    ? specifier.text
    : undefined;
}

/** A name in braces, which may be a string there. */
function wordOf(name: Node): string {
  return is.Identifier(name) || is.StringLiteral(name) ? name.text : textOf(name);
}

/** What {@link readFile} has seen of a file. */
export interface FileReading {
  readonly style: ModuleStyle;
  /** Every name that is declared or looked up somewhere in the file. */
  readonly names: ReadonlySet<string>;
}

/**
 * Reads the style and the names of a file in one walk.
 *
 * `moduleKind` is how Node reads a .js file that does not show it, from the package.json above;
 * names in `except` do not count, because that text is about to be replaced.
 */
export function readFile(
  file: SourceFile,
  imports: readonly ImportLike[],
  moduleKind: "esm" | "commonjs" = "esm",
  except: { readonly start: number; readonly end: number } = NOWHERE,
): FileReading {
  if (except !== NOWHERE || moduleKind !== "esm") return read(file, imports, moduleKind, except);
  const before = known.get(file);
  if (before !== undefined) return before;
  const reading = read(file, imports, moduleKind, except);
  known.set(file, reading);
  return reading;
}

const NOWHERE = { start: 0, end: 0 };

/** What follows from the text alone lives as long as the tree does; most fixes ask for nothing else. */
const known = new WeakMap<SourceFile, FileReading>();

function read(
  file: SourceFile,
  imports: readonly ImportLike[],
  moduleKind: "esm" | "commonjs",
  except: { readonly start: number; readonly end: number },
): FileReading {
  const names = new Set<string>();
  let isCommonJs = false;
  walk(file, (node) => {
    const isReplaced = startOf(node, file) < except.end && except.start < node.end;
    if (isReplaced) return undefined;
    if (is.Identifier(node)) {
      if (!isProperty(node)) names.add(node.text);
      isCommonJs ||= node.text === "require" || node.text === "exports" || isModuleExports(node);
    }
    return undefined;
  });
  const top = importQuote(imports);
  const text = except === NOWHERE ? textStyle(file) : textStyle(file, except);
  const style = {
    ...text,
    syntax: syntaxOf(file, imports, isCommonJs ? "commonjs" : moduleKind),
    quote: top ?? text.quote,
    keyword: requireKeyword(imports),
  };
  return { style, names };
}

function importQuote(imports: readonly ImportLike[]): '"' | "'" | undefined {
  const [first] = imports;
  if (first === undefined) return undefined;
  return /["']\s*\)?\s*;?$/.exec(textOf(first.statement))?.[0].startsWith("'") === true ? "'" : '"';
}

function requireKeyword(imports: readonly ImportLike[]): string {
  const first = imports.find((it) => it.syntax === "require");
  return first === undefined
    ? "const"
    : (/^(?:var|let)/.exec(textOf(first.statement))?.[0] ?? "const");
}

function syntaxOf(
  file: SourceFile,
  imports: readonly ImportLike[],
  moduleKind: "esm" | "commonjs",
): ModuleSyntax {
  const { fileName, statements } = file;
  if (imports.some((it) => it.syntax === "import")) return "import";
  if (imports.some((it) => it.syntax === "import-equals")) return "import-equals";
  if (fileName.endsWith(".cts")) return "import-equals";
  if (!isJavaScript(file) || fileName.endsWith(".mjs")) return "import";
  if (fileName.endsWith(".cjs")) return "require";
  if (statements.some(isExport)) return "import";
  return moduleKind === "commonjs" ? "require" : "import";
}

function isExport(statement: Node): boolean {
  return (
    is.ExportDeclaration(statement) ||
    is.ExportAssignment(statement) ||
    (statement.modifiers?.some((it) => it.kind === Kind.ExportKeyword) ?? false)
  );
}

/** `module` of `module.exports`; `exports` by itself is looked for by name. */
function isModuleExports(node: Node): boolean {
  const { parent } = node;
  return (
    is.PropertyAccessExpression(parent) &&
    parent.expression === node &&
    parent.name.text === "exports" &&
    textOf(node) === "module"
  );
}

/** Whether the identifier names a property or a label, and nothing that could be meant by a name. */
function isProperty(name: Node): boolean {
  const { parent } = name;
  if (is.PropertyAccessExpression(parent)) return parent.name === name;
  if (is.BindingElement(parent) || is.ImportSpecifier(parent)) return parent.propertyName === name;
  if (is.JsxAttribute(parent) || isLabel(parent)) return true;
  return isMember(parent) && parent.name === name;
}

const isLabel = isOneOf("LabeledStatement", "BreakStatement", "ContinueStatement");
const isMember = isOneOf(
  "PropertyAssignment",
  "PropertyDeclaration",
  "PropertySignature",
  "MethodDeclaration",
  "MethodSignature",
  "GetAccessor",
  "SetAccessor",
);

/** The text between two offsets has an empty line in it. */
export function hasEmptyLine(text: string): boolean {
  return /\n[^\S\n]*\r?\n/.test(text);
}

/** Where the comments begin that belong to a statement: those right above it. */
export function attachedStart(statement: Node): number {
  const file = sourceFileOf(statement);
  const start = startOf(statement, file);
  const above = file.text.slice(statement.pos, start);
  const blank = [...above.matchAll(/\n[^\S\n]*\r?\n/g)].at(-1);
  const from = blank === undefined ? 0 : blank.index + blank[0].length;
  const comment = above.slice(from).search(/\S/);
  return comment < 0 ? start : statement.pos + from + comment;
}
