import type { Program } from "../program.ts";
import {
  enclosingFunction,
  type FunctionLike,
  is,
  isComma,
  isFunctionExpression,
  isFunctionLike,
  isLink,
  isOneOf,
  isShortCircuit,
  methodCall,
  type Node,
  nameOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { mentionsOfBinding } from "./bindings.ts";
import { callbackOf } from "./callbacks.ts";
import { mentionsOf } from "./mentions.ts";

// Does this work belong to the call of that function, and does it end with it?
//
// Work belongs to a call when the call waits for it: its promise is awaited, returned, or put into
// something that is. It also may be a step of a callback that runs, and is waited for, before the
// call is over, or of a local function that is called so. Everything else was let go on purpose: a
// statement of its own with a handler, a promise in a field that others share, a listener, a timer.
// A *must* question that prefers "no". Of callees that nobody knows, a callback is taken to run
// during the call where the call itself is waited for.
//
// Clean-up has to run to its end whatever has become of the work before it: `finally` and `catch`
// blocks, handlers of rejections, what a stopping signal calls, functions that are called for an
// end. It is told from syntax and names.

/** Whether a call of the function waits for the work that the expression begins. */
export function belongsTo(work: Node, owner: FunctionLike, program: Program): boolean {
  return belongs(work, owner, program, MOST_STEPS);
}

const MOST_STEPS = 12;

function belongs(work: Node, owner: FunctionLike, program: Program, steps: number): boolean {
  if (steps === 0 || !isWaitedFor(work, program, steps)) return false;
  const fn = enclosingFunction(work);
  if (fn === undefined || fn === owner) return fn === owner;
  const outer = wrapped(fn);
  const call = outer.parent;
  if (is.CallExpression(call) || is.NewExpression(call)) {
    if (call.expression === outer) return belongs(call, owner, program, steps - 1);
    const use = callbackOf(outer, program);
    if (use === "never" || use?.runs === "later" || use?.result === "dropped") return false;
    return is.CallExpression(call) && belongs(call, owner, program, steps - 1);
  }
  return callsOf(fn).some((it) => belongs(it, owner, program, steps - 1));
}

/** The calls of a local function, where it is only ever called. */
function callsOf(fn: FunctionLike): readonly Node[] {
  const holder = wrapped(fn).parent;
  const name = is.FunctionDeclaration(fn)
    ? fn.name
    : is.VariableDeclaration(holder)
      ? holder.name
      : undefined;
  const scope = enclosingFunction(fn);
  if (!is.Identifier(name) || scope === undefined) return [];
  const mentions = mentionsOf(name.text, scope).map((it) => wrapped(it));
  const calls = mentions.map((it) => it.parent);
  const isOnlyCalled = calls.every(
    (it, index) => is.CallExpression(it) && it.expression === mentions[index],
  );
  return isOnlyCalled ? calls : [];
}

/** Whether the function that the expression is in waits for its promise, or hands it on. */
function isWaitedFor(expression: Node, program: Program, steps: number): boolean {
  for (let node = wrapped(expression); ; node = wrapped(node.parent)) {
    const { parent } = node;
    if (isWait(parent)) return true;
    if (is.ArrowFunction(parent)) return parent.body === node;
    if (is.ForOfStatement(parent)) return parent.expression === node;
    if (is.VariableDeclaration(parent)) {
      if (steps === 0 || !is.Identifier(parent.name)) return false;
      const { reads } = mentionsOfBinding(parent, program);
      return reads.some((it) => isWaitedFor(it, program, steps - 1));
    }
    if (!passesOn(parent, node)) return false;
  }
}

const isWait = isOneOf("AwaitExpression", "ReturnStatement", "YieldExpression");

/** Whether the value of the outer expression has that of the inner one in it, or waits for it. */
function passesOn(outer: Node, inner: Node): boolean {
  if (is.CallExpression(outer) || is.NewExpression(outer)) return true;
  if (isLink(outer)) return outer.expression === inner;
  if (is.ConditionalExpression(outer)) return outer.condition !== inner;
  if (isComma(outer)) return outer.right === inner;
  return isShortCircuit(outer) || is.ArrayLiteralExpression(outer) || is.SpreadElement(outer);
}

/** Whether the node runs because something has ended or is to end, inside of that function. */
export function isCleanUp(node: Node, owner: FunctionLike): boolean {
  for (let from = node, at = from.parent; at !== owner && !is.SourceFile(at); ) {
    if (is.CatchClause(at)) return true;
    if (is.TryStatement(at) && at.finallyBlock === from) return true;
    if (isFunctionLike(at) && isCalledForEnd(at)) return true;
    from = at;
    at = at.parent;
  }
  return false;
}

/** Handlers of rejections, listeners to the end, functions that are named for it. */
function isCalledForEnd(fn: FunctionLike): boolean {
  if (isNamedForEnd(nameOf(fn.name))) return true;
  const outer = wrapped(fn);
  const { parent } = outer;
  if (is.VariableDeclaration(parent) || is.PropertyAssignment(parent)) {
    return isNamedForEnd(nameOf(parent.name));
  }
  if (!isFunctionExpression(fn) || !is.CallExpression(parent)) return false;
  const method = methodCall(parent);
  const name = method?.method ?? nameOf(unwrapped(parent.expression)) ?? "";
  if (name === "catch" || name === "finally") return true;
  if (name === "then") return parent.arguments.indexOf(outer) === 1;
  const [event] = parent.arguments;
  const isListening = /^(?:addEventListener|on|once)$/.test(name);
  if (isListening) return is.StringLiteral(event) && ENDING_EVENT.test(event.text);
  return /^(?:defer|adopt|on\w*(?:abort|cancel|close|dispose|exit|shutdown)\w*)$/i.test(name);
}

const ENDING_EVENT = /^(?:abort|close|end|exit|beforeExit|disconnect|SIG\w+)$/;

/** Whether a function of this name is called to bring something to its end. */
export function isNamedForEnd(name: string | undefined): boolean {
  return name !== undefined && ENDING.test(name);
}

const ENDING =
  /^(?:abort|cancel|cleanup|cleanUp|close|commit|deactivate|destroy|disconnect|dispose|disposeAsync|drain|end|flush|kill|onDestroy|ngOnDestroy|release|rollback|shutdown|stop|teardown|tearDown|terminate|unlock|unsubscribe)(?:[A-Z]\w*)?$/;
