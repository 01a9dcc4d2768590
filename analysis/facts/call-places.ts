import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isFunctionLike,
  isInside,
  isOneOf,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
  walkBody,
} from "../syntax.ts";
import { functionsIn } from "./callees.ts";
import { type FlowOwner, flowOwner } from "./flow-graph.ts";
import { baseOf, cellOf, type Location, locationOf, rooted, rootOfThis } from "./locations.ts";

// By which name does a function that is called know a place of its caller?
//
// `this.reset()` knows the caller's `this.conn` as its own `this.conn`, `pool.reset()` the caller's
// `pool.conn` so, and `touch(this.state)` the caller's `this.state.dirty` as `state.dirty`, by its
// parameter. A variable that both can see keeps its name. What a call passes, as receiver or as
// argument, is found once per function; a place is then looked up by what it begins with. Only own
// functions are followed, where all that may be called is known. *May*, as places are
// (facts/locations.ts). Not seen: what is passed inside of an object literal, taken apart by a
// pattern, or handed to a function that is itself handed over. Preferred mistake: not following.

/** A function that a call leads to, and a place of the caller as that function knows it. */
export interface Passage {
  readonly call: CallExpression;
  readonly fn: FunctionLike;
  readonly location: Location;
}

/** The calls of a function's own body by which the place gets into other functions. */
export function passagesOf(
  location: Location,
  owner: FlowOwner,
  program: Program,
): readonly Passage[] {
  const { passed, others } = callsIn(owner, program);
  const found: Passage[] = [];
  const add = (call: CallExpression, fn: FunctionLike, place: Location | undefined) => {
    const isKnown = found.some((it) => it.call === call && it.location.key === place?.key);
    if (place !== undefined && !isKnown) found.push({ call, fn, location: place });
  };
  for (const base of prefixesOf(location)) {
    for (const { call, fn, as } of passed.get(base.key) ?? []) {
      add(call, fn, rekeyed(moved(location, base, as), keyInside(call, fn)));
    }
  }
  for (const { call, fn } of others) {
    if (isVisibleIn(fn, location)) add(call, fn, rekeyed(location, keyInside(call, fn)));
  }
  return found;
}

/** The place of the caller that a place of the called function is; undefined: one of its own. */
export function placeAtCall(
  inner: Location,
  call: CallExpression,
  fn: FunctionLike,
  program: Program,
): Location | undefined {
  const owner = flowOwner(call);
  if (owner === undefined) return undefined;
  for (const [key, all] of callsIn(owner, program).passed) {
    for (const it of all) {
      if (it.call !== call || it.fn !== fn) continue;
      if (inner.key !== it.as.key && !inner.key.startsWith(`${it.as.key}.`)) continue;
      const base = it.base.key === key ? it.base : undefined;
      return base && rekeyed(moved(inner, it.as, base), keyOutside(call, fn));
    }
  }
  return isVisibleIn(fn, inner) ? rekeyed(inner, keyOutside(call, fn)) : undefined;
}

/** The name of the parameter that the key of a cell is handed over as; a literal is its own name. */
function keyInside(call: CallExpression, fn: FunctionLike) {
  return (key: Node): Node | undefined => {
    const text = textOf(unwrapped(key));
    const at = call.arguments.findIndex((it) => textOf(unwrapped(it)) === text);
    return fn.parameters[at]?.name ?? (isSameInBoth(key, call, fn) ? key : undefined);
  };
}

/** What is handed over for the parameter that a cell's key is. */
function keyOutside(call: CallExpression, fn: FunctionLike) {
  return (key: Node): Node | undefined => {
    const at = fn.parameters.findIndex((it) => nameOf(it.name) === nameOf(unwrapped(key)));
    return call.arguments[at] ?? (isSameInBoth(key, call, fn) ? key : undefined);
  };
}

/** A key that is put together from constants, and parameters that bear the name of what they are given. */
function isSameInBoth(key: Node, call: CallExpression, fn: FunctionLike): boolean {
  const node = unwrapped(key);
  if (is.Identifier(node)) {
    const at = fn.parameters.findIndex((it) => nameOf(it.name) === node.text);
    return nameOf(call.arguments[at]) === node.text;
  }
  if (is.TemplateExpression(node)) {
    return node.templateSpans.every((it) => isSameInBoth(it.expression, call, fn));
  }
  return isConstant(node);
}

const isConstant = isOneOf("StringLiteral", "NumericLiteral", "NoSubstitutionTemplateLiteral");

/** The cell by the key that another function knows it by; undefined where that one knows none. */
function rekeyed(
  location: Location | undefined,
  translate: (key: Node) => Node | undefined,
): Location | undefined {
  const { cell } = location ?? {};
  if (cell === undefined) return location;
  const key = cell.key && translate(cell.key);
  return key && cellOf(cell.collection, key);
}

/** The calls of own functions in a function's own body. */
export function callsOf(owner: FlowOwner, program: Program): Calls["others"] {
  return callsIn(owner, program).others;
}

/** What the calls of a function's own body pass to own functions. */
export function passedIn(owner: FlowOwner, program: Program): readonly Passed[] {
  return [...callsIn(owner, program).passed.values()].flat();
}

interface Passed {
  readonly call: CallExpression;
  readonly fn: FunctionLike;
  /** What is passed, as the caller knows it. */
  readonly base: Location;
  /** As the function knows it. */
  readonly as: Location;
}

interface Calls {
  /** By the key of what is passed. */
  readonly passed: ReadonlyMap<string, readonly Passed[]>;
  /** Calls of functions that may see the variables around them. */
  readonly others: readonly { readonly call: CallExpression; readonly fn: FunctionLike }[];
}

const callsIn: (owner: FlowOwner, program: Program) => Calls = fact((owner, program) => {
  const passed = new Map<string, Passed[]>();
  const others: { call: CallExpression; fn: FunctionLike }[] = [];
  const add = (it: Passed) => {
    const known = passed.get(it.base.key);
    if (known === undefined) passed.set(it.base.key, [it]);
    else known.push(it);
  };
  walkBody(owner, (node) => {
    if (isFunctionLike(node)) return "skip";
    if (!is.CallExpression(node)) return undefined;
    const callee = unwrapped(node.expression);
    for (const fn of isWorthAsking(callee) ? functionsIn(callee, program) : []) {
      others.push({ call: node, fn });
      for (const { base, as } of passedBy(node, fn, program)) add({ call: node, fn, base, as });
    }
    return undefined;
  });
  return { passed, others };
});

/** Spares questions about types where the answer is a function of the language. */
function isWorthAsking(callee: Node): boolean {
  if (!is.PropertyAccessExpression(callee)) return is.Identifier(callee);
  let receiver = unwrapped(callee.expression);
  while (is.PropertyAccessExpression(receiver)) receiver = unwrapped(receiver.expression);
  const isNamed = is.Identifier(receiver) || is.ThisKeyword(receiver) || is.SuperKeyword(receiver);
  return isNamed && !OF_LANGUAGE.has(callee.name.text) && !GLOBAL.has(nameOf(receiver) ?? "");
}

const OF_LANGUAGE: ReadonlySet<string> = new Set(
  "bind call apply catch concat entries every filter find findIndex finally flat flatMap forEach includes indexOf join keys map padEnd padStart pop push reduce replace shift slice some sort splice split startsWith endsWith test then toString trim unshift values".split(
    " ",
  ),
);

const GLOBAL: ReadonlySet<string> = new Set(
  "Array Date JSON Math Number Object Promise Reflect String console performance process".split(
    " ",
  ),
);

function* passedBy(
  call: CallExpression,
  fn: FunctionLike,
  program: Program,
): Iterable<{ readonly base: Location; readonly as: Location }> {
  const callee = unwrapped(call.expression);
  const root = fn.body && rootOfThis(fn.body);
  if (root !== undefined && is.PropertyAccessExpression(callee)) {
    const receiver = unwrapped(callee.expression);
    const base = is.SuperKeyword(receiver) ? placeOfThis(receiver) : baseOf(receiver, program);
    if (base !== undefined) yield { base, as: rooted(root, "this") };
  } else if (root !== undefined && is.Identifier(callee)) {
    // An inner function has the `this` that is around it.
    const here = placeOfThis(call);
    const as = rooted(root, "this");
    if (here?.key === as.key) yield { base: here, as };
  }
  for (const [at, argument] of call.arguments.entries()) {
    const name = fn.parameters[at]?.name;
    const given = unwrapped(argument);
    if (!is.Identifier(name) || !isReference(given)) continue;
    const base = baseOf(given, program);
    const as = locationOf(name, program);
    if (base !== undefined && as !== undefined) yield { base, as };
  }
}

const isReference = isOneOf("Identifier", "PropertyAccessExpression", "ThisKeyword");

function placeOfThis(node: Node): Location | undefined {
  const root = rootOfThis(node);
  return root && rooted(root, "this");
}

/** The place itself and what it is a part of, down to its root. */
export function prefixesOf(location: Location): readonly Location[] {
  const prefixes = [location];
  for (let at = location; at.path.length > 0; ) {
    at = at.cell?.collection ?? parentOf(at);
    prefixes.push(at);
  }
  return prefixes;
}

function parentOf({ key, root, path, text }: Location): Location {
  const last = path.at(-1) ?? "";
  return { key: key.slice(0, key.length - last.length - 1), root, path: path.slice(0, -1), text };
}

/** The place, with what it begins with replaced. */
function moved(location: Location, from: Location, to: Location): Location {
  const rest = location.path.slice(from.path.length);
  const { cell } = location;
  return {
    key: [to.key, ...rest].join("."),
    root: to.root,
    path: [...to.path, ...rest],
    text: [to.text, ...rest].join("."),
    cell:
      cell === undefined || rest.length === 0
        ? undefined
        : { collection: moved(cell.collection, from, to), key: cell.key },
  };
}

/** Whether a variable of the caller is one of the function's as well, and under the same name. */
function isVisibleIn(fn: FunctionLike, { root }: Location): boolean {
  if (root.kind === "static") return true;
  if (root.kind !== "variable" || is.Parameter(root.declaration)) return false;
  const isModules = is.SourceFile(root.scope);
  if (sourceFileOf(root.declaration) !== sourceFileOf(fn))
    return isModules && isImportable(root.declaration);
  return isModules || isInside(fn, root.scope);
}

/** Only what holds an object is changed by other files: nobody can assign to an import. */
function isImportable(declaration: Node): boolean {
  return is.VariableDeclaration(declaration);
}
