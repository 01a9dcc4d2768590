import type { Program } from "../program.ts";
import {
  type CallExpression,
  type FunctionLike,
  is,
  isFunctionLike,
  isInside,
  Kind,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { calleeOf, constantBehind } from "./callees.ts";
import { type Executor, executorOf } from "./executors.ts";
import { flowOwner } from "./flow.ts";
import {
  begunBy,
  type Holder,
  holderOf,
  isUnreferenced,
  mayEnd,
  mentionsOfMember,
} from "./pairs.ts";
import { chainStart } from "./promises.ts";
import { variableBehind } from "./references.ts";
import { returnedBy } from "./returns.ts";

// Does a timer that takes part in a race go on when the race is over?
//
// An element of `Promise.race([…])` waits for a timer: in its executor, behind a constant, or in an
// own function that makes the promise. "Goes on" is a *must* question, so that doubt is silence: a
// handle that is given away, or cleared anywhere in sight of it, counts as cleared. What an executor
// returns is seen by nobody. Not seen: functions of other packages that set timers.

export interface RaceTimer {
  /** The call of `setTimeout`. */
  readonly timer: CallExpression;
  /** What the race sees of it: the promise, or the call of the function that sets it. */
  readonly entrant: Node;
  /** `unref` was called: it keeps no process. */
  readonly unreferenced: boolean;
  /** In milliseconds, where it is written down. */
  readonly delay: number | undefined;
}

/** The timers of a `Promise.race` that nobody clears. */
export function timersInRace(race: CallExpression, program: Program): readonly RaceTimer[] {
  const call = methodCall(race);
  if (call?.method !== "race" || nameOf(unwrapped(call.receiver)) !== "Promise") return [];
  const [list] = race.arguments;
  const entrants = list && unwrapped(list);
  if (!is.ArrayLiteralExpression(entrants)) return [];
  return entrants.elements.flatMap((entrant) =>
    timersBehind(entrant, program, 0)
      .filter(({ call: timer }) => !isEnded(timer, program))
      .map(({ call: timer, delay }) => ({
        timer,
        entrant,
        unreferenced: isUnref(timer, program),
        delay,
      })),
  );
}

export interface Timer {
  readonly call: CallExpression;
  readonly delay: number | undefined;
}

/** The timers whose firing settles the promise that an expression gives. */
function timersBehind(written: Node, program: Program, depth: number): readonly Timer[] {
  const node = chainStart(written);
  if (MOST_STEPS < depth) return [];
  if (is.NewExpression(node)) {
    const executor = executorOf(node, program);
    return executor === undefined ? [] : timersOf(executor, program);
  }
  if (is.Identifier(node)) {
    const bound = constantBehind(node, program);
    return bound === undefined ? [] : timersBehind(bound, program, depth + 1);
  }
  if (!is.CallExpression(node)) return [];
  return calleeOf(node, program).functions.flatMap((fn) =>
    returnedBy(fn, program)
      .flatMap((it) => timersBehind(it, program, depth + 1))
      .map(({ call, delay }) => ({ call, delay: delay ?? delayFrom(call, fn, node) })),
  );
}

const MOST_STEPS = 3;

/** The timers that an executor sets at once and that settle its promise. */
export function timersOf({ fn, carriers }: Executor, program: Program): readonly Timer[] {
  const found: Timer[] = [];
  const visit = (node: Node): undefined => {
    if (!is.CallExpression(node) || !isTimer(node, program)) return undefined;
    const [callback, delay] = node.arguments;
    const settles =
      callback !== undefined && carriers.some((it) => it === callback || isInside(it, callback));
    if (settles) found.push({ call: node, delay: millisecondsIn(delay) });
    return undefined;
  };
  if (fn.body !== undefined) {
    visit(fn.body);
    walkBody(fn.body, visit);
  }
  return found;
}

/** Whether the call sets a timer that fires once. */
export function isTimer(call: CallExpression, program: Program): boolean {
  return TIMEOUT.test(calledName(call)) && begunBy(call, program)?.pair.begins === "timer";
}

const TIMEOUT = /timeout/i;

export function calledName(call: CallExpression): string {
  const callee = unwrapped(call.expression);
  return nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee) ?? "";
}

/** What a delay that is a parameter was given by the call. */
function delayFrom(timer: CallExpression, fn: FunctionLike, call: CallExpression) {
  const name = nameOf(timer.arguments[1] && unwrapped(timer.arguments[1]));
  const index = fn.parameters.findIndex((it) => nameOf(it.name) === name);
  return name === undefined || index < 0 ? undefined : millisecondsIn(call.arguments[index]);
}

/** A number that is written out: `500`, `5_000`, `60 * 1000`. */
export function millisecondsIn(written: Node | undefined): number | undefined {
  const node = written && unwrapped(written);
  if (is.NumericLiteral(node)) return Number(node.text.replaceAll("_", ""));
  if (!is.BinaryExpression(node) || node.operatorToken.kind !== Kind.AsteriskToken)
    return undefined;
  const left = millisecondsIn(node.left);
  const right = millisecondsIn(node.right);
  return left === undefined || right === undefined ? undefined : left * right;
}

/** Whether anybody clears the timer, or gets its handle and may. */
export function isEnded(timer: CallExpression, program: Program): boolean {
  const begun = begunBy(timer, program);
  if (begun === undefined) return true;
  const holder = handleOf(timer, program);
  if (holder.kind === "nowhere") return false;
  // What fires once is over when its own callback clears it.
  const isOwn = (it: Node) => begun.pair.begins === "timer" && isInside(it, timer);
  const mentions = mentionsOf(holder, timer, program);
  return mentions?.some((it) => !isOwn(it) && mayEnd(it, begun.pair)) ?? true;
}

/** Where the handle is kept; what an executor returns, nobody sees. */
export function handleOf(timer: CallExpression, program: Program): Holder {
  const owner = flowOwner(timer);
  const isReturned = is.ReturnStatement(wrapped(timer).parent);
  if (isReturned && isFunctionLike(owner) && is.NewExpression(wrapped(owner).parent)) {
    return { kind: "nowhere" };
  }
  return holderOf(timer, program);
}

/** The other places where the handle is mentioned; undefined: it is out of sight. */
function mentionsOf(holder: Holder, timer: Node, program: Program): readonly Node[] | undefined {
  if (holder.kind === "variable") return variableBehind(holder.name, program)?.mentions;
  if (holder.kind === "member")
    return mentionsOfMember(holder.access, sourceFileOf(timer), program);
  return undefined;
}

export function isUnref(timer: CallExpression, program: Program): boolean {
  const begun = begunBy(timer, program);
  return begun !== undefined && isUnreferenced(begun, program);
}
