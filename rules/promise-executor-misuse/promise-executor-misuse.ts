import {
  type Executor,
  executorOf,
  type Pending,
  settledTwice,
  staysPending,
  type Twice,
} from "../../analysis/facts/executors.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { lastJump } from "../../analysis/facts/paths.ts";
import { bodyMayReject } from "../../analysis/facts/summaries.ts";
import type { Program } from "../../analysis/program.ts";
import { defineRule, type Finding } from "../../analysis/rule.ts";
import {
  calleeNameOf,
  is,
  isAsync,
  Kind,
  type Node,
  nameOf,
  sourceFileOf,
} from "../../analysis/syntax.ts";
import { rejectWhatIsThrown, unwrapExecutor } from "../fixes/async-executor.ts";
import { useResolvers } from "../fixes/with-resolvers.ts";
import { settleOnce } from "../fixes/settle-once.ts";
import { settleOnThatWay } from "../fixes/settle-otherwise.ts";

// See promise-executor-misuse.md for what this means to the user.
//
// Three ways of getting an executor wrong: what it throws after an `await` reaches nobody, a way
// through it settles nothing, or it goes on after it has settled the promise.
export const promiseExecutorMisuse = defineRule({
  id: "promise-executor-misuse",
  summary:
    "The executor of a promise loses an error, never settles the promise, or settles it twice.",
  severity: "warning",
  profile: "recommended",
  equivalents: [
    "eslint/no-async-promise-executor",
    "promise/no-multiple-resolved",
    "unicorn/no-multiple-promise-resolver-calls",
  ],
  on: {
    kinds: ["NewExpression"],
    where: [{ child: "expression", kinds: ["Identifier"] }],
  },

  *check(construction, program) {
    const executor = executorOf(construction, program);
    if (executor === undefined) return;
    yield* losesErrors(executor, program);
    const pending = staysPending(executor, program);
    if (pending !== undefined) yield neverSettled(executor, pending);
    // A test that rejects and goes on has failed already, as it was meant to.
    const profile = isTestFile(sourceFileOf(construction), program)
      ? ("strict" as const)
      : undefined;
    for (const it of settledTwice(executor, program)) {
      yield { ...goesOn(it), profile: saysTheSame(it) ? "strict" : profile };
    }
  },
});

function* losesErrors(executor: Executor, program: Program): Iterable<Finding> {
  const { fn } = executor;
  const keyword = fn.modifiers?.find((it) => it.kind === Kind.AsyncKeyword);
  const culprit = isAsync(fn) ? bodyMayReject(fn, program) : undefined;
  if (keyword === undefined || culprit === undefined) return;
  yield {
    at: keyword,
    message: "A failure in this `async` executor does not reject the promise.",
    why: "An async function returns a promise of its own, which nobody looks at: when it rejects, whoever waits for the outer promise waits for ever.",
    notes: [{ at: culprit, message: "a failure here is lost" }],
    fixes: [
      ...unwrapExecutor(executor),
      ...rejectWhatIsThrown(executor),
      ...useResolvers(executor, program),
    ],
  };
}

function neverSettled(executor: Executor, { fn, path }: Pending): Finding {
  const call = fn.parent;
  const callee = is.CallExpression(call) ? nameOf(calleeNameOf(call)) : undefined;
  const where = fn === executor.fn ? "its executor" : `the callback of \`${callee ?? "a call"}\``;
  const end: Node = lastJump(path);
  return {
    at: executor.construction.expression,
    message: `On one way through ${where}, this promise is never settled.`,
    why: "Whoever waits for it waits for ever, without an error to tell why.",
    notes: [{ at: end, message: "leaves from here with nothing resolved or rejected" }],
    fixes: settleOnThatWay(executor, fn, end),
  };
}

/** `resolve()` and once more `resolve()`: nothing is lost. */
function saysTheSame({ first, second }: Twice): boolean {
  const isBare = first.arguments.length === 0 && second.arguments.length === 0;
  return isBare && nameOf(first.expression) === nameOf(second.expression);
}

function goesOn({ first, second }: Twice): Finding {
  return {
    at: second,
    message: "The promise has been settled already when this call settles it again.",
    why: "Only the first call counts. The code goes on as if there had been none, here and in what follows.",
    notes: [{ at: first, message: "settled here first" }],
    fixes: settleOnce(first, second),
  };
}
