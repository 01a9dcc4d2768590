import { escapeBy, type Left, usesIteration } from "../../analysis/facts/leaving.ts";
import { canAwaitAt } from "../../analysis/facts/promises.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import { type Node, nameOf, textOf } from "../../analysis/syntax.ts";
import { awaitPromise } from "../fixes/await-promise.ts";
import { awaitInAsyncFunction } from "../fixes/make-async.ts";
import { nameOfCall } from "../words/names.ts";

// See promise-escapes-try.md for what this means to the user.
//
// The rule looks at `return` only. A promise that is dropped inside a `try` escapes it as well, but
// that is floating-promise's to say. Of several things that the promise escapes, a `catch` that
// never runs weighs most; all of them are noted.
export const promiseEscapesTry = defineRule({
  id: "promise-escapes-try",
  summary: "A promise is returned out of a `try` or `using` block that ends before it settles.",
  severity: "error",
  profile: "recommended",
  equivalents: ["@typescript-eslint/return-await", "typescript/return-await"],
  on: {
    kinds: ["ReturnStatement"],
    where: [
      { child: "expression", present: true },
      {
        child: "expression",
        notKinds: ["AwaitExpression", "StringLiteral", "NumericLiteral", "TrueKeyword"],
      },
    ],
  },

  *check(statement, program) {
    const { expression } = statement;
    const escape = escapeBy(statement, program);
    if (expression === undefined || escape === undefined) return;
    const { promises, left, onlyRethrows, assumed } = escape;
    const [first] = left;
    const main = left.find(({ kind }) => kind === "catch") ?? first;
    if (main === undefined) return;
    const [only, second] = promises;
    const at = only === undefined || second !== undefined ? expression : only;
    yield {
      at,
      ...(onlyRethrows ? { severity: "warning" } : weightOf(left, promises)),
      ...(assumed ? { severity: "warning", profile: "strict" } : {}),
      ...wordsFor(main, nameOfCall(at)),
      notes: left.map((it) => ({ at: placeOf(it), message: NOTES[it.kind] })),
      fixes: canAwaitAt(expression)
        ? awaitPromise(expression, program)
        : awaitInAsyncFunction(expression, program),
    };
  },
});

/** Closing an iterator early is harmless to most promises, and surely not to those read from it. */
function weightOf(left: readonly Left[], promises: readonly Node[]): Partial<Finding> {
  if (left.some(({ kind }) => kind !== "iteration")) return {};
  const uses = left.some(
    (it) => it.kind === "iteration" && promises.some((promise) => usesIteration(promise, it.at)),
  );
  return { severity: "warning", profile: uses ? undefined : "strict" };
}

function wordsFor(left: Left, promise: string) {
  switch (left.kind) {
    case "catch":
      return {
        message: `A rejection of this ${promise} passes by the \`catch\`.`,
        why: "The function has left the `try` by the time the promise rejects, so the `catch` never runs and the caller gets the error.",
      };
    case "finally":
      return {
        message: `The \`finally\` block runs before this ${promise} has settled.`,
        why: "What it undoes, releases or reports as done is still in use.",
      };
    case "using":
      return {
        message: `\`${nameOf(left.at.name) ?? "The resource"}\` is disposed of before this ${promise} has settled.`,
        why: "The work goes on with a resource that is no longer there.",
      };
    default:
      return {
        message: `The loop closes \`${textOf(left.at.expression)}\` before this ${promise} has settled.`,
        why: "Leaving a `for await` ends the iteration and what it holds open, and nobody hears of a rejection until that is done.",
      };
  }
}

const NOTES: Readonly<Record<Left["kind"], string>> = {
  catch: "does not see the rejection",
  finally: "runs while the promise is pending",
  using: "disposed of while the promise is pending",
  iteration: "closed while the promise is pending",
};

/** The part of it that is worth looking at. */
function placeOf({ kind, at }: Left): Node {
  if (kind === "iteration") return at.expression;
  return kind === "catch" ? (at.variableDeclaration ?? at.block) : kind === "using" ? at.name : at;
}
