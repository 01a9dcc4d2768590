import { expect, test } from "vitest";
import { asking, repairedBy, TIMERS, withTypes } from "../harness/bringing.ts";

// What is done once, or once for each key, by a primitive of the runtime or of a library.

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
