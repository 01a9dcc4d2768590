import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Rule } from "../../analysis/rule.ts";
import { lostUpdate } from "../../rules/lost-update/lost-update.ts";
import { racyLazyInit } from "../../rules/racy-lazy-init/racy-lazy-init.ts";
import {
  droppedPromise,
  findingsOf,
  markedBy,
  SHOP,
  SMALL_RULES,
  smallAnalyser,
  TSCONFIG,
} from "../harness/small-project.ts";

// After any edits the findings are those of an analyser that has seen nothing before.

// Each variant is a whole text. They change bodies, written and inferred types, imports, what shows
// through, global declarations, and whether the file is there.
type Variants = Readonly<Record<string, readonly (string | undefined)[]>>;
const VARIANTS: Variants = {
  "/store.ts": [
    SHOP["/store.ts"],
    "export function load(id: number): string { throw id; }\nexport const save = load;",
    "export function load(id: number): Promise<string> { return Promise.resolve('' + id); }",
    "// moved\n\nexport function load(id: number): string { throw id; }\nexport async function save(id: number) { throw id; }",
    undefined,
  ],
  "/cart.ts": [
    SHOP["/cart.ts"],
    'import * as store from "./store";\nexport const add = store.save;\nstore.load(1);',
    'import { load } from "./store";\nexport function add(id: number): void { if (id) throw load(id); }',
    'export { load as add, save } from "./store";',
    'export const add = (id: number) => import("./store").then((it) => it.load(id));',
  ],
  "/order.ts": [
    SHOP["/order.ts"],
    'import { add } from "./cart";\nexport type Order = { add(id: number): ReturnType<typeof add> };\nexport const place = () => add(1);',
    'import { now } from "./clock";\nexport interface Order { add(id: number): void }\nexport function place(): void { now(); }',
    "export interface Order { add(id: number): Promise<void> }\nexport async function place() {}",
  ],
  "/page.ts": [
    SHOP["/page.ts"],
    'import { place, type Order } from "./order";\nexport class Page {\n  order;\n  constructor(it: Order) { this.order = it; }\n}\nplace(); new Page({ add: place }).order.add(1);',
  ],
  "/clock.ts": [
    SHOP["/clock.ts"],
    'import { save } from "./store";\ndeclare global { var tick: typeof save; }\nexport function now(): number { save(1); return 1; }',
    "export function now(): number { throw tick; }\nlog();",
    "function log(): Promise<void> { throw 1; }",
  ],
  "/tool.js": [
    undefined,
    'const { load } = require("./store");\nload(1);\nexports.tool = () => load(2);',
    'import { tick } from "./clock";\nimport { add } from "./cart";\nadd(1); tick; globalThis.tick?.(1); log();',
  ],
};

// What a caller is told rests on the body of what it calls, one and two files away.
const RACES: Variants = {
  "/service.ts": [
    `
      import { state } from "./state";
      import { isOpen, put } from "./access";
      declare function load(): Promise<number>;
      export async function add(): Promise<void> {
        const count = state.count;
        const more = await load();
        put(state, count + more);
      }
      export async function fill(): Promise<void> {
        if (isOpen(state)) return;
        state.open = await load();
      }
    `,
    `
      import { state } from "./state";
      import { put } from "./access";
      declare function load(): Promise<number>;
      export async function add(): Promise<void> {
        put(state, state.count + (await load()));
      }
    `,
  ],
  "/access.ts": [
    `
      import type { State } from "./state";
      import { store } from "./deep";
      export function put(it: State, count: number): void { store(it, count); }
      export function isOpen(it: State): boolean { return it.open !== undefined; }
    `,
    `
      import type { State } from "./state";
      export function put(it: State, count: number): void { it.count = count; }
      export function isOpen(it: State): boolean { return it.count > 0; }
    `,
    `
      import type { State } from "./state";
      export function put(it: State, count: number): void { it.count = Math.max(it.count, count); }
      export function isOpen(): boolean { return true; }
    `,
    undefined,
  ],
  "/deep.ts": [
    `
      import type { State } from "./state";
      export function store(it: State, count: number): void { it.count = count; }
    `,
    `
      import type { State } from "./state";
      export function store(it: State, count: number): void { if (it.count < count) it.count = count; }
    `,
  ],
  "/state.ts": [
    `
      export interface State { count: number; open?: number }
      export const state: State = { count: 0 };
    `,
    `
      export interface State { count: number; open?: number }
      export function make(): State { return { count: 0 }; }
      export const state = make();
    `,
  ],
};

test.each<[string, readonly Rule[], Variants, number]>([
  ["types alone", [droppedPromise], VARIANTS, 25],
  ["types and bodies", SMALL_RULES, VARIANTS, 25],
  ["what called functions do", [lostUpdate, racyLazyInit], RACES, 15],
])(
  "after any edits, the findings are those of a fresh analyser: %s",
  (_, rules, variants, runs) => {
    const paths = Object.keys(variants);
    const edit = fc
      .constantFrom(...paths)
      .chain((path) => fc.constantFrom(...(variants[path] ?? [])).map((text) => ({ path, text })));
    const steps = fc.array(fc.tuple(fc.array(edit, { minLength: 1, maxLength: 2 }), fc.boolean()), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(steps, (edits) => {
        const analyser = smallAnalyser({ "/tsconfig.json": TSCONFIG }, { rules });
        const texts = new Map<string, string>();
        const first = paths.map((path) => ({ path, text: variants[path]?.[0] }));
        for (const [changes, looks] of [[first, true] as const, ...edits]) {
          const before = new Map(
            [...texts.keys()].map((it) => [it, JSON.stringify([...analyser.check([it])])]),
          );
          const affected = new Set(analyser.change(changes));
          for (const { path, text } of changes) {
            if (text === undefined) texts.delete(path);
            else texts.set(path, text);
          }
          analyser.open([...texts.keys()]);
          if (!looks) continue;
          const files = { "/tsconfig.json": TSCONFIG, ...Object.fromEntries(texts) };
          const fresh = smallAnalyser(files, { rules });
          fresh.open([...texts.keys()]);
          expect(findingsOf(analyser)).toEqual(findingsOf(fresh));
          for (const [path, was] of before) {
            const is = JSON.stringify([...analyser.check([path])]);
            if (texts.has(path) && is !== was)
              expect(affected, `${path} was not named`).toContain(path);
          }
        }
      }),
      { numRuns: runs, seed: 1 },
    );
  },
);

test("after an edit of what a caller calls, two files away, the caller is told anew", () => {
  const files = { "/tsconfig.json": TSCONFIG };
  const texts = Object.entries(RACES).map(([path, [text]]) => ({ path, text }));
  const analyser = smallAnalyser(files, { rules: [lostUpdate, racyLazyInit] });
  analyser.change(texts);
  analyser.open(Object.keys(RACES));
  expect(markedBy(analyser)).toEqual([
    "/service.ts lost-update: put(state, count + more)",
    "/service.ts racy-lazy-init: state.open = await load()",
  ]);
  const [, text] = RACES["/deep.ts"] ?? [];
  expect(analyser.change([{ path: "/deep.ts", text }])).toContain("/service.ts");
  expect(markedBy(analyser)).toEqual(["/service.ts racy-lazy-init: state.open = await load()"]);
});
