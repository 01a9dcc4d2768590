import { fact, type Program } from "../program.ts";
import {
  type FunctionLike,
  is,
  isAssignment,
  isClassLike,
  isFunctionLike,
  isOneOf,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  type SourceFile,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { flowOwner } from "./flow-graph.ts";
import { baseOf, cellCall, type Location, locationOf, rootOfThis } from "./locations.ts";

// Who reads and writes a place?
//
// All mentions in the file, whichever function they are in; which segment of it is a question for
// facts/segments.ts, about the node. A mention is a read, a write that replaces what is there, or a
// mutation that changes the object in place (`jobs.push(j)`, `rows.length = 0`, `delete map[k]`).
// `x += 1`, `x ??= y` and `x++` are both a read and a write. A cell is written by `map.set(k, v)`,
// `map[k] = v`, `set.add(k)`, and by `delete`; such a write mutates its collection as well.
//
// The file's names are sorted once, so that all questions about a file cost one walk and then what
// bears the name. *May* and near to *must*: what is listed does happen where its node is evaluated;
// what happens in other files, through aliases, or by `this[name]` is not seen. A rule that wants to
// know whether anybody else writes should prefer silence where the answer is "nobody".

export interface Access {
  readonly kind: "read" | "write" | "mutate";
  readonly location: Location;
  /**
   * The node at which it happens: the mention for a read, the assignment or call for the others.
   * It has a point in the flow of its function.
   */
  readonly at: Node;
  /** The reference itself, `this.jobs` in `this.jobs = []`. */
  readonly reference: Node;
  /** What is written, where that is an expression. */
  readonly value?: Node | undefined;
}

/** All accesses to a place in the file of the node, in source order. */
export function accessesTo(
  location: Location,
  file: SourceFile,
  program: Program,
): readonly Access[] {
  return grouped(file, program).of(location);
}

/** The accesses of one kind, outside of constructors: `this.x = 1` there happens before anybody else can look. */
export function writesTo(
  location: Location,
  file: SourceFile,
  program: Program,
): readonly Access[] {
  return accessesTo(location, file, program).filter(
    (it) => it.kind !== "read" && !isInitialisation(it),
  );
}

/** Whether the access is part of making the object, or of loading the module. */
export function isInitialisation({ at, location }: Access): boolean {
  const owner = flowOwner(at);
  if (location.root.kind === "instance")
    return is.Constructor(owner) || is.PropertyDeclaration(owner);
  if (is.VariableDeclaration(at) || is.BindingElement(at)) return true;
  return (
    is.SourceFile(owner) || is.ClassStaticBlockDeclaration(owner) || is.PropertyDeclaration(owner)
  );
}

/** The access that the node is: an assignment, `x++`, `map.set(k, v)`, `list.push(x)`. */
export function writeAt(node: Node, program: Program): Access | undefined {
  const target = targetOf(node);
  if (target === undefined) return undefined;
  return cellAccess(node, program) ?? accessBy(target, program);
}

/** What an assignment, an update or a call may write to, from syntax alone. */
export function targetOf(node: Node): Node | undefined {
  if (isAssignment(node))
    return isReference(unwrapped(node.left)) ? unwrapped(node.left) : undefined;
  if (is.PrefixUnaryExpression(node) || is.PostfixUnaryExpression(node)) {
    return isUpdate(node) ? unwrapped(node.operand) : undefined;
  }
  if (is.DeleteExpression(node)) return unwrapped(node.expression);
  const call = methodCall(node);
  if (call === undefined) return undefined;
  return cellCall(node) !== undefined || MUTATORS.has(call.method)
    ? unwrapped(call.receiver)
    : undefined;
}

/** Methods that change an array, a map or a set in place. */
export const MUTATORS: ReadonlySet<string> = new Set([
  "push",
  "pop",
  "shift",
  "unshift",
  "splice",
  "sort",
  "reverse",
  "fill",
  "copyWithin",
  "set",
  "add",
  "delete",
  "clear",
]);

const isReference = isOneOf("Identifier", "PropertyAccessExpression", "ElementAccessExpression");

interface Accesses {
  of(location: Location): readonly Access[];
}

const grouped: (file: SourceFile, program: Program) => Accesses = fact((file, program) => {
  const known = new Map<string, readonly Access[]>();
  return {
    of: (location) => {
      let found = known.get(location.key);
      if (found === undefined) known.set(location.key, (found = collect(location, file, program)));
      return found;
    },
  };
});

function collect(location: Location, file: SourceFile, program: Program): Access[] {
  const { cell, path, root } = location;
  const names = mentionsIn(file, program);
  if (cell !== undefined) {
    // The key is looked for where its collection is mentioned.
    return collectionMentions(cell.collection, file, program).flatMap((mention) =>
      cellAccesses(mention, location, program),
    );
  }
  const last =
    path.at(-1) ?? (root.kind === "variable" ? nameOf(root.declaration.name) : undefined);
  if (last === undefined) return [];
  return (names.get(last) ?? []).flatMap((name) => {
    const reference = referenceOf(name);
    if (reference === undefined || !mayBe(reference, location)) return [];
    const place = placeOf(reference, program);
    return place?.key === location.key ? accessesBy(reference, place) : [];
  });
}

/** The mentions of a collection, as expressions. */
function collectionMentions(collection: Location, file: SourceFile, program: Program): Node[] {
  const { path, root } = collection;
  const last =
    path.at(-1) ?? (root.kind === "variable" ? nameOf(root.declaration.name) : undefined);
  const names = last === undefined ? [] : (mentionsIn(file, program).get(last) ?? []);
  return names.flatMap((name) => {
    const reference = referenceOf(name);
    if (reference === undefined || is.BindingElement(reference)) return [];
    return baseOf(reference, program)?.key === collection.key ? [reference] : [];
  });
}

/** Spares a question about types: what begins with `this` is no variable, and the other way round. */
function mayBe(reference: Node, { root }: Location): boolean {
  return !is.ThisKeyword(startOfPath(reference)) || root.kind !== "variable";
}

/** `this` or `state` in `this.state.user` and `state.user`. */
function startOfPath(reference: Node): Node {
  let base = unwrapped(reference);
  while (is.PropertyAccessExpression(base) || is.ElementAccessExpression(base)) {
    base = unwrapped(base.expression);
  }
  return base;
}

function placeOf(reference: Node, program: Program): Location | undefined {
  return is.BindingElement(reference) ? taken(reference, program) : locationOf(reference, program);
}

/** The place that `const { jobs } = this` reads. */
function taken(element: NodeOf<"BindingElement">, program: Program): Location | undefined {
  const pattern = element.parent;
  const whole = pattern.parent;
  if (!is.ObjectBindingPattern(pattern) || !is.VariableDeclaration(whole)) return undefined;
  const name = nameOf(element.propertyName ?? element.name);
  if (whole.initializer === undefined || name === undefined) return undefined;
  const base = baseOf(whole.initializer, program);
  if (base === undefined) return undefined;
  return {
    ...base,
    key: `${base.key}.${name}`,
    path: [...base.path, name],
    text: `${base.text}.${name}`,
  };
}

/** All names that stand for values, by their text: one walk for all questions about a file. */
const mentionsIn: (file: SourceFile, program: Program) => ReadonlyMap<string, readonly Node[]> =
  fact((file) => {
    const names = new Map<string, Node[]>();
    walk(file, (node) => {
      if (!is.Identifier(node) && !is.PrivateIdentifier(node)) return undefined;
      const known = names.get(node.text);
      if (known === undefined) names.set(node.text, [node]);
      else known.push(node);
      return undefined;
    });
    return names;
  });

/** The expression whose last name this is; undefined where it only names something. */
function referenceOf(name: Node): Node | undefined {
  const { parent } = name;
  if (is.PropertyAccessExpression(parent) && parent.name === name) return parent;
  if (is.BindingElement(parent)) {
    return parent.propertyName === name ||
      (parent.propertyName === undefined && parent.name === name)
      ? parent
      : undefined;
  }
  if (is.ShorthandPropertyAssignment(parent)) return name;
  return isDeclared(name) || (is.PropertyAssignment(parent) && parent.name === name)
    ? undefined
    : name;
}

const declares = isOneOf(
  "VariableDeclaration",
  "Parameter",
  "FunctionDeclaration",
  "FunctionExpression",
  "ClassDeclaration",
  "ClassExpression",
  "MethodDeclaration",
  "MethodSignature",
  "GetAccessor",
  "SetAccessor",
  "PropertyDeclaration",
  "PropertySignature",
  "ImportSpecifier",
  "ImportClause",
  "ExportSpecifier",
  "LabeledStatement",
  "BreakStatement",
  "ContinueStatement",
  "TypeReference",
  "JsxAttribute",
);

function isDeclared(name: Node): boolean {
  const { parent } = name;
  if (!declares(parent)) return false;
  return !("initializer" in parent) || parent.initializer !== name;
}

function accessBy(reference: Node, program: Program): Access | undefined {
  const location = locationOf(reference, program);
  return location && accessesBy(reference, location).find((it) => it.kind !== "read");
}

/** What a mention does with its place. */
function accessesBy(reference: Node, location: Location): Access[] {
  if (is.BindingElement(reference)) return [{ kind: "read", location, at: reference, reference }];
  const node = wrapped(reference);
  const { parent } = node;
  const read: Access = { kind: "read", location, at: reference, reference };
  if (isAssignment(parent) && parent.left === node) {
    const write: Access = { kind: "write", location, at: parent, reference, value: parent.right };
    return parent.operatorToken.kind === Kind.EqualsToken ? [write] : [read, write];
  }
  if ((is.PrefixUnaryExpression(parent) || is.PostfixUnaryExpression(parent)) && isUpdate(parent)) {
    return [read, { kind: "write", location, at: parent, reference }];
  }
  if (is.DeleteExpression(parent)) return [{ kind: "write", location, at: parent, reference }];
  const pattern = patternAround(node);
  if (pattern !== undefined) return [{ kind: "write", location, at: pattern, reference }];
  const changed = changeOf(node);
  return changed === undefined
    ? [read]
    : [read, { kind: "mutate", location, at: changed, reference }];
}

/** The call or assignment that changes the object in place: `jobs.push(j)`, `jobs.length = 0`. */
function changeOf(object: Node): Node | undefined {
  const { parent } = object;
  if (is.PropertyAccessExpression(parent) && parent.expression === object) {
    const outer = wrapped(parent);
    const call = outer.parent;
    if (is.CallExpression(call) && call.expression === outer) {
      return MUTATORS.has(parent.name.text) ? call : undefined;
    }
    return parent.name.text === "length" ? assignmentTo(outer) : undefined;
  }
  if (!is.ElementAccessExpression(parent) || parent.expression !== object) return undefined;
  const outer = wrapped(parent);
  return assignmentTo(outer) ?? (is.DeleteExpression(outer.parent) ? outer.parent : undefined);
}

function assignmentTo(target: Node): Node | undefined {
  const { parent } = target;
  if (isAssignment(parent) && parent.left === target) return parent;
  const steps = is.PrefixUnaryExpression(parent) || is.PostfixUnaryExpression(parent);
  return steps && isUpdate(parent) ? parent : undefined;
}

function isUpdate(node: { readonly operator: number }): boolean {
  return node.operator === Kind.PlusPlusToken || node.operator === Kind.MinusMinusToken;
}

/** The assignment whose pattern writes here: `[this.a, this.b] = pair`. */
function patternAround(node: Node): Node | undefined {
  let at = node;
  for (;;) {
    const { parent } = at;
    if (isAssignment(parent)) return parent.left === at && at !== node ? parent : undefined;
    const isPart =
      is.ArrayLiteralExpression(parent) ||
      is.ObjectLiteralExpression(parent) ||
      (is.PropertyAssignment(parent) && parent.initializer === at);
    if (!isPart) return undefined;
    at = parent;
  }
}

/** What a mention of a collection does with one of its cells. */
function cellAccesses(collection: Node, location: Location, program: Program): Access[] {
  const { parent } = wrapped(collection);
  const outer = is.PropertyAccessExpression(parent) ? wrapped(parent).parent : parent;
  if (is.ElementAccessExpression(parent)) {
    const place = locationOf(parent, program);
    return place?.key === location.key ? accessesBy(parent, place) : [];
  }
  const access = cellAccess(outer, program);
  return access?.location.key === location.key ? [access] : [];
}

function cellAccess(node: Node, program: Program): Access | undefined {
  const asked = cellCall(node);
  const location = asked && locationOf(node, program);
  if (asked === undefined || location?.cell === undefined) return undefined;
  const { method, value } = asked;
  const kind = method === "get" || method === "has" ? "read" : "write";
  return { kind, location, at: node, reference: node, value };
}

/** The accesses that a function makes in its own body, nested functions left out, by place. */
export const sharedWritesIn: (fn: FunctionLike, program: Program) => readonly Access[] = fact(
  (fn, program) => {
    const found: Access[] = [];
    if (fn.body === undefined) return found;
    const visit = (node: Node): "skip" | undefined => {
      if (isFunctionLike(node) || isClassLike(node)) return "skip";
      const target = targetOf(node);
      if (target !== undefined && mayOutlive(target, fn)) {
        const access = writeAt(node, program);
        if (access !== undefined && access.kind !== "read") found.push(access);
      }
      return undefined;
    };
    visit(fn.body);
    walk(fn.body, visit);
    return found;
  },
);

/** `this.…` and names that begin outside of the function, as far as syntax tells. */
function mayOutlive(target: Node, fn: FunctionLike): boolean {
  const base = startOfPath(target);
  if (is.ThisKeyword(base)) return rootOfThis(base) !== undefined;
  return is.Identifier(base) && !fn.parameters.some((it) => nameOf(it.name) === nameOf(base));
}
