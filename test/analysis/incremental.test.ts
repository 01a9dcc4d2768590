import { describe, expect, test } from "vitest";
import type { Host } from "../../analysis/host.ts";
import { memoryHost } from "../harness/memory-host.ts";
import {
  droppedPromise,
  findingsOf,
  markedBy,
  SHOP,
  SMALL_RULES,
  smallAnalyser,
  TSCONFIG,
} from "../harness/small-project.ts";

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

describe("a change that is only tried", () => {
  const text = SHOP["/store.ts"].replace("{ return", '{ throw new Error("gone"); return');

  test("leaves what was known, and what is asked about later changes", () => {
    const analyser = opened();
    const before = findingsOf(analyser);
    const program = analyser.programOf("/store.ts");
    const seen = analyser.attempt([{ path: "/store.ts", text }], ({ findings, types }) => {
      expect(types).toEqual(["/store.ts"]);
      expect(findings).toContain("/page.ts");
      return findingsOf(analyser);
    });
    expect(seen).toEqual(findingsOf(opened({ ...SHOP, "/store.ts": text })));
    expect(findingsOf(analyser)).toEqual(before);
    expect(analyser.programOf("/store.ts")).toBe(program);
    analyser.change([{ path: "/store.ts", text }]);
    expect(findingsOf(analyser)).toEqual(seen);
  });

  test("stays where what was seen is worth it, and goes where looking fails", () => {
    const analyser = opened();
    analyser.attempt(
      [{ path: "/store.ts", text }],
      () => "good",
      (it) => it === "good",
    );
    expect(analyser.textOf("/store.ts")).toBe(text);
    const broken = () => {
      throw new Error("broken");
    };
    expect(() => analyser.attempt([{ path: "/new.ts", text: "" }], broken)).toThrow("broken");
    expect(analyser.textOf("/new.ts")).toBeUndefined();
  });

  test("is forgotten where it brings a file along, or comes before anything was looked at", () => {
    const analyser = smallAnalyser(SHOP);
    analyser.open(FILES);
    const changes = [{ path: "/store.ts", text }];
    const tried = analyser.attempt(changes, () => findingsOf(analyser));
    expect(tried).toEqual(findingsOf(opened({ ...SHOP, "/store.ts": text })));
    expect(findingsOf(analyser)).toEqual(findingsOf(opened()));
    const brought = { path: "/new.ts", text: "export const it = 1;" };
    analyser.attempt([brought, ...changes], () => findingsOf(analyser));
    expect(findingsOf(analyser)).toEqual(findingsOf(opened()));
  });

  test("what a file declares tells inferred types apart", () => {
    const analyser = opened({ "/tsconfig.json": TSCONFIG, "/a.ts": "export const a = () => 1;" });
    const declared = () => analyser.programOf("/a.ts")?.types.declarations?.("/a.ts");
    const before = declared();
    const after = (text: string) => analyser.attempt([{ path: "/a.ts", text }], declared);
    expect(before).toContain("=> number");
    expect(after("export const a = () => { return 1 + 1; };")).toBe(before);
    expect(after('export const a = () => "1";')).not.toBe(before);
  });
});
