import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { Analyser } from "../../analysis/analyser.ts";
import { applyEdits } from "../../analysis/edit.ts";
import { packages } from "../../analysis/primitives/index.ts";
import { modelsOf } from "../../analysis/primitives/models.ts";
import { verifyFix } from "../../analysis/repair.ts";
import { defineRule } from "../../analysis/rule.ts";
import { RECOMMENDED } from "../../analysis/settings.ts";
import { limitFanOut } from "../../rules/fixes/map-limit.ts";
import { lostUpdate } from "../../rules/lost-update/lost-update.ts";
import { racyCacheFill } from "../../rules/racy-cache-fill/racy-cache-fill.ts";
import { racyLazyInit } from "../../rules/racy-lazy-init/racy-lazy-init.ts";
import { swallowedAbort } from "../../rules/swallowed-abort/swallowed-abort.ts";
import { unclearedRaceTimer } from "../../rules/uncleared-race-timer/uncleared-race-timer.ts";
import { memoryHost } from "./memory-host.ts";
import { TSCONFIG } from "./small-project.ts";

// Small projects in which a fix brings a primitive along, and what it makes of them.

const GLOBALS = readFileSync(new URL("../harness/globals.d.ts", import.meta.url), "utf8");
export const MANIFEST = { "/package.json": "{}" };

export const TIMERS = {
  ...MANIFEST,
  "/src/timers.d.ts": '/// <reference types="node" />',
  "/node_modules/@types/node/package.json": JSON.stringify({
    name: "@types/node",
    types: "index.d.ts",
  }),
  "/node_modules/@types/node/index.d.ts": GLOBALS,
};
/** The manifest of a project that asks for a package. */
export function asking(name: string): string {
  return JSON.stringify({ dependencies: { [name]: "*" } });
}

/** Offers to limit whatever is called `all`. */
const fanOut = defineRule({
  id: "fan-out",
  summary: "Everything is started at once.",
  severity: "hint",
  profile: "recommended",
  equivalents: [],
  on: { kinds: ["CallExpression"] },
  *check(call, program) {
    const fixes = limitFanOut(call, program);
    if (fixes.length > 0) yield { at: call, message: "All at once.", why: "", fixes };
  },
});

export function opened(files: Readonly<Record<string, string>>, runtimeFolder?: string) {
  const texts = { "/tsconfig.json": TSCONFIG, ...files };
  const analyser = new Analyser({
    host: memoryHost(texts),
    rules: [lostUpdate, racyLazyInit, racyCacheFill, fanOut, unclearedRaceTimer, swallowedAbort],
    models: modelsOf(packages),
    settingsFor: () => RECOMMENDED,
    keep: "all",
    ...(runtimeFolder === undefined ? {} : { runtimeFolder: () => runtimeFolder }),
  });
  analyser.open(Object.keys(texts).filter((it) => /^\/(?!node_modules).*\.[jt]s$/.test(it)));
  return analyser;
}

/** What the fix with such a title makes of the file, after it has been tried. */
export function repairedBy(title: RegExp, path: string, files: Readonly<Record<string, string>>) {
  const analyser = opened(files);
  for (const { findings } of analyser.check()) {
    for (const report of findings) {
      const fix = report.fixes.find((it) => title.test(it.title));
      if (fix === undefined) continue;
      expect(verifyFix(analyser, report, fix), fix.title).toBe("ok");
      return applyEdits(files[path] ?? "", fix.edits);
    }
  }
  return undefined;
}

export function withTypes(name: string, types: string): Record<string, string> {
  return {
    [`/node_modules/${name}/package.json`]: JSON.stringify({ name, types: "index.d.ts" }),
    [`/node_modules/${name}/index.d.ts`]: types,
  };
}
