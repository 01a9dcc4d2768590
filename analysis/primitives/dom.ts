import { AWAITED, AWAITED_AND_RETURNED, every, LISTENER } from "./every.ts";
import type { PackageModel } from "./primitive.ts";

/** Every kind of target declares its own `addEventListener`, so the owner is left open. */
export const dom: PackageModel = {
  modules: ["lib", "node:worker_threads"],
  calls: {
    "*.addEventListener": {
      reason: "Dispatching an event ignores what listeners return; a rejection is unhandled.",
      callbacks: { 1: LISTENER },
    },
    ...every(
      ["MutationObserver", "IntersectionObserver", "ResizeObserver", "PerformanceObserver"],
      {
        reason: "Observers call back from the event loop and ignore what is returned.",
        callbacks: { 0: LISTENER },
      },
    ),
    FinalizationRegistry: {
      reason: "Called some time after a garbage collection; what is returned is ignored.",
      callbacks: { 0: LISTENER },
    },
    "ServiceWorkerGlobalScope.skipWaiting": {
      reason:
        "It takes effect whether or not anybody waits, so that the promise can be ignored: " +
        "https://developer.mozilla.org/docs/Web/API/ServiceWorkerGlobalScope/skipWaiting.",
      result: "floats",
    },
    "LockManager.request": {
      reason: "The lock is held until the promise that the callback returns has settled.",
      callbacks: { 1: AWAITED_AND_RETURNED, 2: AWAITED_AND_RETURNED },
      lock: { does: "run", key: 0 },
    },
    "Document.startViewTransition": {
      reason: "The transition waits for the promise that the callback returns.",
      callbacks: { 0: AWAITED },
    },
  },
};
