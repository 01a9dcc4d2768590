import { everyMember } from "./every.ts";
import type { PackageModel } from "./primitive.ts";

// Calls at the end of something that cannot fail, or see to a failure themselves.

export const endings: readonly PackageModel[] = [
  {
    modules: ["chokidar"],
    calls: everyMember(["FSWatcher"], ["close"], {
      reason: "It drops the watches, which reports no error: the promise is resolved at once.",
      result: "settles",
    }),
  },
  {
    modules: ["mysql2"],
    calls: everyMember(["Connection", "PoolConnection"], ["end"], {
      reason: "The connection gets `resolve` to call and no `reject`: it never rejects.",
      result: "settles",
    }),
  },
  {
    modules: ["citty"],
    calls: {
      runMain: {
        reason: "It prints the error of the command and ends the process with 1.",
        result: "settles",
      },
    },
  },
];
