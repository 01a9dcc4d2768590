import { pathKey } from "../node-paths.ts";
import { fact, type Program, resolve } from "../program.ts";
import {
  type ClassLike,
  declarationKeyword,
  enclosingClass,
  hasModifier,
  type Identifier,
  is,
  isClassLike,
  isFunctionLike,
  isOneOf,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";

// Which place in memory does an expression stand for?
//
// A place is a root and a path: a variable, the instance that `this` is, or a class, and then the
// names of properties, three at most. `this.#jobs`, `state.user.name`, `Pool.size`, `ref.current`.
// What is kept under a key of a collection is a cell: `map.get(id)`, `map.has(id)`, `rows[i]` and
// `set.has(id)` end in the text of the key, so that two of them with the same key in one function
// are the same cell. Two mentions with equal keys are taken for the same place. That is a *may* for
// `this` (two calls can be about two instances) and for keys (two calls can use two ids), which is
// what a question about overlapping calls wants; inside one call it is as good as *must*.
//
// `this` is found from syntax, and fields by their name: no type is asked for. The instance of a
// class and of its own base classes is one root. A constant that stands for an object (`const self
// = this`, `const { cache } = this`, `const { state } = store`) is looked through where something
// is read from or written to that object, not where the constant itself is used: its own value does
// not change. Other aliases are not followed, so two places with different keys may be one. That
// prefers missing a conflict to inventing one.

export type Root =
  /** `this` in a class, or in the methods of an object. */
  | { readonly kind: "instance"; readonly owner: ClassLike | NodeOf<"ObjectLiteralExpression"> }
  /** The class itself: `Pool.size`, or `this` in a static method. */
  | { readonly kind: "static"; readonly owner: ClassLike }
  | {
      readonly kind: "variable";
      readonly declaration: VariableLike;
      /** Whose variable it is: the file for a module's own. */
      readonly scope: FlowOwner;
    };

export interface Location {
  /** Equal for all mentions of the same place within a snapshot. */
  readonly key: string;
  readonly root: Root;
  /** Property names behind the root; a cell is `[key]` with the text of the key. */
  readonly path: readonly string[];
  /** As the user would write it: `this.jobs`, `cache.get(id)` for a cell, whatever the call. */
  readonly text: string;
  /** Set for cells: the place of the collection, and the key. */
  readonly cell?: Cell | undefined;
}

export interface Cell {
  readonly collection: Location;
  readonly key: Node | undefined;
}

export type VariableLike =
  | NodeOf<"VariableDeclaration">
  | NodeOf<"Parameter">
  | NodeOf<"BindingElement">;

const isVariableLike = isOneOf("VariableDeclaration", "Parameter", "BindingElement");

/** Deeper paths are rarely the same object twice. */
const LONGEST_PATH = 3;

/**
 * The place that a reference stands for: a name, a property, an element, or a call that asks a
 * collection for a key. Undefined for everything else, and for what other files' code owns.
 */
export const locationOf: (reference: Node, program: Program) => Location | undefined = fact(
  (written, program) => {
    const node = unwrapped(written);
    if (is.Identifier(node)) {
      const declaration = variableOf(node, program);
      return declaration && rooted(rootOfVariable(declaration), node.text);
    }
    if (is.PropertyAccessExpression(node)) {
      return propertyIn(baseOf(node.expression, program), nameOf(node.name), node);
    }
    if (is.ElementAccessExpression(node)) {
      const key = unwrapped(node.argumentExpression);
      const name = is.StringLiteral(key) ? key.text : undefined;
      const base = baseOf(node.expression, program);
      return name === undefined ? cellIn(base, key, node) : propertyIn(base, name, node);
    }
    const asked = cellCall(node);
    return asked && cellIn(baseOf(asked.receiver, program), asked.key, node);
  },
);

/** The place of the object that `receiver.…` reaches into, with constants looked through. */
export function baseOf(receiver: Node, program: Program): Location | undefined {
  const node = unwrapped(receiver);
  if (is.ThisKeyword(node)) {
    const root = rootOfThis(node);
    return root && rooted(root, "this");
  }
  if (!is.Identifier(node)) return locationOf(node, program);
  const owner = classNamed(node, program);
  if (owner !== undefined) return rooted({ kind: "static", owner: rootClass(owner) }, node.text);
  return aliased(node, program, 0) ?? locationOf(node, program);
}

/** Whether two references stand for the same place, as far as can be said. */
export function isSamePlace(a: Node, b: Node, program: Program): boolean {
  const place = locationOf(a, program);
  return place !== undefined && place.key === locationOf(b, program)?.key;
}

/** Whether the place is below the other one, as `this.user.name` is below `this.user`. */
export function isBelow(inner: Location, outer: Location): boolean {
  return inner.key.startsWith(`${outer.key}.`);
}

/** `map.get(key)`, `set.has(key)`, `map.set(key, …)`, `set.add(key)`, `map.delete(key)`. */
export function cellCall(node: Node):
  | {
      readonly method: string;
      readonly receiver: Node;
      readonly key: Node;
      readonly value: Node | undefined;
    }
  | undefined {
  const call = methodCall(node);
  const [key, value, third] = call?.args ?? [];
  if (call === undefined || key === undefined || third !== undefined) return undefined;
  const { method, receiver } = call;
  const takesValue = method === "set";
  if (!CELL_METHODS.has(method) || takesValue !== (value !== undefined)) return undefined;
  if (is.SpreadElement(key)) return undefined;
  return { method, receiver, key, value: method === "add" ? key : value };
}

const CELL_METHODS: ReadonlySet<string> = new Set(["get", "has", "set", "add", "delete"]);

/** The class, or object with methods, that `this` stands for here; undefined: nobody knows. */
export function rootOfThis(node: Node): Root | undefined {
  let from = node;
  for (let at = node.parent; at !== undefined && !is.SourceFile(at); from = at, at = at.parent) {
    if (is.ArrowFunction(at)) continue;
    if (is.ClassStaticBlockDeclaration(at)) return ofClass(enclosingClass(at), true);
    if (is.PropertyDeclaration(at)) return ofClass(enclosingClass(at), isStatic(at));
    if (!isFunctionLike(at) || from === at.name || is.Decorator(from)) continue;
    const holder = is.FunctionExpression(at) ? wrapped(at).parent : at;
    const owner = holder.parent;
    if (is.ObjectLiteralExpression(owner)) {
      const isMember = holder === at || is.PropertyAssignment(holder);
      return isMember ? { kind: "instance", owner } : undefined;
    }
    return isClassLike(owner) ? ofClass(owner, isStatic(holder)) : undefined;
  }
  return undefined;
}

/**
 * The own class at the top of what a class extends, as far as it can be seen without asking for
 * types: bases that are declared in the same file.
 */
export const rootClass: (owner: ClassLike) => ClassLike = (owner) => {
  let top = owner;
  for (let steps = 0; steps < MOST_BASES; steps += 1) {
    const base = baseClass(top);
    if (base === undefined) break;
    top = base;
  }
  return top;
};

/** The class that this one extends, where the same file declares it. */
export function baseClass(owner: ClassLike): ClassLike | undefined {
  const name = baseName(owner);
  if (name === undefined) return undefined;
  for (const statement of sourceFileOf(owner).statements) {
    if (is.ClassDeclaration(statement) && statement.name?.text === name) {
      return statement === owner ? undefined : statement;
    }
  }
  return undefined;
}

/** The last name of what a class extends: `Base` in `extends mixins.Base<T>`. */
export function baseName(owner: ClassLike): string | undefined {
  for (const clause of owner.heritageClauses ?? []) {
    if (clause.token !== Kind.ExtendsKeyword) continue;
    const [base] = clause.types;
    const written = is.ExpressionWithTypeArguments(base) ? unwrapped(base.expression) : base;
    return nameOf(is.PropertyAccessExpression(written) ? written.name : written);
  }
  return undefined;
}

const MOST_BASES = 8;

/** The variable or parameter of this project that a name stands for. */
export function variableOf(name: Identifier, program: Program): VariableLike | undefined {
  const [place, another] = program.types.symbol(name)?.declarations ?? [];
  if (place === undefined || another !== undefined || !program.types.isOwn(place.file)) {
    return undefined;
  }
  const declaration = resolve(place, program);
  return isVariableLike(declaration) ? declaration : undefined;
}

function classNamed(name: Identifier, program: Program): ClassLike | undefined {
  // By convention and by law of every formatter, classes begin with a capital.
  if (!/^[A-Z]/.test(name.text)) return undefined;
  const symbol = program.types.symbol(name);
  if (symbol?.kind !== "class") return undefined;
  const [place] = symbol.declarations;
  if (place === undefined || !program.types.isOwn(place.file)) return undefined;
  const declaration = resolve(place, program);
  return isClassLike(declaration) ? declaration : undefined;
}

/** The place of the object that a constant stands for. */
function aliased(name: Identifier, program: Program, steps: number): Location | undefined {
  const declaration = MOST_ALIASES < steps ? undefined : variableOf(name, program);
  if (is.VariableDeclaration(declaration)) {
    const { initializer, parent } = declaration;
    if (initializer === undefined || !isConstantList(parent)) return undefined;
    return placeOfValue(initializer, program, steps);
  }
  if (!is.BindingElement(declaration) || declaration.initializer !== undefined) return undefined;
  const pattern = declaration.parent;
  const whole = pattern.parent;
  if (!is.ObjectBindingPattern(pattern) || !is.VariableDeclaration(whole)) return undefined;
  const property = nameOf(declaration.propertyName ?? declaration.name);
  if (whole.initializer === undefined || !isConstantList(whole.parent)) return undefined;
  if (declaration.dotDotDotToken !== undefined) return undefined;
  return propertyIn(placeOfValue(whole.initializer, program, steps), property, declaration.name);
}

const MOST_ALIASES = 4;

function placeOfValue(value: Node, program: Program, steps: number): Location | undefined {
  const node = unwrapped(value);
  if (is.ThisKeyword(node)) return baseOf(node, program);
  if (is.Identifier(node)) return aliased(node, program, steps + 1) ?? locationOf(node, program);
  return is.PropertyAccessExpression(node) ? locationOf(node, program) : undefined;
}

function isConstantList(list: Node): boolean {
  return is.VariableDeclarationList(list) && declarationKeyword(list) === "const";
}

function rootOfVariable(declaration: VariableLike): Root {
  const scope = flowOwner(declaration) ?? sourceFileOf(declaration);
  return {
    kind: "variable",
    declaration,
    scope: is.Parameter(declaration) ? ownerOf(declaration, scope) : scope,
  };
}

/** A parameter belongs to its function. */
function ownerOf(parameter: Node, scope: FlowOwner): FlowOwner {
  const { parent } = parameter;
  return isFunctionLike(parent) ? parent : scope;
}

function ofClass(owner: ClassLike | undefined, isOfClass: boolean): Root | undefined {
  if (owner === undefined) return undefined;
  return { kind: isOfClass ? "static" : "instance", owner: rootClass(owner) };
}

/** The place of a field, as methods of its class mention it. */
export function placeOfField(field: NodeOf<"PropertyDeclaration">): Location | undefined {
  const owner = ofClass(enclosingClass(field), isStatic(field));
  const text = owner?.kind === "static" ? (nameOf(owner.owner.name) ?? "this") : "this";
  const name = nameOf(field.name);
  if (owner === undefined || name === undefined) return undefined;
  const base = rooted(owner, text);
  return { ...base, key: `${base.key}.${name}`, path: [name], text: `${text}.${name}` };
}

export function isStatic(member: Node): boolean {
  return hasModifier(member, Kind.StaticKeyword);
}

/** The place that a root is itself. */
export function rooted(root: Root, text: string): Location {
  const node = root.kind === "variable" ? root.declaration : root.owner;
  return { key: `${root.kind} ${pathKey(node)}`, root, path: [], text };
}

function propertyIn(
  base: Location | undefined,
  name: string | undefined,
  at: Node,
): Location | undefined {
  if (base === undefined || name === undefined || LONGEST_PATH <= base.path.length)
    return undefined;
  const { root } = base;
  return { key: `${base.key}.${name}`, root, path: [...base.path, name], text: textOf(at) };
}

function cellIn(base: Location | undefined, key: Node, at: Node): Location | undefined {
  if (base === undefined || LONGEST_PATH <= base.path.length) return undefined;
  const cell = cellOf(base, key);
  return is.CallExpression(at) ? cell : { ...cell, text: textOf(at) };
}

/** The place that a collection has for a key. */
export function cellOf(collection: Location, key: Node): Location {
  const name = `[${textOf(unwrapped(key)).replace(/\s+/g, " ")}]`;
  return {
    key: `${collection.key}.${name}`,
    root: collection.root,
    path: [...collection.path, name],
    text: `${collection.text}.get(${textOf(key)})`,
    cell: { collection, key },
  };
}
