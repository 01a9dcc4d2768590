import type { Node as RemoteNode } from "typescript/unstable/ast";
import type { NodeHandle, Project, Type } from "typescript/unstable/sync";
import {
  ancestor,
  enclosingFunction,
  is,
  isClassLike,
  type Node,
  type NodeOf,
  sourceFileOf,
  textOf,
} from "../syntax.ts";
import { answer } from "./native-answer.ts";
import type { NativeApi, RemoteSymbol } from "./native-api.ts";
import { type NativeTrees, remoteOf } from "./native-tree.ts";
import { packageOf } from "./package-name.ts";
import type { Place, SymbolAnswer, TypeName } from "./type-engine.ts";
import { copiedFrom } from "./type-names.ts";

// The same names as in morph-names.ts. Each answer of the server costs a message, and the tree of a
// library file megabytes; so names in libraries come from symbols alone, and the places of
// declarations are worked out when somebody looks at them.

/** Names for symbols and types, in the form in which models are written: who declares it, and what. */
export class NativeNames {
  private readonly project: Project;
  private readonly api: NativeApi;
  private readonly trees: NativeTrees;
  private readonly found = new Map<RemoteNode, RemoteSymbol | undefined>();
  private readonly answers = new Map<number, SymbolAnswer>();
  private readonly ids = new Map<string, number>();

  constructor(project: Project, api: NativeApi, trees: NativeTrees) {
    this.project = project;
    this.api = api;
    this.trees = trees;
  }

  /** Learns the symbols of several names in one message. */
  prefetch(names: readonly Node[]): void {
    const unknown = names.filter((it) => !isShorthand(it)).map(remoteOf);
    const asked = [...new Set(unknown)].filter((it) => !this.found.has(it));
    if (asked.length === 0) return;
    const symbols = this.project.checker.getSymbolAtLocation(asked);
    for (const [index, name] of asked.entries()) this.found.set(name, symbols[index]);
  }

  /** The symbol a name stands for, imports followed. */
  at(name: Node): SymbolAnswer | undefined {
    const symbol = this.symbolAt(name);
    return symbol && this.answer(symbol);
  }

  /** The symbol as it is in the file, which may stand for one of another file. */
  symbolAt(name: Node): RemoteSymbol | undefined {
    const remote = remoteOf(name);
    if (this.found.has(remote)) return this.found.get(remote);
    const { checker } = this.project;
    const symbol = isShorthand(name)
      ? checker.getShorthandAssignmentValueSymbol(remote.parent)
      : checker.getSymbolAtLocation(remote);
    this.found.set(remote, symbol);
    return symbol;
  }

  /** The name of an object type; undefined for types that have none. */
  ofType(type: Type): TypeName | undefined {
    const alias = type.getAliasSymbol();
    const symbol = type.getSymbol() ?? alias;
    const named = symbol === undefined || symbol.name.startsWith("__") ? alias : symbol;
    return named && { name: this.pathOf(named), module: this.moduleOf(named) };
  }

  answer(found: RemoteSymbol): SymbolAnswer {
    const known = this.answers.get(found.id);
    if (known !== undefined) return known;
    const alias = (found.flags & this.api.sync.SymbolFlags.Alias) !== 0;
    const symbol = alias ? this.project.checker.getAliasedSymbol(found) : found;
    const named = answer<SymbolAnswer>({
      id: () => this.idOf(symbol),
      name: () => this.pathOf(symbol),
      module: () => this.moduleOf(symbol),
      kind: () => this.kindOf(symbol),
      declarations: () => symbol.declarations.flatMap((it) => this.place(it) ?? []),
    });
    this.answers.set(found.id, named);
    return named;
  }

  /** The file that an import leads to. */
  fileBehind(specifier: Node): string | undefined {
    const { SourceFile } = this.api.ast.SyntaxKind;
    const module = this.symbolAt(specifier)?.declarations.find((it) => it.kind === SourceFile);
    return module && this.place(module)?.file;
  }

  place(handle: NodeHandle): Place | undefined {
    const remote = handle.resolve(this.project);
    return remote && this.trees.place(remote);
  }

  /** Instantiations of one generic member are symbols of their own but one thing to a reader. */
  private idOf(symbol: RemoteSymbol): number {
    const first = symbol.declarations[0];
    const key = first === undefined ? `${symbol.id}` : `${first.index} ${first.path}`;
    let id = this.ids.get(key);
    if (id === undefined) this.ids.set(key, (id = this.ids.size + 1));
    return id;
  }

  /** `Array.forEach`, `Query.exec`, `promises.readFile`; just the name for what stands alone. */
  private pathOf(symbol: RemoteSymbol): string {
    const name = symbol.name === "default" ? this.defaultName(symbol) : plainName(symbol);
    const owner = this.ownerOf(symbol);
    return owner === undefined ? name : `${owner}.${name}`;
  }

  private moduleOf(symbol: RemoteSymbol): string {
    const first = symbol.declarations[0];
    if (first === undefined) return "own";
    if (this.isLibrary(first)) return "lib";
    const declaration = this.declarationOf(first);
    const ambient = declaration && ambientModuleOf(declaration);
    const owner = packageOf(first.path);
    if (ambient === undefined) {
      // What @types/node declares globally stands beside the language's own library.
      if (owner !== undefined) return owner === "node" ? "lib" : owner;
      // What a function has for itself is nobody's API, wherever the file comes from.
      if (declaration === undefined || isInFunction(declaration)) return "own";
      return copiedFrom(sourceFileOf(declaration).text) ?? "own";
    }
    return owner === "node" && !ambient.startsWith("node:") ? `node:${ambient}` : ambient;
  }

  private isLibrary({ path }: NodeHandle): boolean {
    return this.project.program.getSourceFileMetadataByPath(path)?.isDefaultLibrary ?? false;
  }

  declarationOf(handle: NodeHandle | undefined): Node | undefined {
    const remote = handle?.resolve(this.project);
    return remote && this.trees.view(remote);
  }

  /** The class, interface, type or namespace whose member a symbol is. */
  private ownerOf(symbol: RemoteSymbol): string | undefined {
    const first = symbol.declarations[0];
    if (first === undefined) return undefined;
    if (!this.isLibrary(first)) return ownerIn(this.declarationOf(first)?.parent);
    const owner = symbol.getParent()?.name;
    return owner === undefined || /^(?:__|")/.test(owner) ? undefined : owner;
  }

  private defaultName(symbol: RemoteSymbol): string {
    const declaration = this.declarationOf(symbol.declarations[0]);
    const name = is.ExportAssignment(declaration)
      ? declaration.expression
      : is.FunctionDeclaration(declaration) || is.ClassDeclaration(declaration)
        ? declaration.name
        : undefined;
    return is.Identifier(name) ? name.text : "default";
  }

  private kindOf({ flags, valueDeclaration }: RemoteSymbol): SymbolAnswer["kind"] {
    const { SymbolFlags } = this.api.sync;
    if (valueDeclaration?.kind === this.api.ast.SyntaxKind.Parameter) return "parameter";
    if (flags & SymbolFlags.Variable) return "variable";
    if (flags & SymbolFlags.Function) return "function";
    if (flags & SymbolFlags.Class) return "class";
    if (flags & SymbolFlags.Method) return "method";
    if (flags & SymbolFlags.Property) return "property";
    if (flags & SymbolFlags.Accessor) return "accessor";
    return flags & SymbolFlags.Module ? "module" : "other";
  }
}

function isShorthand(name: Node): boolean {
  const { parent } = name;
  return is.ShorthandPropertyAssignment(parent) && parent.name === name;
}

/** Private names carry the number of their class: `__#1@#queue`. */
function plainName({ name }: RemoteSymbol): string {
  return name.replace(/^__#\d+@/, "");
}

function ambientModuleOf(declaration: Node): string | undefined {
  for (let at = ancestor(declaration, is.ModuleDeclaration); at !== undefined; ) {
    if (is.StringLiteral(at.name)) return at.name.text;
    if (isGlobal(at)) return undefined;
    at = ancestor(at, is.ModuleDeclaration);
  }
  return undefined;
}

function ownerIn(parent: Node | undefined): string | undefined {
  if (isClassLike(parent) || is.InterfaceDeclaration(parent)) return parent.name?.text;
  if (is.TypeLiteral(parent)) {
    return is.TypeAliasDeclaration(parent.parent) ? parent.parent.name.text : undefined;
  }
  const module = is.ModuleBlock(parent) ? parent.parent : undefined;
  if (!is.ModuleDeclaration(module) || !is.Identifier(module.name)) return undefined;
  return isGlobal(module) ? undefined : module.name.text;
}

/** `declare global { … }`, which is no namespace of that name. */
function isGlobal(module: NodeOf<"ModuleDeclaration">): boolean {
  return is.Identifier(module.name) && /^(?:declare\s+)?global\b/.test(textOf(module));
}

function isInFunction(declaration: Node): boolean {
  return !is.SourceFile(declaration) && enclosingFunction(declaration) !== undefined;
}
