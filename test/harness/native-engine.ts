import { ts } from "ts-morph";
import { openNative } from "../../analysis/engine/native.ts";
import type { Engine } from "../../analysis/engine/type-engine.ts";
import type { OpenEngine } from "./check-page.ts";
import { memoryHost } from "./memory-host.ts";
import { PAGE_OPTIONS } from "./page-options.ts";

/** Over TypeScript 7's server, which is started when it is first asked something. */
export const openOverNative: OpenEngine = (files) => {
  let engine: Engine | undefined;
  const opened = () => (engine ??= open(files));
  opens.push(() => engine?.dispose());
  return {
    version: "native",
    snapshot: () => opened().snapshot(),
    change: (changes, roots) => opened().change(changes, roots),
    dispose: () => engine?.dispose(),
  };
};

const opens: (() => void)[] = [];

/** Ends the servers that the tests of a file have started. */
export function disposeAll(): void {
  for (const dispose of opens.splice(0)) dispose();
}

function open(files: Readonly<Record<string, string>>): Engine {
  return openNative({
    host: memoryHost(files),
    files: Object.keys(files),
    config: undefined,
    compilerOptions: WRITTEN,
    packages: "host",
    from: import.meta.url,
  });
}

/** The options of pages as a config would have them: by name, where the compiler has numbers. */
const WRITTEN = {
  ...PAGE_OPTIONS,
  target: nameOf(ts.ScriptTarget, PAGE_OPTIONS.target),
  module: nameOf(ts.ModuleKind, PAGE_OPTIONS.module),
  moduleResolution: nameOf(ts.ModuleResolutionKind, PAGE_OPTIONS.moduleResolution),
  jsx: nameOf(ts.JsxEmit, PAGE_OPTIONS.jsx),
  moduleDetection: "force",
  lib: PAGE_OPTIONS.lib?.map((it) => it.replace(/^lib\.|\.d\.ts$/g, "")),
};

function nameOf(names: Readonly<Record<number, string>>, value: number | undefined) {
  return value === undefined ? undefined : names[value]?.toLowerCase();
}
