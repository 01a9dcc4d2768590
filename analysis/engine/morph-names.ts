import { ts } from "ts-morph";
import { packageOf } from "./package-name.ts";
import type { Place, SymbolAnswer, TypeName } from "./type-engine.ts";
import { copiedFrom } from "./type-names.ts";

/** Names for symbols and types, in the form in which models are written: who declares it, and what. */
export class MorphNames {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;
  private readonly ids = new WeakMap<object, number>();
  private readonly answers = new WeakMap<ts.Symbol, SymbolAnswer>();
  private lastId = 0;

  constructor(program: ts.Program, checker: ts.TypeChecker) {
    this.program = program;
    this.checker = checker;
  }

  /** The symbol a name stands for, imports followed. */
  at(name: ts.Node): SymbolAnswer | undefined {
    const shorthand = ts.isShorthandPropertyAssignment(name.parent) && name.parent.name === name;
    const symbol = shorthand
      ? this.checker.getShorthandAssignmentValueSymbol(name.parent)
      : this.checker.getSymbolAtLocation(name);
    return symbol && this.answer(symbol);
  }

  ofSymbol(symbol: ts.Symbol): TypeName {
    return this.answer(symbol);
  }

  /** The name of an object type; undefined for types that have none. */
  ofType(type: ts.Type): TypeName | undefined {
    // An alias names what was written: `type Query = Builder & Then` is a `Query`.
    const symbol = type.getSymbol() ?? type.aliasSymbol;
    const alias = type.aliasSymbol;
    const named = symbol === undefined || symbol.name.startsWith("__") ? alias : symbol;
    return named && { name: this.pathOf(named), module: this.moduleOf(named) };
  }

  /** The property, attribute or variable that a function is put into. */
  ofContext(node: ts.Expression): TypeName | undefined {
    const { parent } = node;
    if (ts.isPropertyAssignment(parent)) {
      const type = this.checker.getContextualType(parent.parent);
      return this.property(type, parent.name.getText());
    }
    if (ts.isJsxExpression(parent) && ts.isJsxAttribute(parent.parent)) {
      const type = this.checker.getContextualType(parent.parent.parent);
      return this.property(type, parent.parent.name.getText());
    }
    if (ts.isBinaryExpression(parent)) {
      const left = ts.isPropertyAccessExpression(parent.left) ? parent.left.name : parent.left;
      return this.at(left);
    }
    return undefined;
  }

  place(node: ts.Node): Place {
    return { file: node.getSourceFile().fileName, kind: node.kind, start: node.pos, end: node.end };
  }

  private property(type: ts.Type | undefined, name: string): TypeName | undefined {
    const symbol = type && this.checker.getPropertyOfType(type, name);
    return symbol && this.answer(symbol);
  }

  private answer(found: ts.Symbol): SymbolAnswer {
    const known = this.answers.get(found);
    if (known !== undefined) return known;
    const symbol =
      found.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(found) : found;
    const answer: SymbolAnswer = {
      id: this.idOf(symbol),
      name: this.pathOf(symbol),
      module: this.moduleOf(symbol),
      kind: kindOf(symbol),
      declarations: (symbol.declarations ?? []).map((it) => this.place(it)),
    };
    this.answers.set(found, answer);
    return answer;
  }

  /** Instantiations of one generic member are symbols of their own but one thing to a reader. */
  private idOf(symbol: ts.Symbol): number {
    const key = symbol.declarations?.[0] ?? symbol;
    let id = this.ids.get(key);
    if (id === undefined) this.ids.set(key, (id = ++this.lastId));
    return id;
  }

  /** `Array.forEach`, `Query.exec`, `promises.readFile`; just the name for what stands alone. */
  private pathOf(symbol: ts.Symbol): string {
    const name = symbol.name === "default" ? defaultName(symbol) : symbol.name;
    const declaration = symbol.declarations?.[0];
    const owner = declaration && ownerOf(declaration);
    return owner === undefined ? name : `${owner}.${name}`;
  }

  private moduleOf(symbol: ts.Symbol): string {
    const declaration = symbol.declarations?.[0];
    if (declaration === undefined) return "own";
    const file = declaration.getSourceFile();
    if (this.program.isSourceFileDefaultLibrary(file)) return "lib";
    const ambient = ambientModuleOf(declaration);
    const owner = packageOf(file.fileName);
    if (ambient === undefined) {
      // What @types/node declares globally stands beside the language's own library.
      if (owner !== undefined) return owner === "node" ? "lib" : owner;
      return isInFunction(declaration) ? "own" : (copiedFrom(file.text) ?? "own");
    }
    return owner === "node" && !ambient.startsWith("node:") ? `node:${ambient}` : ambient;
  }
}

/** What a function has for itself is nobody's API, wherever the file comes from. */
function isInFunction(declaration: ts.Node): boolean {
  return ts.findAncestor(declaration.parent, ts.isFunctionLike) !== undefined;
}

function ambientModuleOf(node: ts.Node): string | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isModuleDeclaration(at) && ts.isStringLiteral(at.name)) return at.name.text;
    if (ts.isModuleDeclaration(at) && at.flags & ts.NodeFlags.GlobalAugmentation) return undefined;
  }
  return undefined;
}

/** The class, interface, type or namespace whose member a declaration is. */
function ownerOf(declaration: ts.Node): string | undefined {
  const { parent } = declaration;
  if (parent === undefined) return undefined;
  if (ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent)) return parent.name?.text;
  if (ts.isTypeLiteralNode(parent)) {
    return ts.isTypeAliasDeclaration(parent.parent) ? parent.parent.name.text : undefined;
  }
  if (ts.isModuleBlock(parent) && ts.isIdentifier(parent.parent.name)) {
    const global = parent.parent.flags & ts.NodeFlags.GlobalAugmentation;
    return global ? undefined : parent.parent.name.text;
  }
  return undefined;
}

function defaultName(symbol: ts.Symbol): string {
  const declaration = symbol.declarations?.[0];
  const name = declaration && ts.getNameOfDeclaration(declaration);
  return name !== undefined && ts.isIdentifier(name) ? name.text : "default";
}

function kindOf({ flags, valueDeclaration }: ts.Symbol): SymbolAnswer["kind"] {
  if (valueDeclaration !== undefined && ts.isParameter(valueDeclaration)) return "parameter";
  if (flags & ts.SymbolFlags.Variable) return "variable";
  if (flags & ts.SymbolFlags.Function) return "function";
  if (flags & ts.SymbolFlags.Class) return "class";
  if (flags & ts.SymbolFlags.Method) return "method";
  if (flags & ts.SymbolFlags.Property) return "property";
  if (flags & ts.SymbolFlags.Accessor) return "accessor";
  return flags & ts.SymbolFlags.Module ? "module" : "other";
}
