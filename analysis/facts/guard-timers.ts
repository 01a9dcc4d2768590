import type { Program } from "../program.ts";
import {
  ancestor,
  type CallExpression,
  type FunctionLike,
  type Identifier,
  is,
  isFunctionExpression,
  isFunctionLike,
  isInside,
  type NewExpression,
  type Node,
  type NodeOf,
  nameOf,
  statementOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { type Executor, executorOf, isInRace } from "./executors.ts";
import { type Exceptions, flowOwner, type Path, pathFrom } from "./flow.ts";
import { lastJump } from "./paths.ts";
import { calledName, handleOf, isEnded, isTimer, isUnref, timersOf } from "./race-timers.ts";
import { variableBehind, variableOf } from "./references.ts";

// Does a timer that limits how long something may take go on when that is over?
//
// Two shapes. *A promise*: its executor sets a timer that settles it, and something else can settle
// it too, while the timer runs. Either nobody clears the timer, or some of the other ways do and one
// does not. A callback clears it by mentioning the handle, or a function that mentions it, as
// `finish()` does. *A function*: a local timer that aborts or closes something is cleared on one way
// out and not on another; timers that do some work later are left alone, because letting them fire
// may be just what is meant.
//
// *Must* questions: handles that are mentioned outside, or given away, are nobody's business here.
// Ways that exclude each other (`if (cached) resolve(cached); else setTimeout(…)`) are not together. What
// the executor settles on the spot is no such way, but in a `catch` that is left with the timer set.

/** A timer that settles a promise, which something else can settle as well. */
export interface GuardTimer {
  readonly timer: CallExpression;
  readonly executor: Executor;
  readonly unreferenced: boolean;
  /** In milliseconds, where it is written down. */
  readonly delay: number | undefined;
  /** The ways of settling it on which nobody clears the timer. */
  readonly ways: readonly Way[];
  /** The variable that holds the handle, where some of the ways do clear it. */
  readonly handle: string | undefined;
}

export interface Way {
  /** Where the promise is settled, or the resolver is handed on. */
  readonly at: Node;
  /** The callback that settles it. */
  readonly fn: FunctionLike | undefined;
}

/** The timers of an executor that go on when its promise has settled another way. */
export function timersInExecutor(
  construction: NewExpression,
  program: Program,
): readonly GuardTimer[] {
  const executor = executorOf(construction, program);
  if (executor === undefined || isInRace(construction)) return [];
  const found: GuardTimer[] = [];
  for (const { call, delay } of timersOf(executor, program)) {
    const ways = otherWays(executor, call, program);
    if (ways.length === 0) continue;
    const timer = { timer: call, executor, delay, unreferenced: isUnref(call, program) };
    const holder = handleOf(call, program);
    if (!isEnded(call, program)) found.push({ ...timer, ways, handle: undefined });
    else if (holder.kind === "variable") {
      const missing = waysThatForget(ways, holder.name, executor, program);
      if (missing.length > 0) found.push({ ...timer, ways: missing, handle: holder.name.text });
    }
  }
  return found;
}

/** The ways that do not clear the timer, where at least one other does. */
function waysThatForget(
  ways: readonly Way[],
  handle: Identifier,
  { fn }: Executor,
  program: Program,
): readonly Way[] {
  const clearing = clearingMentions(handle, fn, program);
  if (clearing === undefined) return [];
  const missing = ways.filter(({ at, fn: callback }) => {
    const place = callback ?? catchAround(at, fn) ?? statementAround(at, fn);
    return !clearing.some((it) => isInside(it, place));
  });
  return missing.length === ways.length ? [] : missing;
}

/**
 * The mentions of the handle, and of functions that mention it, inside the executor; undefined
 * where it can be cleared outside.
 */
export function clearingMentions(
  handle: Identifier,
  executor: FunctionLike,
  program: Program,
): readonly Node[] | undefined {
  const variable = variableBehind(handle, program);
  if (variable === undefined) return undefined;
  const names = new Set([variable.name]);
  const clearing: Identifier[] = [];
  for (const name of names) {
    for (const mention of variableOf(name, program).mentions) {
      if (mention === handle) continue;
      if (!isInside(mention, executor)) return undefined;
      clearing.push(mention);
      const around = functionNameAround(mention, executor);
      if (around !== undefined) names.add(around);
    }
  }
  return clearing;
}

/** The name of the innermost function around the node, inside the outer one, that has a name. */
function functionNameAround(node: Node, outer: Node): Identifier | undefined {
  for (let at = node.parent; at !== outer; at = at.parent) {
    if (!isFunctionLike(at)) continue;
    const holder = wrapped(at).parent;
    const name = is.FunctionDeclaration(at)
      ? at.name
      : is.VariableDeclaration(holder)
        ? holder.name
        : undefined;
    if (is.Identifier(name)) return name;
  }
  return undefined;
}

/** `try { set(timer); begin(); } catch (error) { reject(error); }`: what failed is not under way. */
function isInCatchBehind(carrier: Node, timer: Node, { fn }: Executor): boolean {
  const clause = catchAround(carrier, fn);
  const attempt = clause && ancestor(clause, is.TryStatement);
  return attempt !== undefined && isInside(timer, attempt.tryBlock);
}

function catchAround(node: Node, outer: Node): NodeOf<"CatchClause"> | undefined {
  const clause = ancestor(node, is.CatchClause);
  return clause !== undefined && isInside(clause, outer) ? clause : undefined;
}

function statementAround(node: Node, outer: Node): Node {
  let at = node;
  while (at.parent !== outer && !is.ExpressionStatement(at) && !is.VariableStatement(at)) {
    at = at.parent;
  }
  return at;
}

/** Where something beside the timer can settle the promise, while the timer runs. */
function otherWays(executor: Executor, timer: CallExpression, program: Program): readonly Way[] {
  const [callback] = timer.arguments;
  const own = callback && functionAt(callback, executor, program);
  const ways = new Map<Node, Way>();
  for (const carrier of executor.carriers) {
    if (callback !== undefined && isInside(carrier, callback)) continue;
    const around = callbackAround(carrier, executor.fn);
    // A named function is on its way where its name is mentioned, and not where it stands.
    if (around !== undefined && !is.CallExpression(wrapped(around).parent)) continue;
    if (around === undefined && isCalled(carrier) && !isInCatchBehind(carrier, timer, executor)) {
      continue;
    }
    const fn = around ?? functionAt(carrier, executor, program);
    if (fn !== undefined && fn === own) continue;
    if (!areTogether(timer, around ?? carrier, program)) continue;
    const key = fn ?? carrier;
    if (!ways.has(key)) ways.set(key, { at: carrier, fn });
  }
  return [...ways.values()];
}

/** The function at this place: written out, or declared in the executor under this name. */
function functionAt(node: Node, { fn }: Executor, program: Program): FunctionLike | undefined {
  const written = unwrapped(node);
  if (isFunctionExpression(written)) return written;
  const declaration = variableBehind(written, program)?.declaration;
  if (declaration === undefined || !isInside(declaration, fn)) return undefined;
  if (is.FunctionDeclaration(declaration)) return declaration;
  const value = is.VariableDeclaration(declaration) ? declaration.initializer : undefined;
  const inner = value && unwrapped(value);
  return isFunctionExpression(inner) ? inner : undefined;
}

/** The outermost function around the node, below the executor. */
function callbackAround(node: Node, executor: FunctionLike): FunctionLike | undefined {
  let fn: FunctionLike | undefined;
  for (let at = node.parent; at !== executor; at = at.parent) {
    if (is.SourceFile(at)) return undefined;
    if (isFunctionLike(at)) fn = at;
  }
  return fn;
}

function isCalled(mention: Node): boolean {
  const callee = wrapped(mention);
  return is.CallExpression(callee.parent) && callee.parent.expression === callee;
}

/** Whether one run of the function can come by both nodes. */
function areTogether(a: Node, b: Node, program: Program): boolean {
  const leads = (from: Node, to: Node) =>
    pathFrom(from, { until: (it) => it === to, exceptions: "any" }, program) !== undefined;
  return leads(a, b) || leads(b, a);
}

/** A timer whose handle is cleared on one way out of a function, and not on another. */
export interface LeftTimer {
  readonly timer: CallExpression;
  readonly handle: string;
  readonly path: Path;
  readonly at: Node;
}

/** The timer that a variable holds, where a way out of the function forgets to clear it. */
export function timerLeftBehind(
  declaration: NodeOf<"VariableDeclaration">,
  exceptions: Exceptions,
  program: Program,
): LeftTimer | undefined {
  const timer = declaration.initializer && unwrapped(declaration.initializer);
  if (!is.CallExpression(timer) || !is.Identifier(declaration.name)) return undefined;
  if (!isTimer(timer, program) || !endsSomething(timer)) return undefined;
  const owner = flowOwner(declaration);
  const { mentions } = variableOf(declaration.name, program);
  const clears = mentions.filter((it) => isClearing(it));
  if (clears.length === 0 || mentions.length !== clears.length) return undefined;
  // A function inside may be called on any way.
  if (clears.some((it) => flowOwner(it) !== owner)) return undefined;
  const stops = new Set<Node>(mentions);
  const path = pathFrom(
    declaration,
    {
      until: exceptions === "thrown" ? ["return", "end"] : ["throw"],
      stops: (it) => stops.has(it),
      exceptions,
    },
    program,
  );
  if (path === undefined) return undefined;
  return { timer, handle: declaration.name.text, path, at: lastJump(path) };
}

/** What a timer does that limits something else, rather than doing some work later. */
const ENDS =
  /^(?:abort|cancel|close|destroy|disconnect|end|kill|reject|terminate|dispose|interrupt|expire|throw)/i;

function endsSomething({ arguments: [callback] }: CallExpression): boolean {
  const fn = callback && unwrapped(callback);
  if (!isFunctionExpression(fn)) return ENDS.test(nameOf(lastNameIn(fn)) ?? "");
  let ends = false;
  walk(fn, (it) => {
    if (is.CallExpression(it)) ends ||= ENDS.test(calledName(it));
    return ends ? "skip" : undefined;
  });
  return ends;
}

function lastNameIn(node: Node | undefined): Node | undefined {
  return is.PropertyAccessExpression(node) ? node.name : node;
}

function isClearing(mention: Node): boolean {
  const call = wrapped(mention).parent;
  return (
    is.CallExpression(call) &&
    statementOf(call) !== undefined &&
    calledName(call).startsWith("clear")
  );
}
