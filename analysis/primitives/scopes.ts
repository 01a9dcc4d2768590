import type { PackageModel, ScopeModel } from "./primitive.ts";

// Code that a framework runs when a component appears, and how that code says what to undo.

const RETURNS: ScopeModel = {
  reason: "The function that it returns is called before it runs again, and at the end.",
  runs: 0,
  cleanup: "returned",
};

export const scopes: readonly PackageModel[] = [
  {
    modules: ["react", "preact/hooks", "preact"],
    scopes: {
      "React.useEffect": RETURNS,
      "React.useLayoutEffect": RETURNS,
      "React.useInsertionEffect": RETURNS,
      useEffect: RETURNS,
      useLayoutEffect: RETURNS,
    },
  },
  {
    modules: ["svelte"],
    scopes: { onMount: RETURNS },
  },
  {
    modules: ["vue", "@vue/runtime-core", "@vue/runtime-dom"],
    scopes: {
      onMounted: {
        reason: "What was begun is undone by the hooks that run when the component goes.",
        runs: 0,
        cleanup: ["onUnmounted", "onBeforeUnmount", "onScopeDispose", "onDeactivated"],
      },
    },
  },
  {
    modules: ["solid-js"],
    scopes: {
      onMount: {
        reason: "What was begun is undone by functions that are handed to onCleanup.",
        runs: 0,
        cleanup: ["onCleanup"],
      },
      createEffect: {
        reason: "What was begun is undone by functions that are handed to onCleanup.",
        runs: 0,
        cleanup: ["onCleanup"],
      },
    },
  },
];
