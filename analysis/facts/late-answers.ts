import type { Program } from "../program.ts";
import {
  type FunctionLike,
  type Identifier,
  is,
  isAssignment,
  isFunctionLike,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  type PropertyAccess,
  sourceFileOf,
  textOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { writeAt } from "./access-kinds.ts";
import { writesTo } from "./accesses.ts";
import { answerIn } from "./answers.ts";
import { isReactiveCell, isSetter } from "./effects.ts";
import { flowOwner } from "./flow-graph.ts";
import { locationOf, variableOf } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { ownersOf, wayBetween } from "./pauses.ts";
import { isKeptOut, isSharedAt } from "./races.ts";
import { isNewestAfter, isWithdrawn } from "./newest.ts";
import { isEmpty } from "./tests.ts";

// Which writes put an answer into a place where the answer to a newer question may be already?
//
// A function is given something to ask for, asks, pauses, and puts the answer into a place that its
// next call writes to as well. Answers come in any order, so the one to an older question may come
// last and stay. That is so when the value is made from what was awaited (facts/origins.ts), and what
// was asked is made from a parameter of the function, from a field that other functions write, or from
// what stands in an input: without any of them, all calls ask for the same.
//
// *May*. Left out are cells of a collection, where each question has its own; values that say to
// which question they belong (`{ id, rows }`); values made from what is in the place by then; and
// everything behind a look at who is the newest, or whose request the next call takes back
// (facts/newest.ts), or that a lock, a flag or a chain lets in one by one. An answer that another
// function writes for this one is not seen.

export interface LateAnswer {
  /** The assignment, or the call of a setter. */
  readonly at: Node;
  /** `this.results`, `setResults`. */
  readonly target: string;
  /** The `await`, or the call of `then`. */
  readonly pause: Node;
  readonly request: Node;
  /** What decides what is asked: the mention of a parameter, of a field, or of what an input holds. */
  readonly question: Node;
  /** The function that is begun again. */
  readonly fn: FunctionLike;
}

/** The late answer that an assignment or the call of a setter puts away; undefined: it is none. */
export function lateAnswer(node: Node, program: Program): LateAnswer | undefined {
  const write = storedBy(node, program);
  if (write === undefined || isEmpty(write.value)) return undefined;
  const owners = ownersOf(node, program);
  for (const { node: origin } of originsOf(write.value, program)) {
    const awaited = answerIn(origin, program);
    if (awaited?.request === undefined) continue;
    const { pause, request } = awaited;
    const asked = questionIn(request, owners, program);
    if (asked === undefined || saysWhose(write.value, asked.question)) continue;
    // A callback is handed over in front of the call of `then` that is the pause.
    const from = is.AwaitExpression(pause) ? pause : unwrapped(request);
    if (wayBetween(from, node, program) === undefined) continue;
    if (isNewestAfter(from, node, program) || isWithdrawn(request, node, program)) return undefined;
    if (isKeptOut(request, node, program)) return undefined;
    return { at: node, target: write.target, pause, request, ...asked };
  }
  return undefined;
}

interface Stored {
  readonly target: string;
  readonly value: Node;
}

/** What is put into a place that the next call of the function sees too. */
function storedBy(node: Node, program: Program): Stored | undefined {
  if (is.CallExpression(node)) return storedBySetter(node, program);
  if (!isAssignment(node) || node.operatorToken.kind !== Kind.EqualsToken) return undefined;
  const stored = { target: textOf(unwrapped(node.left)), value: node.right };
  if (isReactiveCell(node.left, program)) return stored;
  const write = writeAt(node, program);
  if (write?.kind !== "write" || write.location.cell !== undefined) return undefined;
  if (!isSharedAt(write.location, node, program)) return undefined;
  const { key } = write.location;
  const isMadeFromOld = originsOf(node.right, program).some(
    (it) => locationOf(it.node, program)?.key === key,
  );
  return isMadeFromOld ? undefined : stored;
}

/** `setUser(user)` of a component, and `this.user.set(user)` of a signal. */
function storedBySetter(call: NodeOf<"CallExpression">, program: Program): Stored | undefined {
  const [value, another] = call.arguments;
  if (value === undefined || another !== undefined || isFunctionLike(unwrapped(value))) {
    return undefined;
  }
  const callee = unwrapped(call.expression);
  if (is.Identifier(callee)) {
    return isSetter(callee, program) ? { target: callee.text, value } : undefined;
  }
  const method = methodCall(call);
  if (method?.method !== "set" || !is.ThisKeyword(unwrapped(startOf(method.receiver)))) {
    return undefined;
  }
  const target = textOf(method.receiver);
  return isSignal(method.receiver, program) ? { target, value } : undefined;
}

function startOf(receiver: Node): Node {
  const node = unwrapped(receiver);
  return is.PropertyAccessExpression(node) ? node.expression : node;
}

function isSignal(holder: Node, program: Program): boolean {
  return program.types.value(holder).type?.name === "WritableSignal";
}

/** The parameter that a name is, or is taken out of. */
function parameterOf(declaration: Node): NodeOf<"Parameter"> | undefined {
  let at = declaration;
  while (is.BindingElement(at)) at = at.parent.parent;
  return is.Parameter(at) ? at : undefined;
}

/** The parameter of the work that decides what is asked. */
function questionIn(
  request: Node,
  owners: readonly Node[],
  program: Program,
): { readonly question: Node; readonly fn: FunctionLike } | undefined {
  for (const { node } of originsOf(request, program)) {
    const answer = answerIn(node, program);
    const before = answer?.request;
    if (before !== undefined && before !== request && !isWithin(before, request)) {
      const further = questionIn(before, owners, program);
      if (further !== undefined) return further;
    }
    if (is.PropertyAccessExpression(node) && isChanging(node, owners, program)) {
      const fn = flowOwner(node);
      if (isFunctionLike(fn) && owners.includes(fn)) return { question: node, fn };
    }
    if (!is.Identifier(node)) continue;
    const declaration = variableOf(node, program);
    const parameter = declaration && parameterOf(declaration);
    const fn = parameter?.parent;
    if (parameter === undefined || !isFunctionLike(fn) || !owners.includes(fn)) continue;
    if (answer !== undefined || isHelper(node, parameter, program)) continue;
    return { question: node, fn };
  }
  return undefined;
}

/** `input.value`, and a field of the object that other functions write, where it is what is asked for. */
function isChanging(access: PropertyAccess, owners: readonly Node[], program: Program): boolean {
  if (access.name.text === "value" && !is.ThisKeyword(unwrapped(access.expression))) {
    return INPUTS.test(program.types.value(access.expression).type?.name ?? "");
  }
  const { parent } = wrapped(access);
  if (!is.ThisKeyword(unwrapped(access.expression)) || HELPERS.test(access.name.text)) return false;
  if (!is.CallExpression(parent) || parent.expression === wrapped(access)) return false;
  const field = locationOf(access, program);
  const writes = field === undefined ? [] : writesTo(field, sourceFileOf(access), program);
  return writes.some((it) => {
    const owner = flowOwner(it.at);
    return it.kind === "write" && owner !== undefined && !owners.includes(owner);
  });
}

const INPUTS = /^HTML(?:Input|TextArea|Select)Element$/;

function isWithin(inner: Node, outer: Node): boolean {
  return outer.pos <= inner.pos && inner.end <= outer.end;
}

/** What comes along with every question: signals, options, contexts, and whom to ask. */
function isHelper(name: Identifier, parameter: Node, program: Program): boolean {
  if (HELPERS.test(name.text)) return true;
  const { parent } = wrapped(name);
  if (is.CallExpression(parent) && parent.expression === wrapped(name)) return true;
  if (is.PropertyAccessExpression(parent) && parent.expression === wrapped(name)) {
    const outer = wrapped(parent).parent;
    const isAsked = is.CallExpression(outer) && outer.expression === wrapped(parent);
    if (isAsked && !GETS_TEXT.test(parent.name.text)) return true;
  }
  const type = is.Parameter(parameter) ? program.types.value(name).type : undefined;
  return type !== undefined && program.models.type(type)?.signal !== undefined;
}

const HELPERS =
  /(?:^(?:signal|token|ctx|context|client|db|tx|trx|opts|options|config|settings|logger|log|callback|cb|next|res|response|reply|dispatch|api|fetcher|_\w*)$|(?:Signal|Token|Controller|Client|Context|Logger|Service|Options)$)/;

/** `query.trim()` and its like: the receiver is the question, and nobody who is asked. */
const GETS_TEXT =
  /^(?:trim\w*|to\w+|slice|substring|split|replace\w*|concat|join|map|filter|get|at|normalize|pad\w+)$/;

/** `{ id, rows }`: whoever reads it can tell which question it answers. */
function saysWhose(written: Node, question: Node): boolean {
  const value = unwrapped(written);
  if (!is.ObjectLiteralExpression(value)) return false;
  return value.properties.some((it) => {
    if (is.ShorthandPropertyAssignment(it)) return nameOf(it.name) === textOf(question);
    return is.PropertyAssignment(it) && mentions(it.initializer, textOf(question));
  });
}

function mentions(expression: Node, name: string): boolean {
  const node = unwrapped(expression);
  if (is.Identifier(node) || textOf(node) === name) return textOf(node) === name;
  if (!is.PropertyAccessExpression(node)) return false;
  let found = false;
  walk(node, (it) => {
    found ||= is.Identifier(it) && it.text === name;
    return undefined;
  });
  return found;
}
