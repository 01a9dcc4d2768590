import {
  HANDLER_DECORATORS,
  type OwnerModel,
  owners,
  SHARING_DECORATORS,
} from "../primitives/owners.ts";
import { fact, type Program } from "../program.ts";
import {
  type ClassLike,
  enclosingFunction,
  hasModifier,
  is,
  isAssignment,
  isClassLike,
  isFunctionLike,
  isOneOf,
  Kind,
  type Node,
  nameOf,
  type SourceFile,
  sourceFileOf,
  textOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { isAnnotated } from "./annotations.ts";
import { flowOwner } from "./flow-graph.ts";
import { baseName, type Location } from "./locations.ts";

// Who else can see a place?
//
// From nobody to everybody: `fresh`, made in this very function and still its own; `local`, a
// variable of a function that at most its own callbacks see; `single-owner`, the object of one
// request, transaction or piece of work; `instance`, an object that several tasks may hold;
// `module`, one for the whole program. Rules about races speak from `instance` on, and of a local
// variable where callbacks that overlap see it.
//
// Of a class it is asked whether one object is used by many. An annotation decides
// (`/** @singleOwner */`); then what the file shows: an object of it in a module's variable, a
// static field or an exported constant is shared, while one that is always kept in a local variable
// and not handed out has a single owner; then decorators by which a container shares it; then its
// name and its base's (analysis/primitives/owners.ts). Everything else is an instance of which
// nothing is known. Objects that a function was given or has looked up are taken for single owners:
// nearly all `ctx.user = …` are, and a false race costs more than a missed one.

export type Level = "fresh" | "local" | "single-owner" | "instance" | "module";

export interface Sharing {
  readonly level: Level;
  /** For an instance: what shows that several tasks hold it. */
  readonly because?: Because | undefined;
}

export interface Because {
  readonly at: Node;
  /** Continues "Several calls can use one `Pool` at once: …". */
  readonly message: string;
  /** Seen in the code, rather than concluded from names. */
  readonly seen: boolean;
}

/** Who else can see the place, as seen from a node that mentions it. */
export function sharingOf(location: Location, at: Node, program: Program): Sharing {
  const { root, path } = location;
  if (root.kind === "static") return { level: "module" };
  if (path.slice(0, -1).some((it) => CONTEXTS.test(it))) return { level: "single-owner" };
  if (root.kind === "instance") {
    return isClassLike(root.owner) ? ofClass(root.owner, program) : { level: "instance" };
  }
  const { declaration, scope } = root;
  if (is.SourceFile(scope)) return { level: "module" };
  if (is.Parameter(declaration) || isInParameter(declaration)) return { level: "single-owner" };
  if (path.length === 0) return { level: "local" };
  const initializer = is.VariableDeclaration(declaration) ? declaration.initializer : undefined;
  const value = initializer && unwrapped(initializer);
  if (value === undefined) return { level: "local" };
  if (isReference(value)) return { level: "instance" };
  if (isMade(value)) return { level: flowOwner(at) === scope ? "fresh" : "local" };
  return { level: "single-owner" };
}

/** What hangs on a context is that of the one piece of work that the context is for. */
const CONTEXTS = /^[#_]?(?:ctx|context|req|request)$/;

/** What `useRef` gives is the same object in every run of the component. */
function isReference(value: Node): boolean {
  return is.CallExpression(value) && /(?:^|\.)useRef$/.test(textOfCallee(value));
}

function textOfCallee(call: { readonly expression: Node }): string {
  const callee = unwrapped(call.expression);
  return nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee) ?? "";
}

const isMade = isOneOf(
  "ObjectLiteralExpression",
  "ArrayLiteralExpression",
  "NewExpression",
  "ArrowFunction",
  "FunctionExpression",
);

function isInParameter(declaration: Node): boolean {
  for (let at: Node = declaration; ; at = at.parent) {
    if (is.Parameter(at)) return true;
    if (is.VariableDeclaration(at) || isFunctionLike(at) || is.SourceFile(at)) return false;
  }
}

/** Whether objects of a class are used by several tasks. */
export const ofClass: (owner: ClassLike, program: Program) => Sharing = fact((owner, program) => {
  if (isAnnotated(owner, "singleOwner", program)) return { level: "single-owner" };
  const name = owner.name?.text ?? nameOfHolder(owner);
  const made = constructionsOf(owner, program);
  const kept = keptForGood(owner, program);
  if (kept !== undefined) {
    const message = `one is made here for the whole module`;
    return { level: "instance", because: { at: kept, message, seen: true } };
  }
  const decorator = decoratorsOf(owner).find((it) => SHARING_DECORATORS.has(it.name));
  if (decorator !== undefined) {
    const message = `its container makes one for everybody`;
    return { level: "instance", because: { at: decorator.at, message, seen: true } };
  }
  if (made.length > 0 && !isExported(owner, program) && made.every(isKeptLocally)) {
    return { level: "single-owner" };
  }
  const model = modelOf(name) ?? modelOf(baseName(owner));
  if (model?.owner === "single") return { level: "single-owner" };
  if (model === undefined) return { level: "instance" };
  const message = "such an object lives long, and whoever needs it holds the same one";
  return { level: "instance", because: { at: owner.name ?? owner, message, seen: false } };
});

/** Where the file makes an object of the class that is there as long as the program runs. */
export function keptForGood(owner: ClassLike, program: Program): Node | undefined {
  return constructionsOf(owner, program).find(isKeptForGood);
}

function constructionsOf(owner: ClassLike, program: Program): readonly Node[] {
  const name = owner.name?.text ?? nameOfHolder(owner);
  const made = constructionsIn(sourceFileOf(owner), program);
  return name === undefined ? [] : (made.get(name) ?? []);
}

function modelOf(name: string | undefined): OwnerModel | undefined {
  return name === undefined ? undefined : owners.find((it) => it.names.test(name));
}

/** `const Pool = class { … }`. */
function nameOfHolder(owner: ClassLike): string | undefined {
  const holder = wrapped(owner).parent;
  return is.VariableDeclaration(holder) ? nameOf(holder.name) : undefined;
}

/** All `new C(…)` of a file by the name of the class. */
const constructionsIn: (
  file: SourceFile,
  program: Program,
) => ReadonlyMap<string, readonly Node[]> = fact((file) => {
  const found = new Map<string, Node[]>();
  walk(file, (node) => {
    const name = is.NewExpression(node) ? nameOf(unwrapped(node.expression)) : undefined;
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), node]);
    return undefined;
  });
  return found;
});

/** At the top of the module, or in a static field: there for as long as the program runs. */
function isKeptForGood(made: Node): boolean {
  const owner = flowOwner(made);
  if (is.SourceFile(owner)) return !isOnlyCalled(made);
  return is.PropertyDeclaration(owner) && hasModifier(owner, Kind.StaticKeyword);
}

/** `new Migration().run();` */
function isOnlyCalled(made: Node): boolean {
  const { parent } = wrapped(made);
  return is.PropertyAccessExpression(parent) || is.ExpressionStatement(parent);
}

/** In a variable of a function, which does not hand it out as far as its declaration goes. */
function isKeptLocally(made: Node): boolean {
  if (enclosingFunction(made) === undefined) return false;
  const { parent } = wrapped(made);
  if (is.PropertyAccessExpression(parent)) return true;
  if (!is.VariableDeclaration(parent)) return false;
  const name = nameOf(parent.name);
  const scope = enclosingFunction(made)?.body;
  if (name === undefined || scope === undefined) return false;
  let stays = true;
  walk(scope, (node) => {
    if (is.Identifier(node) && node.text === name && node !== parent.name) {
      const use = wrapped(node).parent;
      stays &&= is.PropertyAccessExpression(use) && use.expression === wrapped(node);
    }
    return undefined;
  });
  return stays;
}

/** Whether other files can name it. */
export function isExported(declaration: Node, program: Program): boolean {
  if ("modifiers" in declaration && hasModifier(declaration, Kind.ExportKeyword)) return true;
  const name =
    "name" in declaration && isName(declaration.name) ? nameOf(declaration.name) : undefined;
  return name !== undefined && exportedNames(sourceFileOf(declaration), program).has(name);
}

function isName(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** Names in `export { … }`, `export default …`, `module.exports = …` and `exports.name = …`. */
const exportedNames: (file: SourceFile, program: Program) => ReadonlySet<string> = fact((file) => {
  const names = new Set<string>();
  const add = (node: Node | undefined) => {
    const name = nameOf(node && unwrapped(node));
    if (name !== undefined) names.add(name);
  };
  for (const statement of file.statements) {
    if (is.ExportAssignment(statement)) add(statement.expression);
    if (is.ExportDeclaration(statement)) {
      walk(statement, (it) => {
        if (is.ExportSpecifier(it)) add(it.propertyName ?? it.name);
        return undefined;
      });
    }
    if (!is.ExpressionStatement(statement) || !isAssignment(statement.expression)) continue;
    const { left, right } = statement.expression;
    if (!/^(?:module\.)?exports\b/.test(textOf(left))) continue;
    add(right);
    if (!is.ObjectLiteralExpression(right)) continue;
    for (const it of right.properties) {
      if (is.ShorthandPropertyAssignment(it)) add(it.name);
      else if (is.PropertyAssignment(it)) add(it.initializer);
    }
  }
  return names;
});

/** The decorators of a class or method, by the last name in them. */
export function decoratorsOf(node: {
  readonly modifiers?: readonly Node[] | undefined;
}): readonly { readonly name: string; readonly at: Node }[] {
  return (node.modifiers ?? []).flatMap((it) => {
    if (!is.Decorator(it)) return [];
    const written = unwrapped(it.expression);
    const callee = is.CallExpression(written) ? unwrapped(written.expression) : written;
    const name = nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee);
    return name === undefined ? [] : { name, at: it };
  });
}

/** The decorator by which a framework calls a method for each event. */
export function handlerDecorator(node: Node): Node | undefined {
  return decoratorsOf(node).find((it) => HANDLER_DECORATORS.has(it.name))?.at;
}
