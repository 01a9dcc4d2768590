import type { PackageModel, TypeModel } from "./primitive.ts";

// Events that come whether or not anybody listens yet, because what they tell of has begun when the
// emitter was made or handed over. Streams are left out: they begin to flow when they are listened to.

/** The same statement about values of several types. */
function each(names: readonly string[], model: TypeModel): Record<string, TypeModel> {
  return Object.fromEntries(names.map((name) => [name, model]));
}

export const arrivals: readonly PackageModel[] = [
  {
    modules: ["node:child_process"],
    types: each(["ChildProcess", "ChildProcessByStdio", "ChildProcessWithoutNullStreams"], {
      reason: "The process runs from the start, and may have ended by the next turn.",
      comes: ["spawn", "error", "exit", "close", "disconnect"],
    }),
  },
  {
    modules: ["node:worker_threads"],
    types: each(["Worker"], {
      reason: "The thread runs from the start, and what it sends is told at once.",
      comes: ["online", "message", "messageerror", "error", "exit"],
    }),
  },
  {
    modules: ["node:http", "node:https"],
    types: each(["ClientRequest"], {
      reason: "A response that nobody listens for is thrown away when it comes.",
      comes: ["socket", "response", "error", "timeout", "close"],
    }),
  },
  {
    modules: ["ws"],
    types: each(["WebSocket", "default"], {
      reason: "The other side may send as soon as it is connected; ws keeps nothing for later.",
      comes: ["open", "upgrade", "message", "error", "close"],
    }),
  },
  {
    modules: ["lib"],
    types: each(["WebSocket", "EventSource"], {
      reason: "It connects when it is made, and what comes is told at once.",
      comes: ["open", "message", "error", "close"],
    }),
  },
];
