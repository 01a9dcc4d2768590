import { digest } from "./digest.ts";
import {
  hasModifier,
  is,
  isClassLike,
  isFunctionLike,
  isJavaScript,
  isOneOf,
  Kind,
  type Node,
  nameOf,
  type SourceFile,
  startOf,
  textOf,
  walk,
} from "./syntax.ts";

// What can other files see of a file?
//
// A *may* question: everything counts as seen that is not proved hidden. Hidden are the bodies of
// functions that say what they return, of setters, and of constructors whose class gives each
// property a type or a value; and comments that document nothing. In JavaScript nothing is hidden:
// types come from assignments anywhere. Bodies without a written return type are seen, since their
// type is taken from them; a file that is edited much pays for the annotations it lacks.
//
// What is tried no further: whether a top-level name is exported, and whether an inferred type
// stays the same though the text does not. Both would need the checker, or trust in it.

export interface Surface {
  /** Equal texts: other files see the same. */
  readonly text: string;
  /** Of the text. */
  readonly digest: number;
  /** What hidden bodies may mean beside that: the imports. */
  readonly imports: string;
  /** What is declared here can be seen without importing it. */
  readonly isGlobal: boolean;
  /** The specifiers of imports that show through: who imports this file sees what is behind them. */
  readonly exposing: ReadonlySet<string>;
}

const surfaces = new WeakMap<SourceFile, Surface>();

export function surfaceOf(file: SourceFile): Surface {
  let surface = surfaces.get(file);
  if (surface === undefined) surfaces.set(file, (surface = computed(file)));
  return surface;
}

function computed(file: SourceFile): Surface {
  const pieces: string[] = [];
  const names = new Set<string>();
  const specifiers = new Set<string>();
  let from = 0;
  let lastStart = -1;
  const leaveOut = (start: number, end: number, instead: string): void => {
    pieces.push(file.text.slice(from, start), instead);
    from = end;
  };
  const visit = (node: Node): void => {
    const start = startOf(node, file);
    // Nodes nest and share their first white space, which is left out once.
    if (start !== lastStart && from <= node.pos && !documents(file.text.slice(node.pos, start))) {
      leaveOut(node.pos, start, " ");
    }
    lastStart = start;
    if (is.Identifier(node)) names.add(node.text);
    const specifier = specifierOf(node);
    if (specifier !== undefined) specifiers.add(specifier);
    visitBelow(node);
  };
  const visitBelow = (node: Node): void => {
    const hidden = isJavaScript(file) ? undefined : hiddenBody(node);
    node.forEachChild((child) => {
      if (child === hidden) leaveOut(startOf(child, file), child.end, "{}");
      else if (isImport(child)) leaveOut(child.pos, child.end, "");
      else visit(child);
      return undefined;
    });
  };
  visitBelow(file);
  pieces.push(file.text.slice(from));
  const imports = file.statements.filter(isImport);
  for (const statement of imports) {
    const specifier = exposedBy(statement, names);
    if (specifier === undefined) continue;
    specifiers.add(specifier);
    pieces.push(textOf(statement));
  }
  const text = pieces.join("");
  return {
    text,
    digest: digest(text),
    imports: imports.map(textOf).join("\n"),
    isGlobal: isGlobal(file),
    exposing: specifiers,
  };
}

/** White space and comments say nothing to others, unless they document or direct the compiler. */
function documents(trivia: string): boolean {
  return trivia.includes("/**") || trivia.includes("@ts-") || trivia.includes("///");
}

/** Whether a child of a node may change without a change of the surface. */
export function isHiddenPart(child: Node, file: SourceFile): boolean {
  return isImport(child) || (!isJavaScript(file) && hiddenBody(child.parent) === child);
}

function hiddenBody(node: Node): Node | undefined {
  if (!isFunctionLike(node) || node.body === undefined) return undefined;
  const seen = is.Constructor(node)
    ? !propertiesAreTyped(node.parent)
    : node.type === undefined && !is.SetAccessor(node);
  return seen ? undefined : node.body;
}

/** A property without type and value gets its type from what the constructor assigns. */
function propertiesAreTyped(owner: Node): boolean {
  if (!isClassLike(owner)) return false;
  return owner.members.every(
    (it) => !is.PropertyDeclaration(it) || it.type !== undefined || it.initializer !== undefined,
  );
}

/** `import("./cart")` as an expression or a type, `require("./cart")`, `export … from "./cart"`. */
function specifierOf(node: Node): string | undefined {
  if (is.ExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (is.CallExpression(node)) {
    const imports = node.expression.kind === Kind.ImportKeyword;
    const requires = is.Identifier(node.expression) && node.expression.text === "require";
    return imports || requires ? literal(node.arguments[0]) : undefined;
  }
  if (is.LiteralType(node) && is.ImportType(node.parent)) {
    return node.forEachChild((child) => literal(child));
  }
  return undefined;
}

/** The specifier of an import, where one of its names is mentioned in the surface. */
function exposedBy(statement: Node, names: ReadonlySet<string>): string | undefined {
  let mentioned = hasModifier(statement, Kind.ExportKeyword);
  let specifier: string | undefined;
  walk(statement, (node) => {
    if (is.Identifier(node)) mentioned ||= names.has(node.text);
    specifier ??= literal(node);
    return undefined;
  });
  return mentioned ? specifier : undefined;
}

export const isImport = isOneOf("ImportDeclaration", "ImportEqualsDeclaration");

function literal(node: Node | undefined): string | undefined {
  return is.StringLiteral(node) || is.NoSubstitutionTemplateLiteral(node) ? node.text : undefined;
}

/** A script, or a module that declares into the global scope or into other modules. */
function isGlobal(file: SourceFile): boolean {
  if (file.statements.some(declaresElsewhere)) return true;
  return !file.statements.some(makesModule) && !(isJavaScript(file) && isCommonJs(file));
}

function declaresElsewhere(statement: Node): boolean {
  if (statement.kind === Kind.NamespaceExportDeclaration) return true;
  if (!is.ModuleDeclaration(statement)) return false;
  return is.StringLiteral(statement.name) || nameOf(statement.name) === "global";
}

function makesModule(statement: Node): boolean {
  return (
    is.ImportDeclaration(statement) ||
    is.ImportEqualsDeclaration(statement) ||
    is.ExportDeclaration(statement) ||
    is.ExportAssignment(statement) ||
    hasModifier(statement, Kind.ExportKeyword)
  );
}

function isCommonJs(file: SourceFile): boolean {
  let found = false;
  walk(file, (node) => {
    if (is.CallExpression(node)) found ||= specifierOf(node) !== undefined;
    if (is.PropertyAccessExpression(node) && is.Identifier(node.expression)) {
      const { text } = node.expression;
      found ||= text === "exports" || (text === "module" && node.name.text === "exports");
    }
    return found ? "skip" : undefined;
  });
  return found;
}
