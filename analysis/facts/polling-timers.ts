import type { Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  type Identifier,
  is,
  isFunctionLike,
  isInside,
  type NewExpression,
  type Node,
  nameOf,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { type Executor, executorOf, settlingCalls } from "./executors.ts";
import { clearingMentions, type GuardTimer, type Way } from "./guard-timers.ts";
import { handleOf, isEnded } from "./race-timers.ts";
import { begunBy } from "./pairs.ts";

// Does an interval of an executor go on when its promise has settled?
//
// `new Promise((resolve, reject) => { const poll = setInterval(…); … })`: an interval does not end by
// itself. Either nobody clears it, and it goes on for ever; or some of the functions that settle the
// promise clear it, and one does not. *Must*: a function clears it by mentioning the handle, or another
// function of the executor that mentions it; so does one that is called from nowhere but functions that
// clear it. Handles that are mentioned outside of the executor, or given away, are silent, and so is what the
// executor settles by itself on the spot. Resolvers that are handed on (`then(resolve)`) are not followed.

/** The intervals of an executor that go on when its promise has settled. */
export function intervalsInExecutor(
  construction: NewExpression,
  program: Program,
): readonly GuardTimer[] {
  const executor = executorOf(construction, program);
  if (executor === undefined) return [];
  const found: GuardTimer[] = [];
  for (const timer of intervalsIn(executor.fn, program)) {
    const ways = waysOf(executor);
    if (ways.length === 0) continue;
    const holder = handleOf(timer, program);
    const interval = { timer, executor, unreferenced: false, delay: undefined };
    if (!isEnded(timer, program)) found.push({ ...interval, ways, handle: undefined });
    else if (holder.kind === "variable") {
      const missing = waysThatForget(ways, holder.name, executor, program);
      if (missing.length > 0) found.push({ ...interval, ways: missing, handle: holder.name.text });
    }
  }
  return found;
}

function intervalsIn({ body }: FunctionLike, program: Program): readonly CallExpression[] {
  const found: CallExpression[] = [];
  if (!is.Block(body)) return found;
  walkBody(body, (it) => {
    if (is.CallExpression(it) && begunBy(it, program)?.pair.begins === "interval") found.push(it);
    return undefined;
  });
  return found;
}

/** The functions inside the executor in which a resolver is called. */
function waysOf(executor: Executor): readonly Way[] {
  const ways = new Map<FunctionLike, Way>();
  for (const call of settlingCalls(executor)) {
    const fn = functionAround(call, executor.fn);
    if (fn !== undefined && !ways.has(fn)) ways.set(fn, { at: call.expression, fn });
  }
  return [...ways.values()];
}

function functionAround(node: Node, executor: FunctionLike): FunctionLike | undefined {
  for (let at = node.parent; at !== executor; at = at.parent) if (isFunctionLike(at)) return at;
  return undefined;
}

/** The ways that do not clear the interval, where at least one other does. */
function waysThatForget(
  ways: readonly Way[],
  handle: Identifier,
  executor: Executor,
  program: Program,
): readonly Way[] {
  const clearing = clearingMentions(handle, executor.fn, program);
  if (clearing === undefined) return [];
  const missing = ways.filter(({ fn }) => fn && !clears(fn, clearing, executor, new Set()));
  return missing.length === ways.length ? [] : missing;
}

/** Whether a function clears the interval, or all that call it do. */
function clears(
  fn: FunctionLike,
  clearing: readonly Node[],
  executor: Executor,
  asked: Set<FunctionLike>,
): boolean {
  for (let at: Node = fn; at !== executor.fn; at = at.parent) {
    if (isFunctionLike(at) && clearing.some((it) => isInside(it, at))) return true;
  }
  asked.add(fn);
  const name = nameOfLocal(fn);
  if (name === undefined) return false;
  const callers = executor.carriers.filter((it) => it.text === name && !isInside(it, fn));
  return (
    callers.length > 0 &&
    callers.every((it) => {
      const around = functionAround(it, executor.fn);
      if (around === undefined) return false;
      return asked.has(around) || clears(around, clearing, executor, asked);
    })
  );
}

function nameOfLocal(fn: FunctionLike): string | undefined {
  const holder = wrapped(fn).parent;
  return nameOf(fn.name) ?? (is.VariableDeclaration(holder) ? nameOf(holder.name) : undefined);
}
