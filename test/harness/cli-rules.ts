import { insertBefore } from "../../analysis/edit.ts";
import { giveUp, resolve } from "../../analysis/program.ts";
import { defineRule, type Rule } from "../../analysis/rule.ts";
import { calleeNameOf, is, isLoop, textOf, ancestor, walkBody } from "../../analysis/syntax.ts";

// Stand-ins for real rules, so that what the command line prints is compared word by word without
// following every word of theirs: one per severity, with a fix of each kind, with notes here and in
// other files, one that only the strict profile has, one that gives up, and one that throws.

const TOO_LARGE = "`generated` is too large to be followed.";

const floatingPromise = defineRule({
  id: "floating-promise",
  summary: "A promise is created, and nobody waits for it.",
  severity: "error",
  profile: "recommended",
  equivalents: ["@typescript-eslint/no-floating-promises"],
  on: {
    kinds: ["ExpressionStatement"],
    where: [{ child: "expression", kinds: ["CallExpression"] }],
  },
  *check({ expression }, program) {
    if (!is.CallExpression(expression)) return;
    if (textOf(expression.expression) === "generated") giveUp(expression, TOO_LARGE, program);
    if (program.types.promise(expression).extent !== "all") return;
    const name = calleeNameOf(expression);
    if (program.models.call(program.types.symbol(name))?.result === "floats") return;
    const place = program.types.callee(expression)?.declaration;
    const declaration = place && resolve(place, program);
    yield {
      at: expression,
      message: `Nothing waits for this call to \`${textOf(name)}\`.`,
      why: "The next line runs before it settles, and if it rejects the error is lost.",
      notes: declaration && [{ at: declaration, message: "it is declared here" }],
      fixes: [
        {
          title: "Await the promise",
          safety: "safe",
          edits: [insertBefore(expression, "await ")],
        },
      ],
    };
  },
});

const lostUpdate = defineRule({
  id: "lost-update",
  summary: "A value is read before a pause and written after it.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["BinaryExpression"], where: [{ child: "right", kinds: ["AwaitExpression"] }] },
  *check(assignment) {
    if (textOf(assignment.operatorToken) !== "+=") return;
    const { left, right } = assignment;
    yield {
      at: assignment,
      message: `An update of \`${textOf(left)}\` made during the await is lost.`,
      why: "The old value is read first, and the sum is written over whatever came in between.",
      notes: [
        { at: left, message: "read here, before the pause" },
        { at: right, message: "other code runs here" },
        { at: left, message: "written here, over the newer value" },
      ],
      fixes: [
        {
          title: "Read the value after the await",
          safety: "suggestion",
          edits: [insertBefore(assignment, "/* read late */ ")],
        },
      ],
    };
  },
});

const racyLazyInit = defineRule({
  id: "racy-lazy-init",
  summary: "Something is made on demand, and two callers can make it twice.",
  severity: "warning",
  profile: "recommended",
  equivalents: [],
  on: {
    kinds: ["BinaryExpression"],
    where: [{ child: "right", kinds: ["AwaitExpression"] }],
  },
  *check(assignment) {
    const { left, operatorToken, right } = assignment;
    if (textOf(operatorToken) !== "??=") return;
    const method = ancestor(assignment, is.MethodDeclaration);
    if (method === undefined) return;
    const field = textOf(left);
    const name = textOf(method.name);
    yield {
      at: assignment,
      message: `Two calls of \`${name}\` can both make \`${field}\`.`,
      why: "The second one replaces what the first one made, and nobody closes that.",
      interleaving: {
        evidence: {
          kind: "shared-instance",
          at: method.name,
          message: `\`${name}\` is public, and the object is shared by all who import it.`,
        },
        steps: [
          { task: "A", action: "check", at: left, text: `sees that \`${field}\` is missing` },
          { task: "A", action: "pause", at: right, text: `pauses at \`${textOf(right)}\`` },
          { task: "B", action: "check", at: left, text: `sees that \`${field}\` is missing, too` },
          { task: "B", action: "pause", at: right, text: `pauses at \`${textOf(right)}\`` },
          { task: "A", action: "write", at: left, text: `writes \`${field}\`` },
          { task: "B", action: "write", at: left, text: `writes \`${field}\` over it` },
        ],
      },
    };
  },
});

const sleepyLoop = defineRule({
  id: "sleepy-loop",
  summary: "A loop waits for each step before it starts the next.",
  severity: "hint",
  profile: "recommended",
  equivalents: ["no-await-in-loop"],
  on: { kinds: ["AwaitExpression"] },
  *check(node) {
    const loop = ancestor(node, isLoop);
    if (loop === undefined) return;
    yield { at: node, message: "Each step waits for the one before.", why: "It takes longer." };
  },
});

const asyncWithoutAwait = defineRule({
  id: "async-without-await",
  summary: "An async function never pauses.",
  severity: "warning",
  profile: "strict",
  equivalents: ["require-await"],
  on: { kinds: ["FunctionDeclaration"], where: [{ modifier: "AsyncKeyword" }] },
  *check(node) {
    let pauses = node.body === undefined;
    walkBody(node, (it) => {
      pauses ||= is.AwaitExpression(it);
      return undefined;
    });
    if (pauses || node.name === undefined) return;
    yield { at: node.name, message: `\`${textOf(node.name)}\` never pauses.`, why: "" };
  },
});

const crashingRule = defineRule({
  id: "crashing-rule",
  summary: "Throws wherever it looks.",
  severity: "error",
  profile: "opt-in",
  equivalents: [],
  on: { kinds: ["FunctionDeclaration"] },
  check() {
    throw new Error("The rule stumbled.");
  },
});

export const cliRules: readonly Rule[] = [
  asyncWithoutAwait,
  crashingRule,
  floatingPromise,
  lostUpdate,
  racyLazyInit,
  sleepyLoop,
];
