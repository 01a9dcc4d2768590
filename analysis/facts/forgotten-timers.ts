import type { Program } from "../program.ts";
import {
  type CallExpression,
  enclosingFunction,
  type FunctionLike,
  is,
  isInside,
  type Node,
  nameOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { calleeOf, functionsIn } from "./callees.ts";
import { asksForEnd, isShort } from "./late-timers.ts";
import { lifeOf } from "./lives.ts";
import { begunBy, holderOf, mayEnd, mentionsOfMember } from "./pairs.ts";

// Is a timer that an object clears at other times forgotten at its end?
//
// `this.waiting = setTimeout(…)` fires once and is over, so most of them need no clearing. Where some
// method does clear it, somebody has thought of what happens when it fires too late; the end of the
// object (facts/lives.ts) is the latest time there is. *Must*, as far as names go: no method that sounds
// like an end mentions the handle, nor does a method that the end calls, and the timer's function
// works with the object without asking whether it is over. A short wait is left out.

export interface ForgottenTimer {
  readonly call: CallExpression;
  /** How the handle is written. */
  readonly handle: Node;
  /** Where it is cleared at another time. */
  readonly cleared: Node;
  /** The method that ends the object and forgets it. */
  readonly end: FunctionLike;
}

export function forgottenTimer(call: CallExpression, program: Program): ForgottenTimer | undefined {
  const begun = begunBy(call, program);
  if (begun?.pair.begins !== "timer" || isShort(call, program)) return undefined;
  const holder = holderOf(call, program);
  if (holder.kind !== "member" || !is.ThisKeyword(unwrapped(holder.access.expression))) {
    return undefined;
  }
  const life = lifeOf(call, program);
  if (life?.kind !== "class" || life.teardown === undefined) return undefined;
  const { teardown, of } = life;
  if (isInside(call, teardown)) return undefined;
  const mentions = mentionsOfMember(holder.access, of, program);
  const cleared = mentions.find((it) => mayEnd(it, begun.pair));
  if (cleared === undefined || mentions.some(isInEnd)) return undefined;
  const ending = calledFrom(teardown, program);
  if (mentions.some((it) => ending.some((fn) => isInside(it, fn)))) return undefined;
  const [callback] = call.arguments;
  const [fn, another] = callback === undefined ? [] : functionsIn(callback, program);
  if (fn === undefined || another !== undefined || !worksWithObject(fn, program)) return undefined;
  return { call, handle: holder.access, cleared, end: teardown };
}

const SOUNDS_LIKE_END =
  /clos|stop|dispos|destroy|end|disconnect|clean|clear|reset|cancel|teardown|unmount|shut|abort|kill|terminat|finali|detach|leave|fail|error/i;

function isInEnd(mention: Node): boolean {
  for (let fn = enclosingFunction(mention); fn !== undefined; fn = enclosingFunction(fn)) {
    if (SOUNDS_LIKE_END.test(nameOf(fn.name) ?? "")) return true;
  }
  return false;
}

const DEPTH = 3;

/** The function, and the own ones that it calls. */
function calledFrom(fn: FunctionLike, program: Program): readonly FunctionLike[] {
  const found = new Set([fn]);
  let last: readonly FunctionLike[] = [fn];
  for (let depth = 0; depth < DEPTH; depth++) {
    const next: FunctionLike[] = [];
    for (const it of last) {
      walk(it, (node) => {
        if (!is.CallExpression(node)) return undefined;
        next.push(...calleeOf(node, program).functions.filter((callee) => !found.has(callee)));
        return undefined;
      });
    }
    for (const it of next) found.add(it);
    last = next;
  }
  return [...found];
}

/** Whether the function, or one of the object's that it calls, uses `this`, and none asks for the end. */
function worksWithObject(fn: FunctionLike, program: Program): boolean {
  const functions = calledFrom(fn, program);
  if (functions.some(asksForEnd)) return false;
  let uses = false;
  walk(fn, (it) => {
    uses ||= is.CallExpression(it) && usesThis(it);
    return uses ? "skip" : undefined;
  });
  return uses;
}

function usesThis(call: CallExpression): boolean {
  let found = false;
  walk(call, (it) => {
    found ||= is.ThisKeyword(it);
    return found ? "skip" : undefined;
  });
  return found;
}
