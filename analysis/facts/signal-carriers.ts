import type { SignalModel } from "../primitives/primitive.ts";
import type { Program } from "../program.ts";
import {
  bodyHas,
  type CallExpression,
  type FunctionLike,
  type Identifier,
  is,
  isAssignment,
  isFunctionExpression,
  isFunctionLike,
  isLoop,
  isShortCircuit,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { mentionsOfBinding } from "./bindings.ts";
import { isRead } from "./mentions.ts";

// Where does a signal go, and who looks at it?
//
// Told from names alone. An expression carries a signal if it mentions it, the whole object that it
// came in, or a constant that was made from either without waiting; a callback that mentions it
// carries it too. This prefers "yes": whoever reports that a signal is missing wants no other way in
// which it could be there. Looking at it is reading its flag, or calling what throws once it is set.

/** By which names a signal is reached. */
export interface Reach {
  /** The variable by which it is reached, and its member there, if it is not the variable. */
  readonly variable: string;
  readonly member: string | undefined;
  /** Constants made from it, objects that it was put into. */
  readonly carriers: ReadonlySet<string>;
}

/** A signal as far as looking at it is concerned. */
interface Looked extends Reach {
  readonly model: SignalModel;
  readonly owner: FunctionLike;
}

/** Whether evaluating the expression hands on, or looks at, the signal. */
export function carries(expression: Node, signal: Reach) {
  if (mentions(expression, signal)) return true;
  let found = false;
  walk(expression, (it) => {
    found ||= mentions(it, signal);
    return found ? "skip" : undefined;
  });
  return found;
}

/**
 * Whether work is given one of the signals in some way, or stands among the arguments of a call that
 * is, as in a race against the signal. `from` is a call, or a variable that holds its promise.
 */
export function isGivenTo(from: Node, signals: readonly Reach[], program: Program): boolean {
  const isGiven = (part: Node) => signals.some((it) => carries(part, it));
  for (let node = from; ; ) {
    const isAround = (part: Node) => part.pos <= from.pos && from.end <= part.end;
    if (partsOf(node).some((it) => (node === from || !isAround(it)) && isGiven(it))) return true;
    const outer = wrapped(node).parent;
    if (is.VariableDeclaration(outer) && is.Identifier(outer.name)) {
      const { reads } = mentionsOfBinding(outer, program);
      return reads.some((it) => isGivenTo(it, signals, program));
    }
    if (!is.CallExpression(outer) && !is.ArrayLiteralExpression(outer)) return false;
    node = outer;
  }
}

function partsOf(node: Node): readonly Node[] {
  if (is.ArrayLiteralExpression(node)) return node.elements;
  return is.CallExpression(node) ? [node.expression, ...node.arguments] : [];
}

/**
 * Whether the node runs only where the signal has been found to be set, as in `if (signal.aborted)
 * await report()`: what is done then has to be done.
 */
export function isAskedBefore(node: Node, signal: Looked): boolean {
  for (let from = node, at = from.parent; at !== signal.owner && !is.SourceFile(at); ) {
    if (is.IfStatement(at) && at.thenStatement === from && asks(at.expression, signal)) return true;
    from = at;
    at = at.parent;
  }
  return false;
}

/** Whether a loop around the node looks at the signal by itself, between one step and the next. */
export function isAskedEachTime(node: Node, signal: Looked): boolean {
  for (let at = node.parent; at !== signal.owner && !is.SourceFile(at); at = at.parent) {
    if (isLoop(at) && bodyHas(at, (it) => looksAt(it, signal))) return true;
  }
  return false;
}

/** `signal.aborted`, `signal.throwIfAborted()`. */
function looksAt(node: Node, signal: Looked): boolean {
  const { flag, check } = signal.model;
  if (!is.PropertyAccessExpression(node)) return false;
  const { text } = node.name;
  return (text === flag || text === check) && carries(node.expression, signal);
}

/** `signal.aborted`, alone or beside another reason. */
function asks(condition: Node, signal: Looked): boolean {
  const node = unwrapped(condition);
  if (isShortCircuit(node)) return asks(node.left, signal) || asks(node.right, signal);
  return looksAt(node, signal);
}

function mentions(node: Node, signal: Reach): boolean {
  if (is.ThisKeyword(node)) return signal.carriers.has("this") || reaches(node, signal, "this");
  if (!is.Identifier(node) || !isRead(node)) return false;
  return signal.carriers.has(node.text) || reaches(node, signal, node.text);
}

function reaches(node: Node, { variable, member }: Omit<Reach, "carriers">, name: string): boolean {
  if (name !== variable) return false;
  const { parent } = wrapped(node);
  if (member === undefined || !is.PropertyAccessExpression(parent)) return name !== "this";
  return parent.name.text === member;
}

/**
 * The names of what was made from a signal: `const init = { signal }`, `const all =
 * AbortSignal.any([signal])`, a controller that follows it, an object that it was put into. What was
 * waited for is a result, and carries no signal any more.
 */
export function carriersOf(
  source: Omit<Reach, "carriers">,
  fn: FunctionLike,
  program: Program,
): ReadonlySet<string> {
  const carriers = new Set<string>();
  const signal = { ...source, carriers };
  for (let before = -1; before < carriers.size; ) {
    before = carriers.size;
    walk(fn, (node) => {
      if (is.VariableDeclaration(node)) {
        for (const it of madeFrom(node, signal)) {
          if (!program.types.value(it).primitive) carriers.add(it.text);
        }
      } else if (isAssignment(node) && !is.AwaitExpression(unwrapped(node.right))) {
        if (!isFunctionLike(unwrapped(node.right)) && carries(node.right, signal)) {
          const root = rootOf(node.left);
          if (root !== source.variable || root === "this") carriers.add(root);
        }
      } else if (is.CallExpression(node) && isFollowing(node, signal)) {
        for (const argument of node.arguments) {
          for (const it of listenerIn(unwrapped(argument), fn)) addMentioned(it, carriers);
        }
      }
      return undefined;
    });
  }
  carriers.delete(source.variable);
  return carriers;
}

/** `signal.addEventListener("abort", () => controller.abort())`: what is called then follows it. */
function isFollowing(call: CallExpression, signal: Reach) {
  const method = methodCall(call);
  const name = method?.method ?? nameOf(unwrapped(call.expression)) ?? "";
  if (!/^(?:addEventListener|on\w*(?:abort|cancel)\w*|addAbortListener)$/i.test(name)) return false;
  const parts = method === undefined ? call.arguments : [method.receiver, ...call.arguments];
  return parts.some((it) => !isFunctionExpression(unwrapped(it)) && carries(it, signal));
}

/** A function that is handed over, written out or by its name. */
function listenerIn(value: Node, fn: FunctionLike): readonly Node[] {
  if (isFunctionExpression(value)) return [value];
  const name = nameOf(value);
  const found: Node[] = [];
  if (name === undefined) return found;
  walk(fn, (node) => {
    const isNamed = is.FunctionDeclaration(node) || is.VariableDeclaration(node);
    if (isNamed && nameOf(node.name) === name) found.push(node);
    return undefined;
  });
  return found;
}

/** The names of a declaration whose values come from the signal, without waiting. */
function madeFrom(
  { name, initializer }: NodeOf<"VariableDeclaration">,
  signal: Reach,
): readonly Identifier[] {
  const value = initializer && unwrapped(initializer);
  if (value === undefined || is.AwaitExpression(value) || isFunctionLike(value)) return [];
  if (!carries(value, signal)) return [];
  const { member, variable } = signal;
  // `const { id, ...others } = options`: the parts of an object that do not hold it do not count.
  const isTakenApart = member !== undefined && nameOf(value) === variable;
  if (!is.ObjectBindingPattern(name) || !isTakenApart) return namesIn(name);
  return name.elements
    .filter(
      (it) => it.dotDotDotToken !== undefined || nameOf(it.propertyName ?? it.name) === member,
    )
    .flatMap((it) => namesIn(it.name));
}

function namesIn(pattern: Node): readonly Identifier[] {
  if (is.Identifier(pattern)) return [pattern];
  if (!is.ObjectBindingPattern(pattern) && !is.ArrayBindingPattern(pattern)) return [];
  return pattern.elements.flatMap((it) => (is.BindingElement(it) ? namesIn(it.name) : []));
}

function addMentioned(fn: Node, to: Set<string>): void {
  walk(fn, (it) => {
    if (is.Identifier(it) && isRead(it)) to.add(it.text);
    return undefined;
  });
}

function rootOf(expression: Node): string {
  const inner = unwrapped(expression);
  if (is.PropertyAccessExpression(inner) || is.ElementAccessExpression(inner)) {
    return rootOf(inner.expression);
  }
  return is.ThisKeyword(inner) ? "this" : (nameOf(inner) ?? "");
}
