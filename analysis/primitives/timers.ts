import { every, LATER, LISTENER } from "./every.ts";
import type { PackageModel } from "./primitive.ts";

export const timers: PackageModel = {
  modules: ["lib", "node:timers"],
  calls: {
    ...every(["setTimeout", "*.setTimeout", "setImmediate"], {
      reason: "Runs once from the event loop, which ignores what the callback returns.",
      callbacks: { 0: LATER },
    }),
    ...every(["setInterval", "*.setInterval"], {
      reason: "Runs again at each tick, whether or not what the last run began is over.",
      callbacks: { 0: LISTENER },
    }),
    ...every(["queueMicrotask", "*.queueMicrotask", "Process.nextTick"], {
      reason: "Runs once when the current code is done; what the callback returns is ignored.",
      callbacks: { 0: LATER },
    }),
    ...every(
      [
        "requestAnimationFrame",
        "*.requestAnimationFrame",
        "requestIdleCallback",
        "*.requestIdleCallback",
      ],
      {
        reason: "Runs once from the event loop, which ignores what the callback returns.",
        callbacks: { 0: LATER },
      },
    ),
  },
};

export const timerPromises: PackageModel = {
  modules: ["node:timers/promises"],
  calls: every(["setTimeout", "setImmediate", "Scheduler.wait", "Scheduler.yield"], {
    reason: "A timer rejects only when the signal in its options is aborted.",
    result: "settles",
  }),
};
