import {
  isNamedFunction,
  type Lost,
  lostByCall,
  lostInPlace,
  rejectionOf,
} from "../../analysis/facts/lost-results.ts";
import { isPromise } from "../../analysis/facts/promises.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Fix, type Note } from "../../analysis/rule.ts";
import {
  calleeNameOf,
  is,
  isAssignment,
  isAsync,
  isFunctionLike,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { awaitAllMapped } from "../fixes/await-all.ts";
import { catchInFunction } from "../fixes/catch-in-function.ts";
import { catchRejection } from "../fixes/catch-rejection.ts";
import { loopInstead } from "../fixes/loop-instead.ts";
import { wrapReference } from "../fixes/wrap-reference.ts";
import { nameOfCallback, nameOfCaller } from "../words/callbacks.ts";

// See unawaited-callback.md for what this means to the user.
//
// The place decides what is lost (facts/lost-results.ts): an answer that is a promise is always
// wrong; a promise that is dropped matters where it may reject. What cannot reject, or is only
// declared in a place that drops promises, is left to the strict profile.
export const unawaitedCallback = defineRule({
  id: "unawaited-callback",
  summary: "A function that gives a promise is called by code that does not wait for it.",
  severity: "warning",
  profile: "recommended",
  equivalents: [
    "@typescript-eslint/no-misused-promises",
    "typescript/no-misused-promises",
    "@typescript-eslint/strict-void-return",
    "unicorn/no-async-iterator-callback",
    "oxc/no-async-endpoint-handlers",
  ],
  on: {
    kinds: [
      "CallExpression",
      "NewExpression",
      "JsxAttribute",
      "PropertyAssignment",
      "ShorthandPropertyAssignment",
      "MethodDeclaration",
      "VariableDeclaration",
      "BinaryExpression",
      "ReturnStatement",
    ],
  },

  *check(node, program) {
    if (is.CallExpression(node) || is.NewExpression(node)) yield* passed(node, program);
    else if (is.JsxAttribute(node)) yield* handler(node, program);
    else yield* placed(node, program);
  },
});

/** Arguments: what the callee does with them is modelled, seen in its body, or said by its type. */
function* passed(
  call: NodeOf<"CallExpression"> | NodeOf<"NewExpression">,
  program: Program,
): Iterable<Finding> {
  // An async executor is a mistake of its own: see promise-executor-misuse.
  if (is.NewExpression(call) && nameOf(unwrapped(call.expression)) === "Promise") return;
  if (isPromiseMember(call.expression, program)) return;
  for (const argument of call.arguments ?? []) {
    const lost = lostByCall(argument, program);
    if (lost === undefined) continue;
    if (lost.result !== "dropped") {
      if (lost.always) yield mistaken(argument, lost);
    } else if (lost.runs === "each" && is.CallExpression(call)) {
      const fixes = [...loopInstead(call, argument, program), ...awaitAllMapped(call, program)];
      const severity = lost.guessed === true ? "warning" : "error";
      yield { ...dropped(argument, lost, program, fixes), severity };
    } else {
      const severity = isOfPage(call, program) ? "hint" : "warning";
      const profile = isAtTheEnd(call) ? ("strict" as const) : undefined;
      const finding = dropped(argument, lost, program);
      yield { ...finding, severity, profile: profile ?? finding.profile };
    }
  }
}

/** `promise["finally"](…)`: chains wait, by whatever way they are called. */
function isPromiseMember(callee: Node, program: Program): boolean {
  const access = unwrapped(callee);
  return is.ElementAccessExpression(access) && isPromise(access.expression, program);
}

const PAGE = /^(?:(?:\w*Element|Document|Window|GlobalEventHandlers)\.)?addEventListener$/;

/** A listener on a part of the page: the browser logs its error, and goes on. */
function isOfPage(call: NodeOf<"CallExpression"> | NodeOf<"NewExpression">, program: Program) {
  const symbol = program.types.symbol(calleeNameOf(call));
  return symbol?.module === "lib" && PAGE.test(symbol.name);
}

/** `process.on("SIGTERM", …)`: a rejection there ends a process that is about to end. */
function isAtTheEnd(call: Node): boolean {
  const on = methodCall(call);
  const [event] = on?.args ?? [];
  return (
    nameOf(on && unwrapped(on.receiver)) === "process" &&
    is.StringLiteral(event) &&
    /^SIG(?:TERM|INT|HUP|QUIT|BREAK)$/.test(event.text)
  );
}

/** A handler of a component, for which the same holds. */
function* handler({ initializer }: NodeOf<"JsxAttribute">, program: Program): Iterable<Finding> {
  const value = is.JsxExpression(initializer) ? initializer.expression : undefined;
  const lost = value && lostInPlace(value, program);
  if (value && lost) yield { ...dropped(value, lost, program), severity: "hint" };
}

/** Properties, variables and results whose types say that nobody waits: under the strict profile. */
function* placed(node: Node, program: Program): Iterable<Finding> {
  const value = valuePlacedBy(node);
  if (value === undefined || !isNamedFunction(value, program)) return;
  const lost = lostInPlace(value, program);
  if (lost !== undefined) yield { ...dropped(value, lost, program), profile: "strict", fixes: [] };
}

function valuePlacedBy(node: Node): Node | undefined {
  if (is.PropertyAssignment(node)) return node.initializer;
  if (is.ShorthandPropertyAssignment(node)) return node.name;
  if (is.MethodDeclaration(node)) return is.ObjectLiteralExpression(node.parent) ? node : undefined;
  if (is.VariableDeclaration(node)) return node.type && node.initializer;
  if (is.ReturnStatement(node)) return node.expression;
  return isAssignment(node) ? node.right : undefined;
}

/** The promise itself is taken for the answer: wrong whatever becomes of it. */
function mistaken(argument: Node, lost: Lost): Finding {
  return {
    at: lost.at,
    severity: "error",
    message: `${nameOfCaller(argument)} takes the promise of ${nameOfCallback(argument, lost.at)} for its answer.`,
    why:
      lost.result === "tested"
        ? "A promise always counts as true, whatever it settles with."
        : "A promise is no number and no key, whatever it settles with.",
  };
}

function dropped(value: Node, lost: Lost, program: Program, fixes: readonly Fix[] = []): Finding {
  const reason = rejectionOf(lost, program);
  const message = `${nameOfCaller(value)} does not wait for ${nameOfCallback(value, lost.at)}`;
  const isEach = lost.runs === "each";
  if (reason === undefined) {
    const why = isEach ? EARLY : "Code that is called after it may run before it is done.";
    return { at: lost.at, profile: "strict", message: `${message}.`, why, fixes };
  }
  return {
    at: lost.at,
    message: `${message}, and nobody hears when it rejects.`,
    why: isEach ? EARLY : "An unhandled rejection ends the process in Node; browsers only log it.",
    notes: notes(lost, reason),
    fixes: [...fixes, ...handleRejection(value, lost, program)],
  };
}

function notes({ at, returned }: Lost, reason: Node): Note[] {
  if (reason === at) return [];
  const gives =
    returned === undefined || returned === reason
      ? []
      : [{ at: returned, message: "gives this promise" }];
  return [...gives, { at: reason, message: "this may reject" }];
}

const EARLY =
  "The code behind it runs before the calls are done; if one rejects, its error is lost.";

function handleRejection(value: Node, { at, returned, functions }: Lost, program: Program): Fix[] {
  const node = unwrapped(value);
  if (!isFunctionLike(node)) return wrapReference(node, functions, program);
  return isAsync(node) ? catchInFunction(node) : catchRejection(returned ?? at, program);
}
