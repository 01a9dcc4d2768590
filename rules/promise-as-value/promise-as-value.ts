import { mixedWith } from "../../analysis/facts/mixed-values.ts";
import { isKnownAsPromise, mayBeMissing } from "../../analysis/facts/presence.ts";
import { type ReadAs, type ValueUse, valueUses } from "../../analysis/facts/value-uses.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding, type Fix, type Profile } from "../../analysis/rule.ts";
import { is, type Node, type NodeOf, textOf } from "../../analysis/syntax.ts";
import { awaitPromise } from "../fixes/await-promise.ts";
import { awaitInAsyncFunction, letCallerWait } from "../fixes/make-async.ts";
import { nameOfPromise } from "../words/names.ts";

// See promise-as-value.md for what this means to the user.
//
// A promise that may be missing can be tested for presence, and one variable can be compared with
// another: then the promise itself is meant. All other uses want what it settles with.
export const promiseAsValue = defineRule({
  id: "promise-as-value",
  summary: "A promise is used as if it were the value that it settles with.",
  severity: "error",
  profile: "recommended",
  equivalents: [
    "@typescript-eslint/no-misused-promises",
    "typescript/no-misused-promises",
    "@typescript-eslint/restrict-template-expressions",
  ],
  on: {
    kinds: [
      "IfStatement",
      "WhileStatement",
      "DoStatement",
      "ForStatement",
      "ForInStatement",
      "ForOfStatement",
      "SwitchStatement",
      "ConditionalExpression",
      "PrefixUnaryExpression",
      "BinaryExpression",
      "TemplateExpression",
      "SpreadAssignment",
      "SpreadElement",
      "JsxSpreadAttribute",
    ],
    asks: [
      { about: "promise", child: "expression" },
      { about: "promise", child: "condition" },
    ],
  },

  *check(node, program) {
    if (is.BinaryExpression(node)) yield* keptUnawaited(node, program);
    for (const use of valueUses(node)) {
      const profile = profileOf(node, use, program);
      if (profile === undefined) continue;
      const { verb, why } = WORDS[use.as];
      yield {
        at: use.operand,
        profile,
        message: `This ${nameOfPromise(use.operand)} is ${verb} without being awaited.`,
        why,
        fixes: fixes(use, program),
      };
    }
  },
});

function* keptUnawaited(
  assignment: NodeOf<"BinaryExpression">,
  program: Program,
): Iterable<Finding> {
  const mixed = mixedWith(assignment, program);
  if (mixed === undefined) return;
  const { left, right } = assignment;
  const name = textOf(left);
  yield {
    at: right,
    message: `This ${nameOfPromise(right)} is kept in \`${name}\` without being awaited.`,
    why: `Everywhere else \`${name}\` holds what such a promise settles with, and is used as that.`,
    notes: [
      { at: mixed.value, message: "holds a value from here" },
      { at: mixed.use, message: "used as a value here; a promise has no such property" },
    ],
    fixes: awaitPromise(right, program),
  };
}

/** The profile from which on the use is reported; undefined: never. */
function profileOf(node: Node, { operand, as }: ValueUse, program: Program): Profile | undefined {
  const { extent, names } = program.types.promise(operand);
  if (extent !== "all" && extent !== "some") return undefined;
  // Other thenables may have texts, numbers and properties of their own.
  const isPlain = names.every((it) => it.name.includes("Promise"));
  switch (as) {
    case "condition":
      if (isPresenceTest(operand, program)) return undefined;
      if (extent === "some") return isMaybePromise(operand, program) ? "strict" : undefined;
      return isPlain && !isKnownAsPromise(operand) ? "recommended" : "strict";
    case "text":
      if (!isPlain) return undefined;
      return extent === "all" ? "recommended" : "strict";
    case "object":
      return isPlain ? "recommended" : "strict";
    case "equal":
      return isPlain && extent === "all" && isComparedWithPrimitive(node, operand, program)
        ? "recommended"
        : undefined;
    case "iterable":
      return extent === "all" && program.types.value(operand).iteration === "none"
        ? "recommended"
        : undefined;
    default:
      return isPlain && extent === "all" ? "recommended" : undefined;
  }
}

/** Whether the promise may be missing, by its type or in spite of it. */
function isPresenceTest(operand: Node, program: Program): boolean {
  return program.types.promise(operand).nullable || mayBeMissing(operand, program);
}

function isMaybePromise(operand: Node, program: Program): boolean {
  return program.types.value(operand).maybePromise;
}

/** `null` and `undefined` ask for presence; whatever is no primitive may be the same promise. */
function isComparedWithPrimitive(node: Node, operand: Node, program: Program): boolean {
  if (!is.BinaryExpression(node)) return false;
  const other = node.left === operand ? node.right : node.left;
  const { primitive, nullable } = program.types.value(other);
  return primitive && !nullable;
}

function fixes({ operand, as }: ValueUse, program: Program): Fix[] {
  // What a `Promise<void>` settles with can be shown, but neither tested nor spread.
  if (as !== "text" && program.types.value(operand).gives === "nothing") return [];
  const here = [...awaitPromise(operand, program), ...letCallerWait(operand, program)];
  return 0 < here.length ? here : awaitInAsyncFunction(operand, program);
}

interface Words {
  readonly verb: string;
  readonly why: string;
}

const SAME_ONLY = "A promise is equal to nothing but itself, whatever it settles with.";

const WORDS: Readonly<Record<ReadAs, Words>> = {
  condition: {
    verb: "tested",
    why: "A promise always counts as true, whatever it settles with.",
  },
  text: { verb: "turned into text", why: 'The text reads "[object Promise]".' },
  number: { verb: "used as a number", why: "A promise as a number is NaN." },
  equal: { verb: "compared", why: SAME_ONLY },
  choice: { verb: "compared with the cases", why: SAME_ONLY },
  object: {
    verb: "spread",
    why: "A promise has no properties of its own, so nothing is copied.",
  },
  properties: {
    verb: "searched for properties",
    why: "A promise has none of the properties of what it settles with.",
  },
  iterable: { verb: "iterated", why: "A promise cannot be iterated: this throws a TypeError." },
};
