import { emptySlot } from "../../analysis/facts/signal-slots.ts";
import { carries } from "../../analysis/facts/signal-carriers.ts";
import { type Signal, signalsOf } from "../../analysis/facts/signals.ts";
import { isPromise } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule } from "../../analysis/rule.ts";
import {
  bodyHas,
  type CallExpression,
  type FunctionLike,
  hasModifier,
  is,
  isAsync,
  isFunctionExpression,
  isInside,
  Kind,
  type Node,
  nameOf,
  walk,
} from "../../analysis/syntax.ts";
import { markUnused } from "../fixes/mark-unused.ts";

// See unused-signal.md for what this means to the user.
//
// Only what a function promises by itself: its own annotation says that it takes a signal, or an
// object of a type of this project with one. What has the signature that somebody else wants has no
// choice: methods that override or implement, functions that are put where a type is wanted,
// implementations of overloads, packages' types. Where a call in the body has room for the signal,
// signal-not-forwarded says so at that call.
export const unusedSignal = defineRule({
  id: "unused-signal",
  summary: "A function takes a signal to be cancelled by, and never looks at it.",
  severity: "hint",
  profile: "strict",
  equivalents: ["@typescript-eslint/no-unused-vars"],
  on: {
    kinds: ["FunctionDeclaration", "FunctionExpression", "ArrowFunction", "MethodDeclaration"],
    where: [{ child: "body", present: true }],
  },

  *check(fn, program) {
    if (fn.parameters.length === 0 || !isFree(fn) || !isWaiting(fn)) return;
    for (const signal of signalsOf(fn, program)) {
      if (signal.origin !== "given" || !isOwnPromise(signal, fn, program)) continue;
      if (isUsed(signal, fn) || hasRoom(signal, fn, program)) continue;
      if (isMethodOfBase(fn, program) || isImplementation(fn, program)) return;
      yield {
        at: signal.declaration,
        message:
          signal.member === undefined
            ? `\`${signal.text}\` is never looked at, and not passed on.`
            : `\`${signal.text}\` is never looked at, and \`${signal.variable}\` is not passed on.`,
        why: "Who calls the function believes that it can be cancelled. It goes on to its end.",
        fixes: markUnused(signal),
      };
    }
  },
});

/** Whether the signature is the function's own choice, as far as its surroundings say. */
function isFree(fn: FunctionLike): boolean {
  if (hasModifier(fn, Kind.OverrideKeyword)) return false;
  if (is.MethodDeclaration(fn)) return !is.ObjectLiteralExpression(fn.parent);
  if (!isFunctionExpression(fn)) return true;
  return is.VariableDeclaration(fn.parent) && fn.parent.type === undefined;
}

/** Whether there is anything that could be cancelled. */
function isWaiting(fn: FunctionLike): boolean {
  return bodyHas(fn, (it) => is.AwaitExpression(it) || is.YieldExpression(it)) || isReturning(fn);
}

/** `() => load(id)`; whether that is a promise is asked where it matters. */
function isReturning(fn: FunctionLike): boolean {
  return !isAsync(fn) && fn.body !== undefined && !is.Block(fn.body);
}

/** An annotation of the function's own; what it holds is declared in this project. */
function isOwnPromise(
  { declaration, member, variable }: Signal,
  fn: FunctionLike,
  program: Program,
) {
  const parameter = fn.parameters.find((it) => isInside(declaration, it));
  if (parameter?.type === undefined || variable.startsWith("_")) return false;
  if (isReturning(fn) && fn.body !== undefined && !isPromise(fn.body, program)) return false;
  if (member === undefined || is.TypeLiteral(parameter.type)) return true;
  return program.types.value(declaration).type?.module === "own";
}

function isUsed(signal: Signal, fn: FunctionLike): boolean {
  const parts: readonly (Node | undefined)[] = [
    fn.body,
    ...fn.parameters.map((it) => it.initializer),
  ];
  return parts.some((it) => it !== undefined && carries(it, signal));
}

function hasRoom({ model }: Signal, fn: FunctionLike, program: Program): boolean {
  const calls: CallExpression[] = [];
  walk(fn, (it) => {
    if (is.CallExpression(it)) calls.push(it);
    return undefined;
  });
  return calls.some((it) => emptySlot(it, model, program) !== undefined);
}

function isMethodOfBase(fn: FunctionLike, program: Program): boolean {
  return is.MethodDeclaration(fn) && program.types.inherited(fn).length > 0;
}

/** Whether overloads say for it what it takes. */
function isImplementation(fn: FunctionLike, program: Program): boolean {
  if (fn.name === undefined || nameOf(fn.name) === undefined) return false;
  return (program.types.symbol(fn.name)?.declarations.length ?? 0) > 1;
}
