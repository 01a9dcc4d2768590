import type { PackageModel, ScopeModel } from "./primitive.ts";

// Code that a framework runs when a component appears, and how that code says what to undo.

const RETURNS: ScopeModel = {
  reason: "The function that it returns is called before it runs again, and at the end.",
  runs: 0,
  cleanup: "returned",
};
const RETURNS_AND_REPEATS: ScopeModel = { ...RETURNS, repeats: 1 };
const WATCHES: ScopeModel = {
  reason: "It runs again at each change; functions that are handed to onCleanup run before that.",
  runs: 1,
  cleanup: ["onCleanup", "onInvalidate", "onWatcherCleanup", "onScopeDispose", "onUnmounted"],
  repeats: "always",
};

export const scopes: readonly PackageModel[] = [
  {
    modules: ["react", "preact/hooks", "preact"],
    scopes: {
      "React.useEffect": RETURNS_AND_REPEATS,
      "React.useLayoutEffect": RETURNS_AND_REPEATS,
      "React.useInsertionEffect": RETURNS_AND_REPEATS,
      useEffect: RETURNS_AND_REPEATS,
      useLayoutEffect: RETURNS_AND_REPEATS,
    },
  },
  {
    modules: ["svelte"],
    scopes: { onMount: RETURNS, $effect: { ...RETURNS, repeats: "always" } },
  },
  {
    modules: ["vue", "@vue/runtime-core", "@vue/reactivity", "@vue/runtime-dom"],
    scopes: {
      watch: WATCHES,
      watchEffect: { ...WATCHES, runs: 0 },
      watchPostEffect: { ...WATCHES, runs: 0 },
      watchSyncEffect: { ...WATCHES, runs: 0 },
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
        repeats: "always",
      },
    },
  },
];
