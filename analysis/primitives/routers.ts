import { every, everyMember, HANDLER } from "./every.ts";
import type { CallModel, PackageModel } from "./primitive.ts";

// Navigation in the browser. The promise tells when the new page is there; failures go to the
// router's own error handling, and after a click nobody is left who could wait.

const NAVIGATES: CallModel = {
  reason: "The router owns the navigation and shows its errors; waiting for it is optional.",
  result: "floats",
};

export const routers: readonly PackageModel[] = [
  {
    modules: ["next"],
    calls: everyMember(["Router", "BaseRouter"], ["push", "replace", "prefetch"], NAVIGATES),
  },
  {
    modules: [
      "react-router",
      "react-router-dom",
      "@remix-run/react",
      "@remix-run/router",
      "@tanstack/react-router",
      "@tanstack/router-core",
    ],
    calls: {
      // Values of these types are called as functions: `const navigate = useNavigate()`.
      ...every(
        [
          "NavigateFunction",
          "SubmitFunction",
          "FetcherSubmitFunction",
          "FetcherLoadFunction",
          "UseNavigateResult",
          "NavigateFn",
        ],
        NAVIGATES,
      ),
      ...every(["load", "submit", "revalidate"], NAVIGATES),
      ...everyMember(
        ["Router", "Router$1", "RouterCore", "DataRouter"],
        ["navigate", "revalidate", "fetch", "invalidate", "preloadRoute"],
        NAVIGATES,
      ),
    },
  },
  {
    modules: ["vue-router"],
    calls: {
      ...everyMember(
        ["Router", "EXPERIMENTAL_Router_Base", "EXPERIMENTAL_Router"],
        ["push", "replace"],
        NAVIGATES,
      ),
      ...every(["*.beforeEach", "*.beforeResolve"], {
        reason: "A navigation waits for the promises of its guards.",
        callbacks: { 0: HANDLER },
      }),
    },
  },
  {
    modules: ["$app/navigation"],
    calls: every(
      ["goto", "invalidate", "invalidateAll", "refreshAll", "preloadData", "preloadCode"],
      NAVIGATES,
    ),
  },
  {
    modules: ["@angular/router"],
    calls: everyMember(["Router"], ["navigate", "navigateByUrl"], NAVIGATES),
  },
  {
    modules: ["expo-router"],
    calls: everyMember(["ImperativeRouter", "Router"], ["push", "replace", "navigate"], NAVIGATES),
  },
];
