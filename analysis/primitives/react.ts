import { AWAITED, every, LATER } from "./every.ts";
import type { PackageModel } from "./primitive.ts";

export const react: PackageModel = {
  modules: ["react"],
  calls: {
    ...every(["React.useEffect", "React.useLayoutEffect", "React.useInsertionEffect"], {
      reason: "What an effect returns is its cleanup; a promise is dropped with a warning.",
      callbacks: { 0: LATER },
    }),
    "React.useCallback": {
      reason: "It gives the function back, so that what matters is where that is put.",
      callbacks: { 0: { runs: "later", result: "collected", repeats: true } },
    },
    ...every(["React.useMemo", "React.useState"], {
      reason: "Runs while rendering, and what it returns is the value.",
      callbacks: { 0: { runs: "now", result: "collected" } },
    }),
    ...every(
      ["React.startTransition", "React.TransitionStartFunction", "TransitionStartFunction"],
      {
        reason: "Since React 19 a transition lasts until the promise of its action has settled.",
        callbacks: { 0: AWAITED },
      },
    ),
  },
};
