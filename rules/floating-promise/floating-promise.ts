import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { resolvedOnSuccessOnly } from "../../analysis/facts/deferreds.ts";
import { isArrayOfPromises, isLazy, leftAlone } from "../../analysis/facts/promises.ts";
import { mayReject } from "../../analysis/facts/summaries.ts";
import { waitedElsewhere } from "../../analysis/facts/waited-elsewhere.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Note, type Severity } from "../../analysis/rule.ts";
import {
  enclosingFunction,
  hasModifier,
  is,
  isAssignment,
  isAsync,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  sourceFileOf,
  textOf,
  unwrapped,
  walk,
} from "../../analysis/syntax.ts";
import { startedBy } from "../../analysis/facts/returns.ts";
import { calleeOf, nameIn } from "../../analysis/facts/callees.ts";
import { awaitPromise } from "../fixes/await-promise.ts";
import { catchRejection } from "../fixes/catch-rejection.ts";
import { discardPromise } from "../fixes/discard-promise.ts";
import { ignoreMirror } from "../fixes/ignore-mirror.ts";
import { letCallerWait } from "../fixes/make-async.ts";
import { rejectDeferred } from "../fixes/reject-deferred.ts";
import { nameOfCall } from "../words/names.ts";

// See floating-promise.md for what this means to the user.
//
// The rule looks at statements only. A promise that is stored, returned or passed on has an
// owner; whether that owner waits for it is a different question (see unobserved-promise).
export const floatingPromise = defineRule({
  id: "floating-promise",
  summary: "A promise is created, and nobody waits for it or handles its rejection.",
  severity: "error",
  profile: "recommended",
  equivalents: ["@typescript-eslint/no-floating-promises", "typescript/no-floating-promises"],
  on: {
    kinds: ["ExpressionStatement"],
    where: [
      {
        child: "expression",
        notKinds: [
          "AwaitExpression",
          "PostfixUnaryExpression",
          "PrefixUnaryExpression",
          "StringLiteral",
        ],
      },
    ],
    asks: [{ about: "promise", child: "expression" }],
  },

  *check(statement, program) {
    const expression = unwrapped(statement.expression);
    if (isAssignment(expression)) return;
    if (is.VoidExpression(expression)) yield* discarded(expression.expression, program);
    else if (leftAlone(expression, program).length > 0) yield dropped(expression, program);
    else if (isArrayOfPromises(expression, program)) yield droppedArray(expression, program);
  },
});

function dropped(expression: Node, program: Program): Finding {
  const owner = enclosingFunction(expression);
  const isLater = owner !== undefined && isAsync(owner);
  const isLost = isLater || !endsTest(expression, program);
  const rejects = leftAlone(expression, program).some(
    (it) => isLost && mayReject(it, program) && (isLater || !isKeptElsewhere(it, program)),
  );
  if (rejects && isMirror(expression)) {
    return mirrored(expression, severityAt(expression), program);
  }
  const evidence = evidenceOf(expression, program);
  const isGuess = evidence.length > 0;
  const isTest = isTestFile(sourceFileOf(expression), program);
  const severity = severityAt(expression);
  const finding = {
    at: expression,
    severity: isGuess && severity === "error" ? "warning" : severity,
    // A promise that never rejects may still be one that somebody meant to wait for.
    profile: rejects && !(isGuess && isTest) ? undefined : ("strict" as const),
    notes: evidence,
    fixes: [
      ...awaitPromise(expression, program),
      ...letCallerWait(expression, program),
      ...catchRejection(expression, program),
      ...discardPromise(expression),
    ],
  };
  return isLazy(expression, program)
    ? {
        ...finding,
        message: `This ${nameOfCall(expression)} never runs.`,
        why: "It is lazy: the work starts only when somebody awaits it, and nobody does.",
      }
    : {
        ...finding,
        message: `Nothing waits for this ${nameOfCall(expression)}.`,
        why: "The next line runs before it settles, and if it rejects the error is lost.",
      };
}

/** The rest of a test that says by `done()` when it is over: a rejection ends it too, as a failed one. */
function endsTest(expression: Node, program: Program): boolean {
  if (!isTestFile(sourceFileOf(expression), program)) return false;
  let ends = false;
  walk(expression, (it) => {
    ends ||= is.Identifier(it) && /done$/i.test(it.text);
    return ends ? "skip" : undefined;
  });
  return ends;
}

/** Whether the call begins nothing and only hands out a promise that somebody has already. */
function isKeptElsewhere(node: Node, program: Program): boolean {
  if (!is.CallExpression(node)) return false;
  const { functions } = calleeOf(node, program);
  return functions.length > 0 && !functions.some((it) => startedBy(it, program));
}

/** Where nothing is known of the types, the place that shows it to be a promise. */
function evidenceOf(expression: Node, program: Program): readonly Note[] {
  if (program.types.promise(expression).extent !== "unknown") return [];
  const at = waitedElsewhere(expression, program);
  return at === undefined ? [] : [{ at, message: "the same call is waited for here" }];
}

function droppedArray(expression: Node, program: Program): Finding {
  return {
    at: expression,
    severity: severityAt(expression),
    message: "Nothing waits for these promises.",
    why: "The next line runs before they settle, and if one rejects the error is lost.",
    fixes: awaitPromise(expression, program),
  };
}

/**
 * `void` says that nobody waits; it does not say who hears of a rejection. For a plain call that
 * may be accepted. What `finally` makes is different: a promise that nobody asked for, which
 * rejects once more when the first one does, however well that one is handled.
 */
function* discarded(expression: Node, program: Program): Iterable<Finding> {
  if (!leftAlone(expression, program).some((it) => mayReject(it, program))) return;
  const resolver = resolvedOnSuccessOnly(expression, program);
  if (isMirror(expression)) yield mirrored(expression, "warning", program);
  else if (resolver !== undefined) yield pending(expression, resolver, program);
  else {
    yield {
      at: expression,
      severity: "hint",
      profile: "strict",
      message: `Nobody hears when this ${nameOfCall(expression)} rejects.`,
      why: "`void` only drops the promise: a rejection still ends the process in Node.",
      fixes: catchRejection(expression, program),
    };
  }
}

function pending(
  expression: Node,
  resolver: NodeOf<"PropertyAccessExpression">,
  program: Program,
): Finding {
  return {
    at: expression,
    severity: "warning",
    message: `When this ${nameOfCall(expression)} rejects, what waits for \`${textOf(resolver.expression)}\` waits for ever.`,
    why: "It is resolved when the work succeeds, and nothing rejects it when the work fails.",
    notes: [{ at: resolver, message: "resolved here, on success only" }],
    fixes: [...rejectDeferred(expression, resolver), ...catchRejection(expression, program)],
  };
}

function mirrored(expression: Node, severity: Severity, program: Program): Finding {
  return {
    at: expression,
    severity,
    message: "`finally` makes a second promise, and nobody hears when that one rejects.",
    why: "It rejects whenever the first one does, even if that is handled; Node then ends the process.",
    fixes: [...ignoreMirror(expression), ...catchRejection(expression, program)],
  };
}

/** `kept.finally(…)` on a promise that has a name, and so somebody else who looks after it. */
function isMirror(expression: Node): boolean {
  const call = methodCall(unwrapped(expression));
  return call?.method === "finally" && nameIn(call.receiver) !== undefined;
}

/**
 * In an async function the next line is what goes wrong; elsewhere the promise may well be meant
 * to run by itself, and the defect is that nobody hears of its rejection. At the top level of a
 * script, a rejection ends the process with its stack trace, which is what a script wants.
 */
function severityAt(expression: Node): Severity {
  const owner = enclosingFunction(expression);
  if (owner !== undefined) return isAsync(owner) ? "error" : "warning";
  return isScript(expression) ? "hint" : "warning";
}

/** A file that nothing can import from: it has no exports. */
function isScript(node: Node): boolean {
  return !sourceFileOf(node).statements.some(
    (it) =>
      is.ExportDeclaration(it) || is.ExportAssignment(it) || hasModifier(it, Kind.ExportKeyword),
  );
}
