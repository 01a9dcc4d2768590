import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Host } from "../../analysis/host.ts";
import type { Rule } from "../../analysis/rule.ts";
import { lostUpdate } from "../../rules/lost-update/lost-update.ts";
import { racyLazyInit } from "../../rules/racy-lazy-init/racy-lazy-init.ts";
import { memoryHost } from "../harness/memory-host.ts";
import {
  droppedPromise,
  findingsOf,
  markedBy,
  SMALL_RULES,
  smallAnalyser,
  TSCONFIG,
} from "../harness/small-project.ts";

const SHOP = {
  "/tsconfig.json": TSCONFIG,
  "/store.ts": `
    export function load(id: number): string { return "" + id; }
    export const save = (id: number) => { load(id); };
  `,
  "/cart.ts": `
    import { load, save } from "./store";
    export function add(id: number): void { load(id); save(id); }
  `,
  "/order.ts": `
    import { add } from "./cart";
    export interface Order { readonly add: typeof add }
    export function place(): void { add(1); }
  `,
  "/page.ts": `
    import { place, type Order } from "./order";
    export function show(order: Order): void { order.add(2); }
    place();
  `,
  "/clock.ts": "export function now(): number { return 1; }\nnow();",
};
/** With these, nobody looks into bodies, and what is affected is so because of types. */
const TYPES_ONLY = [droppedPromise];
const FILES = ["/store.ts", "/cart.ts", "/order.ts", "/page.ts", "/clock.ts"];

function opened(files: Readonly<Record<string, string>> = SHOP, rules = SMALL_RULES) {
  const analyser = smallAnalyser(files, { rules });
  analyser.open(Object.keys(files).filter((it) => !it.endsWith(".json")));
  findingsOf(analyser);
  return analyser;
}

describe("after an edit, these may differ", () => {
  test("a body that nobody looked into: the file alone", () => {
    const text = SHOP["/clock.ts"].replace("return 1", "return 2");
    expect(opened().change([{ path: "/clock.ts", text }])).toEqual(["/clock.ts"]);
  });

  test("a hidden body on which answers about other bodies rest: whoever is asked about on the way", () => {
    const analyser = opened();
    const text = SHOP["/store.ts"].replace("{ return", '{ throw new Error("gone"); return');
    const affected = analyser.change([{ path: "/store.ts", text }]);
    expect(affected).toEqual(["/store.ts", "/cart.ts", "/order.ts", "/page.ts"]);
    expect(findingsOf(analyser)).toEqual(findingsOf(opened({ ...SHOP, "/store.ts": text })));
    expect(markedBy(analyser)).toEqual(["/page.ts throwing-call: place()"]);
  });

  test("and those who were handed the answer that another had asked for", () => {
    const analyser = opened({
      "/tsconfig.json": TSCONFIG,
      "/asks-first.ts": 'import { add } from "./cart";\nadd();',
      "/cart.ts":
        'import { load } from "./store";\nexport function add(): void { load(); }\nadd();',
      "/store.ts": "export function load(): void {}",
    });
    const text = "export function load(): void { throw 1; }";
    const affected = analyser.change([{ path: "/store.ts", text }]);
    expect(affected).toEqual(["/store.ts", "/cart.ts", "/asks-first.ts"]);
    expect(markedBy(analyser)).toHaveLength(2);
  });

  test("and no longer those who do not ask any more", () => {
    const analyser = opened();
    const text = SHOP["/page.ts"].replace("place();", "");
    analyser.change([{ path: "/page.ts", text }]);
    findingsOf(analyser);
    const throwing = SHOP["/store.ts"].replace("{ return", '{ throw new Error("gone"); return');
    expect(analyser.change([{ path: "/store.ts", text: throwing }])).not.toContain("/page.ts");
  });

  test("a comment that documents nothing: the file alone, since nobody's view changes", () => {
    const analyser = opened({
      "/tsconfig.json": TSCONFIG,
      "/store.ts": "export declare function load(): Promise<void>;",
      "/cart.ts": 'import { load } from "./store"; void load;',
    });
    const text = "// Reads.\nexport declare function load(): Promise<void>;";
    expect(analyser.change([{ path: "/store.ts", text }])).toEqual(["/store.ts"]);
  });

  const LAYERS = {
    "/tsconfig.json": TSCONFIG,
    "/store.ts": "export declare function load(): void;",
    "/cart.ts": 'import { load } from "./store"; export function add(): void { load(); }',
    "/order.ts": 'import { add } from "./cart"; export const place = add;',
    "/page.ts": 'import { place } from "./order"; export function show(): void { place(); }',
    "/main.ts": 'import { show } from "./page"; export const shown: number = 1;',
  };

  test("a signature: its importers, and no further where they hide it", () => {
    const analyser = opened(LAYERS, TYPES_ONLY);
    const text = "export declare function load(): Promise<void>;";
    expect(analyser.change([{ path: "/store.ts", text }])).toEqual(["/store.ts", "/cart.ts"]);
    expect(markedBy(analyser)).toEqual(["/cart.ts dropped-promise: load()"]);
  });

  test("a signature: on from importers where it shows through", () => {
    const analyser = opened(LAYERS, TYPES_ONLY);
    const text = LAYERS["/cart.ts"].replace("add(): void", "add(): Promise<void>");
    const affected = analyser.change([{ path: "/cart.ts", text }]);
    expect(affected).toEqual(["/cart.ts", "/order.ts", "/page.ts"]);
    expect(markedBy(analyser)).toEqual(["/page.ts dropped-promise: place()"]);
  });

  test("a body without a written return type belongs to the signature", () => {
    const analyser = opened({
      "/tsconfig.json": TSCONFIG,
      "/store.ts": "export function load() { return 1; }",
      "/cart.ts": 'import { load } from "./store"; load();',
    });
    const text = "export function load() { return Promise.resolve(1); }";
    expect(analyser.change([{ path: "/store.ts", text }])).toEqual(["/store.ts", "/cart.ts"]);
    expect(markedBy(analyser)).toEqual(["/cart.ts dropped-promise: load()"]);
  });

  test("a new import that is used in a hidden body: the file alone", () => {
    const analyser = opened(LAYERS, TYPES_ONLY);
    const text = LAYERS["/cart.ts"].replace("load();", "load(); shown;");
    const imports = 'import { shown } from "./main";';
    const affected = analyser.change([{ path: "/cart.ts", text: imports + text }]);
    expect(affected).toEqual(["/cart.ts"]);
  });

  test("what is declared globally: everything", () => {
    const files = { ...LAYERS, "/globals.d.ts": "declare function log(): void;" };
    const analyser = opened(files);
    const text = "declare function log(): Promise<void>;";
    const affected = analyser.change([{ path: "/globals.d.ts", text }]);
    expect(affected).toHaveLength(Object.keys(files).length - 1);
    expect(affected[0]).toBe("/globals.d.ts");
  });

  test("what a global declaration is made of: everything", () => {
    const files = {
      ...LAYERS,
      "/log.ts": "export declare function log(): void;",
      "/globals.ts": 'import { log } from "./log"; declare global { var write: typeof log; }',
      "/tool.ts": "write(); export {};",
    };
    const analyser = opened(files, TYPES_ONLY);
    const text = "export declare function log(): Promise<void>;";
    expect(analyser.change([{ path: "/log.ts", text }])).toContain("/tool.ts");
    expect(markedBy(analyser)).toEqual(["/tool.ts dropped-promise: write()"]);
  });

  test("a global declaration that a hidden body brings in: everything", () => {
    const tool = "export function load(): void {}\nlog();";
    const files = {
      "/tsconfig.json": TSCONFIG,
      "/cart.ts": "export function add(): void {}",
      "/tool.ts": tool,
    };
    const log = "export {}; declare global { function log(): Promise<void>; }";
    const host = memoryHost({ ...files, "/lib/log.ts": log });
    const analyser = smallAnalyser({}, { host: withoutListing(host, "/lib"), rules: TYPES_ONLY });
    analyser.open(["/cart.ts", "/tool.ts"]);
    expect(markedBy(analyser)).toEqual([]);
    const text = 'export function add(): void { void import("./lib/log"); }';
    expect(analyser.change([{ path: "/cart.ts", text }])).toEqual(["/cart.ts", "/tool.ts"]);
    expect(markedBy(analyser)).toEqual(["/tool.ts dropped-promise: log()"]);
  });

  test("the same text again: nothing", () => {
    const text = SHOP["/store.ts"];
    expect(opened().change([{ path: "/store.ts", text }])).toEqual([]);
  });

  test("a note's place in a file whose body moved", () => {
    const analyser = opened();
    const path = "/store.ts";
    const throwing = SHOP[path].replace("{ return", '{ throw new Error("gone"); return');
    analyser.change([{ path, text: throwing }]);
    findingsOf(analyser);
    analyser.change([{ path, text: throwing.replace("{ throw", "{ id; throw") }]);
    expect(findingsOf(analyser)).toEqual(
      findingsOf(opened({ ...SHOP, [path]: throwing.replace("{ throw", "{ id; throw") })),
    );
  });
});

describe("files and configs that come and go", () => {
  test("an import that leads somewhere now, and no longer", () => {
    const files = {
      "/tsconfig.json": TSCONFIG,
      "/cart.ts": 'import { save } from "./save";\nsave();',
    };
    const analyser = opened(files, TYPES_ONLY);
    expect(markedBy(analyser)).toEqual([]);

    const text = "export declare function save(): Promise<void>;";
    expect(analyser.change([{ path: "/save.ts", text }])).toEqual(["/cart.ts"]);
    expect(markedBy(analyser)).toEqual(["/cart.ts dropped-promise: save()"]);

    expect(analyser.change([{ path: "/save.ts", text: undefined }])).toEqual(["/cart.ts"]);
    expect(markedBy(analyser)).toEqual([]);
  });

  test("in a folder that was not there", () => {
    const files = {
      "/tsconfig.json": TSCONFIG,
      "/a.ts": 'import { save } from "./deep/save";\nsave();',
    };
    const analyser = opened(files);
    const text = "export declare function save(): Promise<void>;";
    expect(analyser.change([{ path: "/deep/save.ts", text }])).toEqual(["/a.ts"]);
    expect(markedBy(analyser)).toEqual(["/a.ts dropped-promise: save()"]);
  });

  test("a file that is asked for later, while the others keep their results", () => {
    const analyser = opened();
    const text = 'import { add } from "./cart";\nadd(3);';
    analyser.change([{ path: "/late.ts", text }]);
    analyser.open([...FILES, "/late.ts"]);
    expect(findingsOf(analyser)).toEqual(findingsOf(opened({ ...SHOP, "/late.ts": text })));
  });

  test("a config that resolves otherwise starts the project anew", () => {
    const files = {
      "/tsconfig.json": TSCONFIG,
      "/lib/save.ts": "export declare function save(): Promise<void>;",
      "/cart.ts": 'import { save } from "#save";\nsave();',
    };
    const analyser = opened(files);
    expect(markedBy(analyser)).toEqual([]);
    const text = TSCONFIG.replace('"strict":true', '"paths":{"#save":["./lib/save.ts"]}');
    expect(analyser.change([{ path: "/tsconfig.json", text }])).toContain("/cart.ts");
    expect(markedBy(analyser)).toEqual(["/cart.ts dropped-promise: save()"]);
  });

  test("a package.json that says where imports lead", () => {
    const files = {
      "/tsconfig.json": TSCONFIG.replace('"esnext"', '"nodenext"'),
      "/package.json": '{ "type": "module" }',
      "/save.ts": "export declare function save(): Promise<void>;",
      "/cart.ts": 'import { save } from "#save";\nsave();',
    };
    const analyser = opened(files);
    expect(markedBy(analyser)).toEqual([]);
    const text = '{ "type": "module", "imports": { "#save": "./save.ts" } }';
    expect(analyser.change([{ path: "/package.json", text }])).toContain("/cart.ts");
    expect(markedBy(analyser)).toEqual(["/cart.ts dropped-promise: save()"]);
  });
});

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

test("a check that is left half-way, with a change in between, leaves nothing outdated", () => {
  const analyser = smallAnalyser(SHOP);
  analyser.open(FILES);
  const check = analyser.check();
  expect(check.next().value).toMatchObject({ file: "/store.ts" });
  expect(check.next().value).toMatchObject({ file: "/cart.ts" });

  const path = "/store.ts";
  const text = SHOP[path].replace("{ return", '{ throw new Error("gone"); return');
  expect(analyser.change([{ path, text }])).toContain("/store.ts");
  const expected = findingsOf(opened({ ...SHOP, [path]: text }));
  const rest = [...check].map((it) => it.file);
  expect(rest).toEqual(["/order.ts", "/page.ts", "/clock.ts"]);
  expect(findingsOf(analyser)).toEqual(expected);
});

/** A folder that no config includes: its files come in by imports only. */
function withoutListing(host: Host, folder: string): Host {
  return { ...host, list: (path) => (path === folder ? [] : host.list(path)) };
}

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
  ["types alone", TYPES_ONLY, VARIANTS, 25],
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
