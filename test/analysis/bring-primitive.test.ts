import { expect, test } from "vitest";
import type { Analyser } from "../../analysis/analyser.ts";
import { repair, verifyFix } from "../../analysis/repair.ts";
import type { FixReport, Report } from "../../analysis/report.ts";
import { asking, MANIFEST, opened, repairedBy, TIMERS, withTypes } from "../harness/bringing.ts";

// Where a fix gets a primitive from, asked of the one that lets one call run at a time.

const STOCK = `let stock = 10;

export async function sell(item: string, notify: (item: string) => Promise<void>) {
  const left = stock;
  await notify(item + left);
  stock = left - 1;
}
`;
const MUTEX = `export declare class Mutex {
  runExclusive<T>(work: () => T | Promise<T>): Promise<T>;
}
`;

const PAGES = `declare function load(id: string): Promise<number>;
export const pages = (ids: readonly string[]) => Promise.all(ids.map((id) => load(id)));
`;

function installed(name: string): Record<string, string> {
  return withTypes(name, MUTEX);
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
  const path = "/src/pages.ts";
  return repairedBy(/at most|Limit|Leave the attempts/, path, { [path]: text, ...files });
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
  expect(limited(withTypes("p-map", text))).toContain(
    "pMap(ids, (id) => load(id), { concurrency: 8 });",
  );
});

const P_TIMEOUT = {
  ...TIMERS,
  "/package.json": asking("p-timeout"),
  ...withTypes(
    "p-timeout",
    `export default function pTimeout<T>(
      work: PromiseLike<T>, options: { milliseconds: number; message?: string | Error },
    ): Promise<T>;`,
  ),
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
