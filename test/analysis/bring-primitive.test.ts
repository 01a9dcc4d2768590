import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Analyser } from "../../analysis/analyser.ts";
import { packages } from "../../analysis/primitives/index.ts";
import { modelsOf } from "../../analysis/primitives/models.ts";
import { repair, verifyFix } from "../../analysis/repair.ts";
import type { FixReport, Report } from "../../analysis/report.ts";
import { applyEdits } from "../../analysis/edit.ts";
import { defineRule } from "../../analysis/rule.ts";
import { RECOMMENDED } from "../../analysis/settings.ts";
import { limitFanOut } from "../../rules/fixes/map-limit.ts";
import { lostUpdate } from "../../rules/lost-update/lost-update.ts";
import { racyCacheFill } from "../../rules/racy-cache-fill/racy-cache-fill.ts";
import { racyLazyInit } from "../../rules/racy-lazy-init/racy-lazy-init.ts";
import { swallowedAbort } from "../../rules/swallowed-abort/swallowed-abort.ts";
import { unclearedRaceTimer } from "../../rules/uncleared-race-timer/uncleared-race-timer.ts";
import { memoryHost } from "../harness/memory-host.ts";
import { TSCONFIG } from "../harness/small-project.ts";

// Where a fix gets a primitive from, asked of the one that lets one call run at a time.

const STOCK = `let stock = 10;

export async function sell(item: string, notify: (item: string) => Promise<void>) {
  const left = stock;
  await notify(item + left);
  stock = left - 1;
}
`;
const GLOBALS = readFileSync(new URL("../harness/globals.d.ts", import.meta.url), "utf8");
const MANIFEST = { "/package.json": "{}" };

/** The manifest of a project that asks for a package. */
function asking(name: string): string {
  return JSON.stringify({ dependencies: { [name]: "*" } });
}

const MUTEX = `export declare class Mutex {
  runExclusive<T>(work: () => T | Promise<T>): Promise<T>;
}
`;

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

const PAGES = `declare function load(id: string): Promise<number>;
export const pages = (ids: readonly string[]) => Promise.all(ids.map((id) => load(id)));
`;

function installed(name: string): Record<string, string> {
  return {
    [`/node_modules/${name}/package.json`]: JSON.stringify({ name, types: "index.d.ts" }),
    [`/node_modules/${name}/index.d.ts`]: MUTEX,
  };
}

function opened(files: Readonly<Record<string, string>>, runtimeFolder?: string) {
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

/** The fix in question, tried. */
function lockIn(analyser: Analyser): { report: Report; fix: FixReport } | undefined {
  for (const { findings } of analyser.check()) {
    for (const report of findings) {
      const fix = report.fixes.find((it) => it.title.includes("under a lock"));
      if (fix === undefined) continue;
      expect(verifyFix(analyser, report, fix), fix.title).toBe("ok");
      return { report, fix };
    }
  }
  return undefined;
}

function importIn(fix: FixReport | undefined): string | undefined {
  return fix?.edits
    .map((it) => /(?:import|require).*?["'](.+?)["']/.exec(it.text)?.[1])
    .find((it) => it !== undefined);
}

test("the runtime comes first", () => {
  const analyser = opened({
    "/src/stock.ts": STOCK,
    ...installed("mooring-runtime"),
    ...installed("async-mutex"),
  });
  const found = lockIn(analyser);
  expect(importIn(found?.fix)).toBe("mooring-runtime");
  expect(found?.fix.creates).toBeUndefined();
});

test("a library for the same that is there comes before a new file", () => {
  const analyser = opened({ "/src/stock.ts": STOCK, ...installed("async-mutex") });
  expect(importIn(lockIn(analyser)?.fix)).toBe("async-mutex");
});

test("else the file of the primitive comes along, and nothing of it stays when it was only tried", () => {
  const analyser = opened({ "/src/deep/stock.ts": STOCK, ...MANIFEST });
  const found = lockIn(analyser);
  expect(importIn(found?.fix)).toBe("../mooring/mutex");
  expect(found?.fix.creates?.map((it) => it.file)).toEqual(["/src/mooring/mutex.ts"]);
  expect(found?.fix.title).toContain("which comes as 'mutex.ts'");
  expect(analyser.textOf("/src/mooring/mutex.ts")).toBeUndefined();
});

test("a file that came earlier is used again", () => {
  const first = lockIn(opened({ "/src/stock.ts": STOCK, ...MANIFEST }))?.fix.creates?.[0];
  const analyser = opened({
    "/src/stock.ts": STOCK,
    ...MANIFEST,
    [first?.file ?? ""]: first?.text ?? "",
  });
  const found = lockIn(analyser);
  expect(importIn(found?.fix)).toBe("./mooring/mutex");
  expect(found?.fix.creates).toBeUndefined();
});

test("the configuration says where such files are", () => {
  const analyser = opened({ "/src/stock.ts": STOCK, ...MANIFEST }, "/lib/tools");
  const found = lockIn(analyser);
  expect(importIn(found?.fix)).toBe("../lib/tools/mutex");
  expect(found?.fix.creates?.map((it) => it.file)).toEqual(["/lib/tools/mutex.ts"]);
});

test("where imports need endings, this one has one", () => {
  const options = { strict: true, target: "es2022", module: "nodenext", types: [] };
  const analyser = opened({
    "/src/stock.ts": STOCK,
    "/package.json": JSON.stringify({ type: "module" }),
    "/tsconfig.json": JSON.stringify({ compilerOptions: options }),
  });
  expect(importIn(lockIn(analyser)?.fix)).toBe("./mooring/mutex.js");
});

test("a file of TypeScript is nothing for JavaScript", () => {
  const text = STOCK.replace(
    /: string|: \(item\) => Promise<void>|: \(item: string\) => Promise<void>/g,
    "",
  );
  const config = JSON.stringify({
    compilerOptions: { allowJs: true, target: "es2022", types: [] },
  });
  const analyser = opened({ "/src/stock.js": text, ...MANIFEST, "/tsconfig.json": config });
  expect([...analyser.check()].flatMap((it) => it.findings)).toHaveLength(1);
  expect(lockIn(analyser)).toBeUndefined();
});

test("two fixes bring the same file once", () => {
  const other = STOCK.replaceAll("stock", "seats").replace("sell", "book");
  const analyser = opened({ "/src/stock.ts": STOCK, "/src/seats.ts": other, ...MANIFEST });
  // The fixes before the one in question do not fit code that uses the old value twice.
  const { created, files, refused } = repair(analyser, ["/src/stock.ts", "/src/seats.ts"], {
    safety: "suggestion",
  });
  expect(refused).toEqual([]);
  expect(files).toHaveLength(2);
  expect(created.map((it) => it.file)).toEqual(["/src/mooring/mutex.ts"]);
});

/** What the limiting fix makes of the text. */
function limited(files: Readonly<Record<string, string>>, text = PAGES): string | undefined {
  const analyser = opened({ "/src/pages.ts": text, ...files });
  for (const { findings } of analyser.check()) {
    for (const report of findings) {
      const fix = report.fixes.find((it) => /at most|Limit|Leave the attempts/.test(it.title));
      if (fix === undefined) continue;
      expect(verifyFix(analyser, report, fix), fix.title).toBe("ok");
      return applyEdits(text, fix.edits);
    }
  }
  return undefined;
}

test("a fan-out gets a limit from the runtime's mapLimit", () => {
  expect(limited(MANIFEST)).toBe(`import { mapLimit } from "./mooring/map-limit";

declare function load(id: string): Promise<number>;
export const pages = (ids: readonly string[]) => mapLimit(ids, 8, (id) => load(id));
`);
});

test("a fan-out gets a limit from p-map where the project has that", () => {
  const text = `export default function pMap<T, R>(
    items: Iterable<T>, work: (item: T, index: number) => R | Promise<R>, options?: { concurrency?: number },
  ): Promise<R[]>;`;
  const files = {
    "/node_modules/p-map/package.json": JSON.stringify({ name: "p-map", types: "index.d.ts" }),
    "/node_modules/p-map/index.d.ts": text,
  };
  expect(limited(files)).toContain("pMap(ids, (id) => load(id), { concurrency: 8 });");
});

const TIMERS = {
  ...MANIFEST,
  "/src/timers.d.ts": '/// <reference types="node" />',
  "/node_modules/@types/node/package.json": JSON.stringify({
    name: "@types/node",
    types: "index.d.ts",
  }),
  "/node_modules/@types/node/index.d.ts": GLOBALS,
};
const P_TIMEOUT = {
  ...TIMERS,
  "/package.json": asking("p-timeout"),
  "/node_modules/p-timeout/package.json": JSON.stringify({
    name: "p-timeout",
    types: "index.d.ts",
  }),
  "/node_modules/p-timeout/index.d.ts": `export default function pTimeout<T>(
    work: PromiseLike<T>, options: { milliseconds: number; message?: string | Error },
  ): Promise<T>;`,
};

function race(reason: string): string {
  return `declare function load(id: string): Promise<number>;
class TooSlow extends Error {}
export const unused = TooSlow;
export async function page(id: string) {
  return await Promise.race([
    load(id),
    new Promise<never>((_, reject) => {
      setTimeout(() => {
        reject(${reason});
      }, 5_000);
    }),
  ]);
}
`;
}

test("a race against a timer becomes timeout, of the runtime or of p-timeout", () => {
  const text = race("new Error(`no page ${id}`)");
  const own = "return await timeout(5_000, () => load(id), { message: `no page ${id}` });";
  expect(limited(TIMERS, text)).toContain(own);
  const library =
    "return await pTimeout(load(id), { milliseconds: 5_000, message: `no page ${id}` });";
  expect(limited(P_TIMEOUT, text)).toContain(library);
  expect(limited(TIMERS, race("new Error()"))).toContain("timeout(5_000, () => load(id));");
});

test("a race that somebody may tell by its error stays a race", () => {
  expect(limited(TIMERS, race("new TooSlow()"))).toBeUndefined();
  expect(limited(TIMERS, race("'late'"))).toBeUndefined();
  expect(limited(TIMERS, race('new Error("late", { cause: id })'))).toBeUndefined();
});

/** A function that tries again in a loop, with other words for some of its own. */
function attempts(change: Readonly<Record<string, string>> = {}): string {
  const text = `declare function load(id: string, options: { signal?: AbortSignal }): Promise<number>;
declare function report(error: unknown): void;
function sleep(ms: number) {
  return new Promise<void>((resolve) => setTimeout(resolve, ms));
}
export async function page(id: string, tries: number, signal: AbortSignal) {
  for (let n = 0; n < 3; n++) {
    try {
      return await load(id, { signal });
    } catch (error) {
      if (n === 2) throw error;
      await sleep(50);
    }
  }
  throw new Error();
}
`;
  return Object.entries(change).reduce((left, [from, to]) => {
    expect(left).toContain(from);
    return left.replace(from, to);
  }, text);
}

test.each([
  [{}, 'retries: 2, base: 50, factor: 1, jitter: "none", signal'],
  [{ "sleep(50)": "sleep(50 * 2 ** n)" }, 'retries: 2, base: 50, jitter: "none", signal'],
  [{ "n = 0; n <": "n = 1; n <=" }, 'retries: 2, base: 50, factor: 1, jitter: "none", signal'],
  [{ "n < 3": "n < tries" }, 'retries: tries - 1, base: 50, factor: 1, jitter: "none", signal'],
  [
    { "await sleep(50);": "report(error);" },
    "retries: 2, base: 0, onRetry: (error) => report(error), signal",
  ],
])("a loop of attempts becomes retry: %j", (change, options) => {
  const found = limited(TIMERS, attempts(change));
  expect(found).toContain(`return retry(() => load(id, { signal }), { ${options} });\n}`);
  expect(found).not.toContain("throw");
});

test.each([
  ["the wait grows in another way", { "sleep(50)": "sleep(50 * n)" }],
  ["the attempt is numbered", { "load(id,": "load(`${id}/${n}`," }],
  ["a step of its own", { "await sleep(50);": "await sleep(50); id += '!';" }],
  ["it ends without an error", { "throw new Error();": "return 0;", "number>;": "number>;" }],
  ["more than a count decides", { "n === 2": "n === 2 || id === ''" }],
  ["a comment would be lost", { "await sleep(50);": "await sleep(50); // the server is slow" }],
  ["not every number is tried", { "n++": "n += 2" }],
])("a loop stays where retry would do something else: %s", (_, change) => {
  expect(limited(TIMERS, attempts(change))).toBeUndefined();
});

/** What the fix with such a title makes of the file, after it has been tried. */
function repairedBy(title: RegExp, path: string, files: Readonly<Record<string, string>>) {
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

function withTypes(name: string, types: string): Record<string, string> {
  return {
    [`/node_modules/${name}/package.json`]: JSON.stringify({ name, types: "index.d.ts" }),
    [`/node_modules/${name}/index.d.ts`]: types,
  };
}

const RUNTIME = withTypes(
  "mooring-runtime",
  `export declare class Mutex { runExclusive<T>(work: () => T | PromiseLike<T>): Promise<T>; }
  export declare class KeyedMutex<K> {
    runExclusive<T>(key: K, work: () => T | PromiseLike<T>): Promise<T>;
  }
  export declare function once<T>(work: () => T | PromiseLike<T>): () => Promise<T>;
  export declare function singleFlight<A extends readonly unknown[], T>(
    work: (...args: A) => T | PromiseLike<T>,
  ): (...args: A) => Promise<T>;`,
);

const LAZY = `import { Mutex } from 'mooring-runtime'

export const mutex = new Mutex()
declare function load(path: string): Promise<string>
let motto: string | undefined
export async function greet(name: string) {
    motto ??= await load('motto')
    return motto + name
}
`;

test("once joins the import that is there, in the file's own style", () => {
  const files = { "/src/motto.ts": LAZY, ...RUNTIME };
  expect(
    repairedBy(/'once'/, "/src/motto.ts", files),
  ).toBe(`import { Mutex, once } from 'mooring-runtime'

export const mutex = new Mutex()
declare function load(path: string): Promise<string>
let motto: string | undefined
const loadOnce = once(() => load('motto'))
export async function greet(name: string) {
    motto ??= await loadOnce()
    return motto + name
}
`);
  const shared = repairedBy(/wait for the same/, "/src/motto.ts", files);
  expect(shared).toContain(`let mottoPending: Promise<string> | undefined
export async function greet(name: string) {
    motto ??= await (mottoPending ??= load('motto').catch((error: unknown) => {
        mottoPending = undefined
        throw error
    }))
`);
});

test("once is p-memoize where the project has that", () => {
  const text = LAZY.replace(/import .*/, "").replace(/export const mutex.*/, "export {}");
  const types = `export default function pMemoize<A extends readonly unknown[], T>(
    work: (...args: A) => Promise<T>,
  ): (...args: A) => Promise<T>;`;
  const files = { "/src/motto.ts": text, ...withTypes("p-memoize", types) };
  const repaired = repairedBy(/'pMemoize'/, "/src/motto.ts", files);
  expect(repaired).toContain("import pMemoize from 'p-memoize'");
  expect(repaired).toContain("const loadOnce = pMemoize(() => load('motto'))");
});

test("JavaScript gets a shared run for each key from the runtime, by require", () => {
  const text = `'use strict'

const { load } = require('./store')

const texts = new Map()

async function textOf(id) {
  if (!texts.has(id)) {
    const text = await load(id)
    texts.set(id, text)
  }
  return texts.get(id)
}

module.exports = { textOf }
`;
  const files = {
    "/tsconfig.json": JSON.stringify({
      compilerOptions: { allowJs: true, module: "commonjs", strict: true, target: "es2022" },
    }),
    "/src/store.js": "exports.load = async (id) => id + (await Promise.resolve(id));\n",
    "/src/texts.js": text,
    ...TIMERS,
    ...RUNTIME,
    "/package.json": asking("mooring-runtime"),
  };
  expect(repairedBy(/'singleFlight'/, "/src/texts.js", files)).toBe(`'use strict'

const { singleFlight } = require('mooring-runtime')
const { load } = require('./store')

const texts = new Map()
const loadOnce = singleFlight(async (id) => {
  const loaded = await load(id)
  texts.set(id, loaded)
  return loaded
})

async function textOf(id) {
  if (!texts.has(id)) {
    await loadOnce(id)
  }
  return texts.get(id)
}

module.exports = { textOf }
`);
});

test("a lock for each key is async-lock where the project has that", () => {
  const text = `declare function price(id: string): Promise<number>;
const prices = new Map<string, number>();
export async function raise(id: string) {
  const before = prices.get(id) ?? 0;
  const by = await price(id);
  prices.set(id, before + by);
}
`;
  const types = `export default class AsyncLock {
    acquire<T>(key: string, work: () => T | PromiseLike<T>): Promise<T>;
  }`;
  const files = { "/src/prices.ts": text, ...withTypes("async-lock", types) };
  const repaired = repairedBy(/for each 'id'/, "/src/prices.ts", files);
  expect(repaired).toContain('import AsyncLock from "async-lock";');
  expect(repaired).toContain("const mutexes = new AsyncLock();");
  expect(repaired).toContain("return mutexes.acquire(id, async () => {");
  const own = repairedBy(/for each 'id'/, "/src/prices.ts", {
    "/src/prices.ts": text,
    ...RUNTIME,
  });
  expect(own).toContain("const mutexes = new KeyedMutex<string>();");
  expect(own).toContain("return mutexes.runExclusive(id, async () => {");
});
