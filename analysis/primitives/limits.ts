import { AWAITED, AWAITED_AND_RETURNED, every, everyMember } from "./every.ts";
import type { CallModel, PackageModel } from "./primitive.ts";

// Packages that run given functions a few at a time, one after the other, or again.

const RUNS_TASK: CallModel = {
  reason: "The promise of the call follows the promise of the task.",
  callbacks: { 0: AWAITED_AND_RETURNED },
  lock: { does: "run" },
};
const RUNS_FOR_EACH: CallModel = {
  reason: "The promise of the call waits for the promise of each task.",
  callbacks: { 1: { ...AWAITED, repeats: true } },
  observes: true,
};

export const limits: readonly PackageModel[] = [
  {
    modules: ["p-limit"],
    // `const limit = pLimit(2)` gives a function of this type.
    calls: {
      LimitFunction: RUNS_TASK,
      "LimitFunction.map": { ...RUNS_FOR_EACH, lock: { does: "run" } },
      pLimit: {
        reason: "So many tasks run at once as the number, or the option, says.",
        permits: { argument: 0, option: "concurrency" },
      },
    },
  },
  {
    modules: ["p-queue"],
    calls: {
      "PQueue.add": RUNS_TASK,
      PQueue: {
        reason: "So many tasks run at once as the option says; without it there is no limit.",
        permits: { argument: 0, option: "concurrency" },
      },
      ...everyMember(["PQueue"], ["onIdle", "onEmpty", "onSizeLessThan", "onPendingZero"], {
        reason:
          "Resolves on an event of the queue; the errors of tasks go to those who added them.",
        result: "settles",
      }),
    },
  },
  {
    modules: ["p-map", "p-each-series", "p-filter", "p-map-series", "p-times"],
    calls: every(["pMap", "pEachSeries", "pFilter", "pMapSeries", "pTimes"], RUNS_FOR_EACH),
  },
  {
    modules: ["p-retry"],
    calls: {
      pRetry: {
        reason: "Calls the function until it succeeds, and waits for its promise each time.",
        callbacks: { 0: { ...AWAITED_AND_RETURNED, repeats: true } },
      },
    },
  },
  {
    modules: ["p-memoize", "lodash", "lodash-es", "lodash.once", "lodash.memoize"],
    calls: every(["pMemoize", "once", "memoize", "LoDashStatic.once", "LoDashStatic.memoize"], {
      reason: "The function that is made gives the promise of the first call to those that follow.",
      callbacks: { 0: { runs: "later", result: "returned", repeats: true } },
      sharesRuns: true,
    }),
  },
  {
    modules: ["standard-as-callback"],
    calls: every(["asCallback", "default"], {
      reason:
        "It tells the callback of a failure, and without one gives back the promise that it was given.",
      result: "floats",
    }),
  },
];
