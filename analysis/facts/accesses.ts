import { fact, type Program } from "../program.ts";
import {
  type FunctionLike,
  is,
  isClassLike,
  isFunctionLike,
  isOneOf,
  type Node,
  type NodeOf,
  nameOf,
  type SourceFile,
  sourceFileOf,
  walk,
  wrapped,
} from "../syntax.ts";
import {
  type Access,
  accessesBy,
  cellAccess,
  startOfPath,
  targetOf,
  writeAt,
} from "./access-kinds.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { baseOf, type Location, locationOf, rootOfThis } from "./locations.ts";

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
  return grouped(file, program).writes(location);
}

/** The accesses of one function's own body, nested functions left out. */
export function accessesIn(
  location: Location,
  owner: FlowOwner,
  program: Program,
): readonly Access[] {
  return grouped(sourceFileOf(owner), program).in(location).get(owner) ?? [];
}

/** The accesses to a place in a file, by the function whose body they are in. */
export function accessesByOwner(
  location: Location,
  file: SourceFile,
  program: Program,
): ReadonlyMap<FlowOwner, readonly Access[]> {
  return grouped(file, program).in(location);
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

interface Accesses {
  of(location: Location): readonly Access[];
  writes(location: Location): readonly Access[];
  in(location: Location): ReadonlyMap<FlowOwner, readonly Access[]>;
}

const grouped: (file: SourceFile, program: Program) => Accesses = fact((file, program) => {
  const of = byKey((location) => collect(location, file, program));
  return {
    of,
    writes: byKey((location) =>
      of(location).filter((it) => it.kind !== "read" && !isInitialisation(it)),
    ),
    in: byKey((location) => {
      const owners = new Map<FlowOwner, Access[]>();
      for (const access of of(location)) {
        const owner = flowOwner(access.at);
        const known = owner && owners.get(owner);
        if (known !== undefined) known.push(access);
        else if (owner !== undefined) owners.set(owner, [access]);
      }
      return owners;
    }),
  };
});

function byKey<T>(compute: (location: Location) => T): (location: Location) => T {
  const known = new Map<string, T>();
  return (location) => {
    const before = known.get(location.key);
    if (before !== undefined) return before;
    const found = compute(location);
    known.set(location.key, found);
    return found;
  };
}

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

/** The places of a file that bear a name, whatever it stands for there. */
export function mentionsOfName(name: string, file: SourceFile, program: Program): readonly Node[] {
  return mentionsIn(file, program).get(name) ?? [];
}

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
