import type { SymbolAnswer, TypeName } from "../engine/type-engine.ts";
import { type Program, resolve } from "../program.ts";
import {
  ancestor,
  type CallExpression,
  calleeNameOf,
  type Identifier,
  is,
  isFunctionLike,
  isOneOf,
  type NewExpression,
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

/**
 * The name under which models know what is called. Where the compiler does not know it, as in
 * JavaScript without types, the import or `require` that the name comes from says it as well.
 */
export function calledAs(
  call: CallExpression | NewExpression,
  program: Program,
): TypeName | undefined {
  const name = calleeNameOf(call);
  const symbol = knownSymbol(name, program);
  if (symbol !== undefined && isUnpackedTimer(symbol, program))
    return { module: "lib", name: symbol.name };
  if (symbol !== undefined && !isRequired(symbol, program)) return symbol;
  const callee = unwrapped(call.expression);
  const root = is.PropertyAccessExpression(callee) ? unwrapped(callee.expression) : callee;
  const text = nameOf(name);
  if (!is.Identifier(root) || text === undefined) return undefined;
  const file = sourceFileOf(call);
  const module = importedFrom(root.text, file) ?? requiredFrom(root.text, file);
  if (module !== undefined)
    return { module: BUILTIN.has(module) ? `node:${module}` : module, name: text };
  if (symbol !== undefined) return symbol;
  const isGlobal = root === callee || GLOBAL_OBJECTS.has(root.text);
  return isGlobal ? { module: "lib", name: text } : undefined;
}

const GLOBAL_OBJECTS: ReadonlySet<string> = new Set(["window", "globalThis", "self", "global"]);

/** Node's modules that were there before the prefix. */
const BUILTIN: ReadonlySet<string> = new Set(
  "child_process cluster dgram events fs fs/promises http http2 https net readline stream timers tls worker_threads zlib".split(
    " ",
  ),
);

/** `const { setTimeout, clearTimeout } = realTimers()`: what was kept before somebody replaced the global one. */
function isUnpackedTimer({ name, kind, declarations }: SymbolAnswer, program: Program): boolean {
  if (kind !== "variable" || !TIMERS.has(name)) return false;
  const [place] = declarations;
  const node = place && program.types.isOwn(place.file) ? resolve(place, program) : undefined;
  return is.BindingElement(node) && is.ObjectBindingPattern(node.parent) && !isRequire(node);
}

const TIMERS: ReadonlySet<string> = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "clearImmediate",
]);

/** A variable that holds what `require` gave is no function of the user's own. */
function isRequired({ declarations }: SymbolAnswer, program: Program): boolean {
  const [place] = declarations;
  const node = place && program.types.isOwn(place.file) ? resolve(place, program) : undefined;
  return (is.VariableDeclaration(node) || is.BindingElement(node)) && isRequire(node);
}

function isRequire(declaration: Node): boolean {
  const holder = ancestor(declaration, is.VariableDeclaration) ?? declaration;
  const value = is.VariableDeclaration(declaration) ? declaration.initializer : undefined;
  const call = value ?? (is.VariableDeclaration(holder) ? holder.initializer : undefined);
  const inner = call && unwrapped(call);
  return is.CallExpression(inner) && nameOf(inner.expression) === "require";
}

/** The module that the top of a file requires under this name. */
export function requiredFrom(name: string, file: SourceFile): string | undefined {
  for (const statement of file.statements) {
    if (!is.VariableStatement(statement)) continue;
    for (const { name: bound, initializer } of statement.declarationList.declarations) {
      const call = initializer && unwrapped(initializer);
      if (!is.CallExpression(call) || nameOf(call.expression) !== "require") continue;
      const [module] = call.arguments;
      const names = is.ObjectBindingPattern(bound)
        ? bound.elements.map((it) => nameOf(it.name))
        : [nameOf(bound)];
      if (names.includes(name) && is.StringLiteral(module)) return module.text;
    }
  }
  return undefined;
}

/** What a name stands for; undefined also where an import leads nowhere. */
export function knownSymbol(name: Node, program: Program): SymbolAnswer | undefined {
  const symbol = program.types.symbol(name);
  return symbol === undefined || symbol.declarations.length === 0 ? undefined : symbol;
}
