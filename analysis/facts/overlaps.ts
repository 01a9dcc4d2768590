import type { Program } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  type FunctionLike,
  is,
  isAssignment,
  isAsync,
  isFunctionExpression,
  isGenerator,
  isLoop,
  isShortCircuit,
  Kind,
  type Node,
  nameOf,
  unwrapped,
  walk,
  walkBody,
} from "../syntax.ts";
import { calleeOf, functionsIn } from "./callees.ts";
import { begunBy } from "./pairs.ts";
import { isPromise } from "./promises.ts";
import { millisecondsIn } from "./race-timers.ts";
import { referenceKey } from "./references.ts";

// May one run of an interval begin before the last one is over?
//
// A tick calls the callback again whether or not what it began has settled. So every async function
// that is called by it and pauses may overlap with itself, unless it sees to it: it tests something
// before its first pause that it also sets (`if (running) return; running = true`, `if (this.#run)
// return this.#run`, a counter), it runs under a lock or behind something that lets one in at a time,
// or it stops the interval before it pauses. *May*, without any idea of how long a run takes; guards
// are recognised by their form and believed, also where they are set in a different branch.
//
// Followed into own functions that the callback calls without waiting, and further as long as a
// function does nothing but wait for another one. A promise from elsewhere may overlap as well, but
// whether that matters is not known here.

export interface Overlap {
  readonly call: CallExpression;
  /** The function that the interval calls, where it is written out. */
  readonly callback: FunctionLike | undefined;
  /** Where a run pauses, so that the next one can begin. */
  readonly pause: Node;
  /** The body of what pauses is not known. */
  readonly isUnknown: boolean;
  /** In milliseconds, where it is written down. */
  readonly every: number | undefined;
}

/** Runs of an interval that may overlap. */
export function overlapOf(call: CallExpression, program: Program): Overlap | undefined {
  const [first, delay] = call.arguments;
  if (first === undefined || begunBy(call, program)?.pair.begins !== "interval") return undefined;
  const callback = unwrapped(first);
  const every = millisecondsIn(delay);
  const written = isFunctionExpression(callback) ? callback : undefined;
  for (const fn of functionsIn(callback, program)) {
    const found = pauseIn(fn, program, 0);
    if (found !== undefined) return { call, callback: written, every, ...found };
  }
  return undefined;
}

type Pause = Pick<Overlap, "pause" | "isUnknown">;

const MOST_STEPS = 4;

/** Where a run of the function pauses, with nothing that keeps a second run out. */
function pauseIn(fn: FunctionLike, program: Program, steps: number): Pause | undefined {
  if (fn.body === undefined || isGenerator(fn) || MOST_STEPS < steps) return undefined;
  const pauses = isAsync(fn) ? pausesOf(fn) : begunIn(fn, program);
  const [first] = pauses;
  if (first === undefined || isGuarded(fn, first)) return undefined;
  let unknown: Pause | undefined;
  for (const pause of pauses) {
    const waited = is.AwaitExpression(pause) ? unwrapped(pause.expression) : pause;
    const functions = is.CallExpression(waited) ? calleeOf(waited, program).functions : [];
    if (functions.length === 0) {
      if (isAsync(fn)) return { pause, isUnknown: false };
      unknown ??= { pause, isUnknown: true };
      continue;
    }
    const inner = functions
      .map((it) => pauseIn(it, program, steps + 1))
      .find((it) => it !== undefined);
    // Waiting for what guards itself takes as long as that, and only one run gets through.
    if (inner !== undefined) return isAsync(fn) ? { pause, isUnknown: inner.isUnknown } : inner;
  }
  return unknown;
}

/** The suspensions of an async function, in the order in which they are written. */
function pausesOf(fn: FunctionLike): readonly Node[] {
  const found: Node[] = [];
  const visit = (node: Node): undefined => {
    if (is.AwaitExpression(node)) found.push(node);
    if (is.ForOfStatement(node) && node.awaitModifier !== undefined) found.push(node.expression);
    return undefined;
  };
  if (fn.body !== undefined) {
    visit(fn.body);
    walkBody(fn.body, visit);
  }
  return found;
}

/** The calls of a plain function that begin something and do not wait for it. */
function begunIn(fn: FunctionLike, program: Program): readonly Node[] {
  const found: Node[] = [];
  const visit = (node: Node): "skip" | undefined => {
    if (endsInterval(node)) return "skip";
    if (!is.CallExpression(node)) return undefined;
    const chain = isChained(node) ? undefined : node;
    if (chain !== undefined && isPromise(chain, program)) found.push(chain);
    return undefined;
  };
  if (fn.body !== undefined && visit(fn.body) !== "skip") walkBody(fn.body, visit);
  return found;
}

/** A block that stops the interval: whatever it begins besides, there is no next run. */
function endsInterval(node: Node): boolean {
  if (!is.Block(node)) return false;
  return node.statements.some((it) => {
    const call = is.ExpressionStatement(it) ? unwrapped(it.expression) : undefined;
    return is.CallExpression(call) && STOPS.test(nameOf(calleeNameOf(call)) ?? "");
  });
}

const STOPS = /^clear(?:Interval|Timeout)$/;

/** `.catch(…)` and its like; what it is called on is looked at by itself. */
function isChained(call: CallExpression): boolean {
  const callee = unwrapped(call.expression);
  return is.PropertyAccessExpression(callee) && /^(?:then|catch|finally)$/.test(callee.name.text);
}

/** Whether something in front of the first pause keeps a second run out. */
function isGuarded(fn: FunctionLike, pause: Node): boolean {
  const tested = new Set<string>();
  const written = new Set<string>();
  let isExclusive = false;
  walk(fn, (node) => {
    if (isAssignment(node)) addKey(node.left, written);
    else if (is.PostfixUnaryExpression(node) || is.PrefixUnaryExpression(node)) {
      if (node.operator !== Kind.ExclamationToken) addKey(node.operand, written);
    }
    if (is.CallExpression(node)) {
      const name = nameOf(calleeNameOf(node)) ?? "";
      if (EXCLUSIVE.test(name)) isExclusive = true;
      // `clearInterval(handle)` before the pause: there is no next run, as far as the order of lines goes.
      if (isAsync(fn) && node.end <= pause.pos && STOPS.test(name)) isExclusive = true;
      // `set.add(id)` after `set.has(id)`.
      const callee = unwrapped(node.expression);
      if (is.PropertyAccessExpression(callee)) {
        if (/^(?:add|set)$/.test(callee.name.text)) addKey(callee.expression, written);
        if (/^(?:has|get)$/.test(callee.name.text) && node.pos < pause.pos) {
          addKey(callee.expression, tested);
        }
      }
    }
    const condition = node.pos < pause.end ? conditionOf(node) : undefined;
    if (condition !== undefined) addKeysIn(condition, tested);
    return undefined;
  });
  return isExclusive || [...tested].some((it) => written.has(it));
}

const EXCLUSIVE =
  /^(?:runExclusive|acquire|lock|withLock|exclusive|singleFlight|throttle|debounce|tryAcquire|once)$/i;

function conditionOf(node: Node): Node | undefined {
  if (is.IfStatement(node)) return node.expression;
  if (isLoop(node)) return is.WhileStatement(node) ? node.expression : undefined;
  if (is.ConditionalExpression(node)) return node.condition;
  if (isShortCircuit(node)) return node.left;
  const isOrAssigned =
    isAssignment(node) && node.operatorToken.kind === Kind.QuestionQuestionEqualsToken;
  return isOrAssigned ? node.left : undefined;
}

function addKeysIn(condition: Node, keys: Set<string>): void {
  addKey(condition, keys);
  walk(condition, (it) => {
    addKey(it, keys);
    return undefined;
  });
}

function addKey(node: Node, keys: Set<string>): void {
  const key = referenceKey(node);
  if (key !== undefined && key !== "this") keys.add(key);
}
