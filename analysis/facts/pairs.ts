import type { Pair } from "../primitives/models.ts";
import { fact, type Program } from "../program.ts";
import {
  calleeNameOf,
  type CallExpression,
  type Identifier,
  is,
  isAssignment,
  isFunctionLike,
  isShortCircuit,
  Kind,
  methodCall,
  type NewExpression,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { callbackOf } from "./callbacks.ts";
import { calledAs, referenceKey, variableBehind } from "./references.ts";

// What does a call begin that another call has to end, and does one?
//
// Which calls belong together is data (`pairs` in analysis/primitives/, and in the user's own
// configuration). Where the compiler knows what is called, that counts, and an own function of the
// same name begins nothing; where it knows nothing, as in JavaScript without types, the names of the
// platform's own globals are taken for what they are.
//
// What the call gave goes somewhere, its holder. *Nowhere*: it is dropped, and nobody can end it any
// more. *Variable* and *member*: by mentions of the same reference we see what becomes of it.
// *Elsewhere*: it is returned, handed to a call, put into a literal; then somebody else sees to it.
//
// "Ended" is a *may* question that prefers yes, since no is what gets reported: the handle is given
// to a function that ends it or to one that we do not know, one of its ending methods is called or
// named, it is returned, stored again, or spread. Merely testing or comparing it ends nothing.

export interface Begun {
  readonly call: CallExpression | NewExpression;
  readonly pair: Pair;
}

/** What the call begins; undefined: nothing that anybody would have to end. */
export const begunBy: (
  call: CallExpression | NewExpression,
  program: Program,
) => Begun | undefined = fact((call, program) => {
  const pair = pairFor(call, program);
  return pair && { call, pair };
});

function pairFor(call: CallExpression | NewExpression, program: Program): Pair | undefined {
  const name = calleeNameOf(call);
  const text = nameOf(name);
  if (text === undefined || !program.models.mayBegin(text)) return undefined;
  const pair = program.models.pair(calledAs(call, program));
  const isLent =
    pair?.lends === true && call.arguments?.some((it) => isFunctionLike(unwrapped(it)));
  return isLent === true ? undefined : pair;
}

/** Where what a call gave is kept. */
export type Holder =
  | { readonly kind: "nowhere" }
  | { readonly kind: "variable"; readonly name: Identifier }
  | { readonly kind: "member"; readonly access: NodeOf<"PropertyAccessExpression"> }
  | { readonly kind: "elsewhere" };

const NOWHERE: Holder = { kind: "nowhere" };
const ELSEWHERE: Holder = { kind: "elsewhere" };

/** What becomes of the value of an expression, as far as it is kept by a name. */
export function holderOf(value: Node, program: Program): Holder {
  const node = wrapped(value);
  const { parent } = node;
  if (is.AwaitExpression(parent)) return holderOf(parent, program);
  if (is.ExpressionStatement(parent) || is.VoidExpression(parent)) return NOWHERE;
  if (is.ConditionalExpression(parent) && parent.condition !== node)
    return holderOf(parent, program);
  if (isShortCircuit(parent) && parent.right === node) return holderOf(parent, program);
  if (is.BinaryExpression(parent) && parent.operatorToken.kind === Kind.CommaToken) {
    return parent.left === node ? NOWHERE : holderOf(parent, program);
  }
  if (is.ArrowFunction(parent)) return isResultIgnored(parent, program) ? NOWHERE : ELSEWHERE;
  if (is.VariableDeclaration(parent) && is.Identifier(parent.name)) {
    return { kind: "variable", name: parent.name };
  }
  if (is.PropertyDeclaration(parent)) return ELSEWHERE;
  if (isAssignment(parent) && parent.right === node) return assignedTo(parent.left);
  const chained = methodCall(wrapped(parent).parent);
  if (chained !== undefined && SELF_RETURNING.has(chained.method) && chained.receiver === node) {
    return holderOf(chained.call, program);
  }
  return ELSEWHERE;
}

/** `setInterval(tick, 10).unref()` is the interval. */
const SELF_RETURNING: ReadonlySet<string> = new Set(["unref", "ref", "refresh"]);

function assignedTo(left: Node): Holder {
  const target = unwrapped(left);
  if (is.Identifier(target)) return { kind: "variable", name: target };
  if (!is.PropertyAccessExpression(target)) return ELSEWHERE;
  return referenceKey(target) === undefined ? ELSEWHERE : { kind: "member", access: target };
}

/** Whether an arrow function that is nothing but this expression is called for its effect only. */
function isResultIgnored(arrow: NodeOf<"ArrowFunction">, program: Program): boolean {
  const use = callbackOf(arrow, program);
  return use !== undefined && use !== "never" && use.result === "dropped";
}

/** Whether a timer was told not to keep the process: `.unref()` on it, there or later. */
export function isUnreferenced({ call }: Begun, program: Program): boolean {
  const chained = methodCall(wrapped(wrapped(call).parent).parent);
  if (chained?.method === "unref" && unwrapped(chained.receiver) === call) return true;
  const holder = holderOf(call, program);
  if (holder.kind === "variable") {
    const mentions = variableBehind(holder.name, program)?.mentions ?? [];
    return mentions.some((it) => methodOn(it) === "unref");
  }
  if (holder.kind !== "member") return false;
  return mentionsOfMember(holder.access, sourceFileOf(call), program).some(
    (it) => methodOn(it) === "unref",
  );
}

/** The name of the method that is called on, or read from, this expression. */
export function methodOn(expression: Node): string | undefined {
  const node = wrapped(expression);
  const { parent } = node;
  return is.PropertyAccessExpression(parent) && parent.expression === node
    ? parent.name.text
    : undefined;
}

/** All other places in the scope where the same reference is written. */
export function mentionsOfMember(access: Node, scope: Node, program: Program): readonly Node[] {
  const key = referenceKey(access);
  const id = idOfRoot(access, program);
  const last = is.PropertyAccessExpression(access) ? access.name.text : undefined;
  const found: Node[] = [];
  if (key === undefined || last === undefined) return found;
  walk(scope, (it) => {
    if (it === access || !is.PropertyAccessExpression(it) || it.name.text !== last)
      return undefined;
    if (referenceKey(it) === key && idOfRoot(it, program) === id) found.push(it);
    return undefined;
  });
  return found;
}

/** Which variable a chain of members starts from; undefined for `this`. */
function idOfRoot(access: Node, program: Program): number | undefined {
  let root = unwrapped(access);
  while (is.PropertyAccessExpression(root)) root = unwrapped(root.expression);
  return is.Identifier(root) ? program.types.symbol(root)?.id : undefined;
}

/** Methods that change nothing about how long the thing lasts. */
const IDLE: ReadonlySet<string> = new Set(["ref", "unref", "hasRef", "refresh"]);

/** Whether what is kept under this mention may be ended by it, or goes to somebody who may. */
export function mayEnd(mention: Node, pair: Pair): boolean {
  const node = wrapped(mention);
  const { parent } = node;
  const method = methodOn(node);
  if (method !== undefined) {
    if (pair.methods.size > 0 && pair.methods.has(method)) return true;
    return pair.functions.size === 0 && pair.methods.size === 0 && !IDLE.has(method);
  }
  if (is.CallExpression(parent) || is.NewExpression(parent)) {
    if (parent.expression === node) return pair.isCalled;
    return true;
  }
  return passesOn(node);
}

/** The value goes on from here: it is returned, stored, put into a literal, spread. */
function passesOn(node: Node): boolean {
  const { parent } = node;
  if (is.ReturnStatement(parent) || is.ArrowFunction(parent) || is.YieldExpression(parent)) {
    return true;
  }
  if (is.ArrayLiteralExpression(parent) || is.SpreadElement(parent)) return true;
  if (is.ShorthandPropertyAssignment(parent) || is.ExportSpecifier(parent)) return true;
  if (is.PropertyAssignment(parent)) return parent.initializer === node;
  if (is.VariableDeclaration(parent) || is.PropertyDeclaration(parent)) {
    return parent.initializer === node;
  }
  if (isAssignment(parent)) return parent.right === node;
  if (is.ConditionalExpression(parent))
    return parent.condition !== node && passesOn(wrapped(parent));
  if (isShortCircuit(parent)) return parent.right === node && passesOn(wrapped(parent));
  if (is.JsxExpression(parent) || is.AwaitExpression(parent)) return true;
  return is.ForOfStatement(parent) && parent.expression === node;
}
