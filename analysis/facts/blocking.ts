import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  enclosingFunction,
  type FunctionLike,
  is,
  isAsync,
  isFunctionExpression,
  isGenerator,
  type Node,
  nameOf,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { callbackOf } from "./callbacks.ts";
import { calleeOf } from "./callees.ts";
import { pathFromEntry } from "./flow.ts";
import { reason } from "./reasons.ts";

// Which call stops the whole program until something outside is done?
//
// Models say which calls do. An own function that is not async blocks if each way through it comes
// upon a call that does, by any number of functions (facts/reasons.ts); what it does only at times,
// as when it fills a cache, does not count. An async one is not followed, for the call in it is what
// would be reported. Calls that are over at once wherever the disk is near count, but are told apart
// (`isBrief`). Ignored: loops that only compute.

export interface Blocking {
  /** The call that blocks, here or in the function that is called. */
  readonly at: CallExpression;
  readonly isBrief: boolean;
}

/** What a call blocks by, itself or somewhere in the own function that it calls. */
export function blockingBy(call: CallExpression, program: Program): Blocking | undefined {
  const { model, functions } = calleeOf(call, program);
  if (model?.blocks !== undefined) return { at: call, isBrief: model.brief === true };
  if (model !== undefined) return undefined;
  for (const fn of functions) {
    if (isAsync(fn) || isGenerator(fn)) continue;
    const found = blockingIn(fn, program);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The call by which each call of the function blocks; one that takes its time before a brief one. */
const blockingIn = reason<FunctionLike, Blocking>((fn, program) => {
  let brief: Blocking | undefined;
  for (const call of callsIn(fn, program)) {
    const found = blockingBy(call, program);
    if (found === undefined || !isAlwaysRun(call, fn, program)) continue;
    if (!found.isBrief) return found;
    brief ??= found;
  }
  return brief;
});

function isAlwaysRun(call: CallExpression, fn: FunctionLike, program: Program): boolean {
  const past = pathFromEntry(fn, { until: ["return", "end"], stops: (it) => it === call }, program);
  return past === undefined;
}

const callsIn: (fn: FunctionLike, program: Program) => readonly CallExpression[] = fact((fn) => {
  const calls: CallExpression[] = [];
  walkBody(fn, (node) => {
    if (is.CallExpression(node)) calls.push(node);
    return undefined;
  });
  return calls;
});

/** The function whose run a call is a part of: that around it, or around callbacks that run now. */
export function runAround(call: Node, program: Program): FunctionLike | undefined {
  for (let fn = enclosingFunction(call); fn !== undefined; fn = enclosingFunction(fn)) {
    if (isAsync(fn) || !isFunctionExpression(fn)) return fn;
    const outer = wrapped(fn);
    const isCalled = is.CallExpression(outer.parent) && outer.parent.expression === outer;
    const use = isCalled ? undefined : callbackOf(outer, program);
    const runsNow = isCalled || (use !== undefined && use !== "never" && use.runs === "now");
    if (!runsNow) return fn;
  }
  return undefined;
}

/** Whether a call may block, from its name alone: asked before anything that costs. */
export function mayBlock(call: CallExpression): boolean {
  const name = nameOf(calleeNameOf(call)) ?? "";
  return (
    name !== "" && !/^(?:then|catch|finally|push|map|filter|forEach|log|get|set|has)$/.test(name)
  );
}
