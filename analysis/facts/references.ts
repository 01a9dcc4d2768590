import type { SymbolAnswer } from "../engine/type-engine.ts";
import { type Program, resolve } from "../program.ts";
import {
  ancestor,
  type Identifier,
  is,
  isFunctionLike,
  isOneOf,
  type Node,
  nameOf,
  type SourceFile,
  sourceFileOf,
  unwrapped,
  walk,
} from "../syntax.ts";

// Do two expressions mean the same thing, and where else is a variable mentioned?
//
// A reference is a name, `this`, or a chain of members of one, and is compared by how it is
// written: `this.timer`, `ref.current`, `socket`. `?.`, `!`, parentheses and assertions make no
// difference, and neither does `self` where that is the custom for `this`. *May* be the same: between
// two mentions the variable can get another value, which is not looked at. Calls and computed members
// are no references.

const SELF: ReadonlySet<string> = new Set(["self", "that", "_this", "_self", "me"]);

/** How a reference is written, in one form; undefined for everything else. */
export function referenceKey(written: Node): string | undefined {
  const node = unwrapped(written);
  if (is.ThisKeyword(node)) return "this";
  if (is.Identifier(node)) return SELF.has(node.text) ? "this" : node.text;
  if (is.PropertyAccessExpression(node)) {
    const owner = referenceKey(node.expression);
    return owner === undefined ? undefined : `${owner}.${node.name.text}`;
  }
  if (!is.ElementAccessExpression(node)) return undefined;
  const owner = referenceKey(node.expression);
  const member =
    nameOf(unwrapped(node.argumentExpression)) ?? referenceKey(node.argumentExpression);
  return owner === undefined || member === undefined ? undefined : `${owner}[${member}]`;
}

/** Where in the user's own code the thing that a name stands for is declared. */
export function declarationOf(name: Node, program: Program): Node | undefined {
  const [place] = program.types.symbol(name)?.declarations ?? [];
  return place !== undefined && program.types.isOwn(place.file)
    ? resolve(place, program)
    : undefined;
}

const declaresLocal = isOneOf(
  "VariableDeclaration",
  "Parameter",
  "BindingElement",
  "FunctionDeclaration",
);

export interface Variable {
  readonly name: Identifier;
  readonly declaration: Node;
  /** The function or file that it is visible in. */
  readonly scope: Node;
  /** All other mentions in the file, nested functions included, in source order. */
  readonly mentions: readonly Identifier[];
}

/** The variable, parameter or function of the same file that an identifier stands for. */
export function variableBehind(node: Node, program: Program): Variable | undefined {
  const name = unwrapped(node);
  if (!is.Identifier(name)) return undefined;
  const declaration = declarationOf(name, program);
  if (!declaresLocal(declaration) || sourceFileOf(declaration) !== sourceFileOf(name)) {
    return undefined;
  }
  return is.Identifier(declaration.name) ? variableOf(declaration.name, program) : undefined;
}

/** The variable that is declared by this name. */
export function variableOf(name: Identifier, program: Program): Variable {
  const declaration = name.parent;
  const scope = scopeOf(declaration);
  return { name, declaration, scope, mentions: namesakesOf(name, scope, program) };
}

/** The other identifiers in the scope that stand for the same thing. */
export function namesakesOf(
  name: Identifier,
  scope: Node,
  program: Program,
): readonly Identifier[] {
  const found: Identifier[] = [];
  walk(scope, (it) => {
    if (is.Identifier(it) && it.text === name.text && it !== name && isVariableName(it)) {
      found.push(it);
    }
    return undefined;
  });
  const id = found.length === 0 ? undefined : program.types.symbol(name)?.id;
  return found.filter((it) => program.types.symbol(it)?.id === id);
}

function scopeOf(declaration: Node): Node {
  return ancestor(declaration, isScope) ?? sourceFileOf(declaration);
}

function isScope(node: Node | undefined): node is Node {
  return isFunctionLike(node) || is.SourceFile(node) || is.ClassStaticBlockDeclaration(node);
}

function isVariableName(node: Identifier): boolean {
  const { parent } = node;
  if (is.PropertyAccessExpression(parent)) return parent.name !== node;
  return !(is.PropertyAssignment(parent) && parent.name === node);
}

/** The module that a file imports this name from, as it is written there. */
export function importedFrom(name: string, file: SourceFile): string | undefined {
  for (const statement of file.statements) {
    if (!is.ImportDeclaration(statement) || !is.StringLiteral(statement.moduleSpecifier)) continue;
    const { name: whole, namedBindings } = statement.importClause ?? {};
    if (whole?.text === name) return statement.moduleSpecifier.text;
    const bound = is.NamedImports(namedBindings)
      ? namedBindings.elements.map((it) => it.name.text)
      : is.NamespaceImport(namedBindings)
        ? [namedBindings.name.text]
        : [];
    if (bound.includes(name)) return statement.moduleSpecifier.text;
  }
  return undefined;
}

/** What a name stands for; undefined also where an import leads nowhere. */
export function knownSymbol(name: Node, program: Program): SymbolAnswer | undefined {
  const symbol = program.types.symbol(name);
  return symbol === undefined || symbol.declarations.length === 0 ? undefined : symbol;
}
