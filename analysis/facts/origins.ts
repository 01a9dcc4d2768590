import type { Program } from "../program.ts";
import {
  ancestor,
  declarationKeyword,
  type Identifier,
  is,
  isAssignment,
  isComma,
  isFunctionLike,
  isOneOf,
  isShortCircuit,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  unwrapped,
} from "../syntax.ts";
import { accessesTo } from "./accesses.ts";
import { flowOwner } from "./flow-graph.ts";
import { locationOf, variableOf } from "./locations.ts";
import { ownersOf } from "./pauses.ts";

// What is a value made from?
//
// Followed are the variables of the function, and whatever only rearranges values: operators,
// literals, spreads, templates, choices, and methods that give a changed copy (`concat`, `filter`,
// `Object.assign({}, …)`). Through any other call the value is *opaque*: something came out of it,
// and what it has to do with what went in is the callee's secret. Conditions are left out, since
// what they decide is not what the value is made from.
//
// *May*: a variable with several assignments may hold any of them. Each origin says which nodes
// would replace the value on its way (`replaced`), for those who look for a path. Parameters,
// captured functions, module variables and variables of functions that are no part of this piece of work
// are origins themselves; they are not followed.

export interface Origin {
  readonly node: Node;
  readonly opaque: boolean;
  /** The very value itself: nothing was done to it but holding it. */
  readonly whole: boolean;
  /** Assignments that would put something else into a variable on the way; a path avoids them. */
  readonly replaced: ReadonlySet<Node>;
}

/** The expressions that a value is made from, itself first. */
export function originsOf(value: Node, program: Program): readonly Origin[] {
  const origins: Origin[] = [];
  const seen = new Set<Node>();
  const visit = (
    written: Node,
    opaque: boolean,
    whole: boolean,
    replaced: ReadonlySet<Node>,
    depth: number,
  ) => {
    const node = unwrapped(written);
    if (seen.has(node) || DEEPEST < depth) return;
    seen.add(node);
    origins.push({ node, opaque, whole, replaced });
    if (is.Identifier(node)) {
      for (const it of definitionsOf(node, program)) {
        visit(it.value, opaque, whole, new Set([...replaced, ...it.others]), depth + 1);
      }
      return;
    }
    for (const part of partsOf(node)) {
      visit(part.node, opaque || part.opaque, whole && isChoice(node), replaced, depth);
    }
  };
  visit(value, false, true, new Set(), 0);
  return origins;
}

const DEEPEST = 6;

/** `a ? b : c`, `a ?? b` and `(a, b)` give one of their parts as it is, and `await a` what it stands for. */
function isChoice(node: Node): boolean {
  return (
    is.AwaitExpression(node) ||
    is.ConditionalExpression(node) ||
    isShortCircuit(node) ||
    isComma(node)
  );
}

/** What a local variable may have been given, and the assignments that would replace it. */
export function definitionsOf(
  name: Identifier,
  program: Program,
): readonly { readonly value: Node; readonly others: readonly Node[] }[] {
  const declaration = localVariable(name, program);
  if (declaration === undefined || isShared(declaration, name, program)) return [];
  if (is.BindingElement(declaration)) return [{ value: declaration, others: [] }];
  const { initializer } = declaration;
  const all: { readonly at: Node; readonly value: Node }[] = [];
  if (initializer !== undefined) all.push({ at: declaration, value: initializer });
  const { parent: list } = declaration;
  if (!is.VariableDeclarationList(list) || declarationKeyword(list) !== "const") {
    const location = locationOf(name, program);
    const writes = location && accessesTo(location, sourceFileOf(name), program);
    for (const { at, kind, value } of writes ?? []) {
      if (kind === "write" && value !== undefined) all.push({ at, value });
    }
  }
  return all.map(({ at, value }) => ({
    value,
    others: all.filter((it) => it.at !== at).map((it) => it.at),
  }));
}

/** What a function has closed over may hold another value by then, unless it is a constant. */
function isShared(declaration: Node, name: Node, program: Program): boolean {
  const { parent } = declaration;
  if (is.VariableDeclarationList(parent) && declarationKeyword(parent) === "const") return false;
  const owner = flowOwner(declaration);
  return owner !== undefined && !ownersOf(name, program).includes(owner);
}

/** A variable of a function; one of a pattern only where it is taken off a constant. */
function localVariable(
  name: Identifier,
  program: Program,
): NodeOf<"VariableDeclaration"> | NodeOf<"BindingElement"> | undefined {
  const declaration = variableOf(name, program);
  if (declaration === undefined || is.SourceFile(flowOwner(declaration))) return undefined;
  if (is.VariableDeclaration(declaration)) return declaration;
  return is.BindingElement(declaration) && !isInParameter(declaration) ? declaration : undefined;
}

function isInParameter(element: Node): boolean {
  const at = ancestor(element, (it): it is Node => is.Parameter(it) || is.VariableDeclaration(it));
  return is.Parameter(at);
}

/** What a pattern takes its parts from. */
function wholeOf(element: NodeOf<"BindingElement">): Node | undefined {
  const whole = ancestor(element, (it): it is Node => !is.BindingElement(it) && !isPattern(it));
  return is.VariableDeclaration(whole) ? whole.initializer : undefined;
}

const isPattern = isOneOf("ObjectBindingPattern", "ArrayBindingPattern");

interface Part {
  readonly node: Node;
  readonly opaque: boolean;
}

function clear(nodes: readonly (Node | undefined)[]): Part[] {
  return nodes.flatMap((node) => (node === undefined ? [] : { node, opaque: false }));
}

function partsOf(node: Node): readonly Part[] {
  if (is.BindingElement(node)) return clear([node.initializer, wholeOf(node)]);
  if (is.ConditionalExpression(node)) return clear([node.whenTrue, node.whenFalse]);
  if (isShortCircuit(node)) return clear([node.left, node.right]);
  if (isComma(node) || isAssignment(node)) return clear([node.right]);
  if (is.BinaryExpression(node)) return clear([node.left, node.right]);
  if (is.PrefixUnaryExpression(node)) return clear([node.operand]);
  if (is.TemplateExpression(node)) return clear(node.templateSpans.map((it) => it.expression));
  if (is.ArrayLiteralExpression(node)) return clear(node.elements);
  if (is.SpreadElement(node) || is.SpreadAssignment(node)) return clear([node.expression]);
  if (is.ObjectLiteralExpression(node)) return clear(node.properties.map(valueOf));
  if (is.PropertyAccessExpression(node)) return clear([node.expression]);
  if (is.ElementAccessExpression(node)) return clear([node.expression, node.argumentExpression]);
  if (is.AwaitExpression(node)) return clear([node.expression]);
  if (is.NewExpression(node)) {
    const copies = COPIES.has(nameOf(unwrapped(node.expression)) ?? "");
    return (node.arguments ?? []).map((it) => ({ node: it, opaque: !copies }));
  }
  return is.CallExpression(node) ? partsOfCall(node) : [];
}

function partsOfCall(node: Node & { readonly arguments: readonly Node[] }): readonly Part[] {
  const call = methodCall(node);
  const args = node.arguments.filter((it) => !isFunctionLike(unwrapped(it)));
  if (call === undefined) {
    const name = is.CallExpression(node) ? nameOf(unwrapped(node.expression)) : undefined;
    const opaque = !COPIES.has(name ?? "");
    return args.map((it) => ({ node: it, opaque }));
  }
  const opaque = !isCopying(call.method, call.receiver);
  return [{ node: call.receiver, opaque }, ...args.map((it) => ({ node: it, opaque }))];
}

function isCopying(method: string, receiver: Node): boolean {
  const owner = nameOf(unwrapped(receiver));
  if (owner === "Math" || owner === "Object" || owner === "JSON") return true;
  if (owner === "Array") return method === "from" || method === "of";
  return COPYING.has(method);
}

/** What gives a changed copy of what it is called on, or of what it is given. */
const COPYING: ReadonlySet<string> = new Set([
  "at",
  "concat",
  "filter",
  "flat",
  "flatMap",
  "get",
  "has",
  "includes",
  "join",
  "map",
  "padEnd",
  "padStart",
  "reduce",
  "repeat",
  "replace",
  "replaceAll",
  "slice",
  "split",
  "substring",
  "toFixed",
  "toLowerCase",
  "toReversed",
  "toSorted",
  "toSpliced",
  "toString",
  "toUpperCase",
  "trim",
  "union",
  "with",
]);

const COPIES: ReadonlySet<string> = new Set([
  "Array",
  "BigInt",
  "Boolean",
  "Date",
  "Map",
  "Number",
  "Set",
  "String",
  "parseFloat",
  "parseInt",
  "structuredClone",
]);

function valueOf(property: Node): Node | undefined {
  if (is.PropertyAssignment(property)) return property.initializer;
  if (is.ShorthandPropertyAssignment(property)) return property.name;
  return is.SpreadAssignment(property) ? property : undefined;
}
