import { AWAITED, every, everyMember } from "./every.ts";
import type { CallModel, PackageModel } from "./primitive.ts";

// Test runners take the test function at any of several positions, so all function arguments are
// described alike.

const TESTS = ["test", "it", "specify"];
const HOOKS = [
  "before",
  "after",
  "beforeAll",
  "afterAll",
  "beforeEach",
  "afterEach",
  "onTestFinished",
  "onTestFailed",
];
const VARIANTS = [
  "only",
  "skip",
  "todo",
  "fails",
  "failing",
  "concurrent",
  "sequential",
  "skipIf",
  "runIf",
  "fixme",
  "serial",
];

const RUNS_TEST: CallModel = {
  reason: "The runner waits for the promise that a test or hook returns.",
  callbacks: { rest: AWAITED },
};
const RUNS_SUITE: CallModel = {
  reason: "Suites are collected synchronously: a promise from the function is ignored.",
  callbacks: { rest: { runs: "now", result: "dropped" } },
};
const OBSERVES: CallModel = {
  reason: "What is expected of a promise (resolves, rejects) looks after its rejection.",
  observes: true,
};

export const testRunners: readonly PackageModel[] = [
  {
    modules: ["jest", "@jest/globals", "@jest/types", "mocha"],
    calls: {
      ...every(["describe", "context", "suite", "fdescribe", "xdescribe"], RUNS_SUITE),
      ...everyMember(["Describe", "SuiteFunction"], VARIANTS, RUNS_SUITE),
      ...every([...TESTS, ...HOOKS, "setup", "teardown", "fit", "xit", "xtest"], RUNS_TEST),
      ...everyMember(["It", "TestFunction", "TestConcurrent"], VARIANTS, RUNS_TEST),
      ...every(["Each", "EachFn"], RUNS_TEST),
      expect: OBSERVES,
    },
  },
  {
    modules: ["vitest", "@vitest/runner", "@vitest/expect", "bun:test"],
    calls: {
      ...every(["describe", "suite"], {
        reason: "Vitest and Bun await the function of a suite while they collect tests.",
        callbacks: { rest: AWAITED },
      }),
      ...every([...TESTS, ...HOOKS], RUNS_TEST),
      ...every(
        VARIANTS.map((it) => `*.${it}`),
        RUNS_TEST,
      ),
      ...every(["EachFunctionReturn", "TestEachFunction", "TestForFunction"], RUNS_TEST),
      ...every(["expect", "globalExpect", "ExpectStatic"], OBSERVES),
      ...everyMember(["VitestUtils"], ["waitFor", "waitUntil"], {
        reason: "Calls the function until it succeeds, and waits for its promise each time.",
        callbacks: { 0: { ...AWAITED, repeats: true } },
      }),
    },
  },
  {
    modules: ["node:test"],
    calls: {
      ...every(
        // Older types have functions of the module where newer ones have members of `test`.
        ["test", ...["it", "suite", "describe"].flatMap((it) => [it, `test.${it}`])].flatMap(
          (name) => ["", ".only", ".skip", ".todo"].map((variant) => `${name}${variant}`),
        ),
        {
          ...RUNS_TEST,
          reason:
            "At the top level the promise is for those who want to wait; the runner does anyway: " +
            "https://nodejs.org/api/test.html#testname-options-fn.",
          result: "floats",
        },
      ),
      ...everyMember(["test", "TestContext", "SuiteContext"], HOOKS, RUNS_TEST),
      // A subtest that its parent does not wait for is cancelled when the parent ends.
      "TestContext.test": RUNS_TEST,
    },
  },
  {
    modules: ["playwright", "@playwright/test"],
    calls: {
      ...every(["test", "TestType", "TestType.step"], RUNS_TEST),
      ...everyMember(["TestType"], [...HOOKS, ...VARIANTS], RUNS_TEST),
      ...every(["TestType.describe"], RUNS_SUITE),
      expect: OBSERVES,
    },
  },
  {
    modules: ["tap", "@tapjs/test", "@tapjs/core", "@tapjs/after", "@tapjs/before"],
    calls: {
      ...every(["Test.test", "TestBase.test", "Test.sub"], {
        ...RUNS_TEST,
        reason: "The parent test runs its subtests in order and waits for them itself.",
        result: "floats",
      }),
      ...every(
        ["teardown", "after", "before", "beforeEach", "afterEach"].map((it) => `*.${it}`),
        RUNS_TEST,
      ),
    },
  },
  {
    modules: ["cypress"],
    types: {
      "Cypress.Chainable": {
        reason: "Commands are queued and run by Cypress; the chain is not a promise to wait for.",
        promise: "floats",
      },
      Chainable: {
        reason: "Commands are queued and run by Cypress; the chain is not a promise to wait for.",
        promise: "floats",
      },
    },
  },
];
