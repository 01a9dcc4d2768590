import { AWAITED, AWAITED_AND_RETURNED, every, everyMember, LATER } from "./every.ts";
import type { CallbackModel, PackageModel } from "./primitive.ts";

// Our own runtime; its locks are with those of others.

/** Called for each item, several at a time, and waited for. */
const EACH: CallbackModel = { ...AWAITED, repeats: true };
/** Called at any time later, as often as the function that is made here is called. */
const ON_DEMAND: CallbackModel = { runs: "later", result: "returned", repeats: true };

export const mooringRuntime: PackageModel = {
  modules: ["mooring-runtime"],
  types: {
    Task: {
      reason:
        "It keeps its failure until somebody asks, and otherwise reports it to `onLateError`; a scope or group waits for the tasks it starts.",
      promise: "floats",
    },
    OneshotReceiver: {
      reason: "What was sent, or the error, is kept for whoever asks.",
      promise: "floats",
    },
  },
  calls: {
    ...every(["spawn", "Scope.spawn", "TaskGroup.spawn", "WaitGroup.go"], {
      reason: "The task waits for the promise of the function, and keeps its failure.",
      callbacks: { 0: AWAITED_AND_RETURNED },
    }),
    ...every(["scope", "trace", "shield"], {
      reason: "The promise of the call follows the promise of the function.",
      callbacks: { 0: AWAITED_AND_RETURNED },
      observes: true,
    }),
    timeout: {
      reason: "The promise of the call follows the promise of the function.",
      callbacks: { 1: AWAITED_AND_RETURNED },
    },
    retry: {
      reason: "Calls the function until it succeeds, and waits for its promise each time.",
      callbacks: { 0: { ...AWAITED_AND_RETURNED, repeats: true } },
    },
    ...every(["mapLimit", "buffered"], {
      reason: "Waits for the promise of the function for each item.",
      callbacks: { 2: { ...EACH, result: "returned" } },
    }),
    forEachLimit: {
      reason: "Waits for the promise of the function for each item.",
      callbacks: { 2: EACH },
    },
    ...every(["once", "singleFlight"], {
      reason:
        "Whoever calls the function that is made gets the promise of the one that is given; those who call while it runs get the same one.",
      callbacks: { 0: ON_DEMAND },
      sharesRuns: true,
    }),
    batcher: {
      reason: "Whoever calls the function that is made gets the promise of the one that is given.",
      callbacks: { 0: ON_DEMAND },
    },
    "OnceCell.getOrInit": {
      reason: "All who wait for the cell get the promise of the function that fills it.",
      callbacks: { 0: AWAITED_AND_RETURNED },
      sharesRuns: true,
    },
    ...everyMember(["ResourcePool", "CancellationToken", "RateLimiter"], ["use", "run"], {
      reason: "The promise of the call follows the promise of the function.",
      callbacks: { 0: AWAITED_AND_RETURNED },
    }),
    deferAsync: {
      reason: "Disposing of what this gives runs the function and waits for it; nothing else does.",
      callbacks: { 0: { runs: "later", result: "returned" } },
      mustKeep: true,
    },
    ...everyMember(["Scope", "Shutdown"], ["defer"], {
      reason: "The end waits for the promise of the function, and reports its failure.",
      callbacks: { 0: { runs: "later", result: "awaited" } },
    }),
    defer: {
      reason: "Calls the function later and does not look at what it returns.",
      callbacks: { 0: LATER, 1: LATER },
      mustKeep: true,
    },
    onAbort: {
      reason: "Calls the function later and does not look at what it returns.",
      callbacks: { 0: LATER, 1: LATER },
    },
    ...every(["TaskGroup.shutdown", "WorkerPool.drain", "ResourcePool.drain"], {
      reason: "It waits until nothing runs; errors go to the tasks, or to `onLateError`.",
      result: "settles",
    }),
  },
};
