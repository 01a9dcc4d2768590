import { describe, expect, test } from "vitest";
import { planProjects } from "../../analysis/projects.ts";
import { memoryHost } from "../harness/memory-host.ts";
import { markedBy, smallAnalyser, TSCONFIG } from "../harness/small-project.ts";

const SAVE = "export async function save(): Promise<void> {}\n";
const DROPS = 'import { save } from "./save";\nsave();\n';

describe("which project a file belongs to", () => {
  test("the nearest config counts", () => {
    const files = {
      "/tsconfig.json": "{}",
      "/shop/tsconfig.json": '{ "compilerOptions": { "strict": false } }',
      "/shop/cart.ts": "",
      "/order.ts": "",
    };
    expect(projects(files)).toEqual([
      { name: "/shop/tsconfig.json", asked: ["/shop/cart.ts"] },
      { name: "/tsconfig.json", asked: ["/order.ts"] },
    ]);
  });

  test("a config that only has references hands its files to those", () => {
    const files = {
      "/tsconfig.json":
        '{ "files": [], "references": [{ "path": "./app" }, { "path": "./tsconfig.test.json" }] }',
      "/app/tsconfig.json": '{ "references": [{ "path": ".." }] }',
      "/tsconfig.test.json": '{ "include": ["test"] }',
      "/app/cart.ts": "",
      "/test/cart.test.ts": "",
      "/loose.ts": "",
    };
    expect(projects(files)).toEqual([
      { name: "/app/tsconfig.json", asked: ["/app/cart.ts"] },
      { name: "/tsconfig.test.json", asked: ["/test/cart.test.ts"] },
      { name: "/tsconfig.json", asked: ["/loose.ts"] },
    ]);
  });

  test("a file that its config leaves out is analysed beside those it includes", () => {
    const files = {
      "/tsconfig.json": '{ "include": ["src"] }',
      "/src/globals.d.ts": "",
      "/tool.ts": "",
    };
    const [project] = planProjects(["/tool.ts"], memoryHost(files)).projects;
    expect(project?.files).toEqual(["/src/globals.d.ts", "/tool.ts"]);
    expect(project?.asked).toEqual(["/tool.ts"]);
  });

  test("without a config, the files of one package belong together", () => {
    const files = {
      "/a/package.json": "{}",
      "/a/cart.ts": "",
      "/a/lib/order.mts": "",
      "/b/cart.cts": "",
    };
    expect(projects(files)).toEqual([
      { name: "/a", asked: ["/a/cart.ts", "/a/lib/order.mts"] },
      { name: "/", asked: ["/b/cart.cts"] },
    ]);
  });

  test("a file that is reached by two names is analysed once", () => {
    const files = { "/tsconfig.json": "{}", "/cart.ts": "", "/link.ts": "" };
    const host = { ...memoryHost(files), realPath: () => "/cart.ts" };
    const plan = planProjects(["/cart.ts", "/link.ts", "/cart.ts"], host);
    expect(plan.projects.flatMap((it) => it.asked)).toEqual(["/cart.ts"]);
  });
});

describe("what is found in it", () => {
  test("in several roots", () => {
    const files = {
      "/shop/tsconfig.json": TSCONFIG,
      "/shop/save.ts": SAVE,
      "/shop/cart.ts": DROPS,
      "/bank/save.ts": SAVE,
      "/bank/account.ts": DROPS,
    };
    const analyser = smallAnalyser(files);
    analyser.open(["/shop/cart.ts", "/bank/account.ts"]);
    const expected = [
      "/bank/account.ts dropped-promise: save()",
      "/shop/cart.ts dropped-promise: save()",
    ];
    expect(markedBy(analyser)).toEqual(expected);

    const oneAfterTheOther = smallAnalyser(files, { keep: "last" });
    oneAfterTheOther.open(["/shop/cart.ts", "/bank/account.ts"]);
    expect(markedBy(oneAfterTheOther)).toEqual(expected);
  });

  test.each([
    "cart.ts",
    "cart.tsx",
    "cart.mts",
    "cart.cts",
    "cart.js",
    "cart.jsx",
    "cart.mjs",
    "cart.cjs",
  ])("in %s, with a config and without", (name) => {
    const text = "async function save() {}\nsave();\nexport {};\n";
    for (const config of [{}, { "/tsconfig.json": TSCONFIG }]) {
      const analyser = smallAnalyser({ ...config, [`/${name}`]: text });
      analyser.open([`/${name}`]);
      expect(markedBy(analyser)).toEqual([`/${name} dropped-promise: save()`]);
    }
  });

  test.each([{}, { allowJs: true }, { allowJs: true, checkJs: true }])(
    "in JavaScript that was asked for, under %j",
    (compilerOptions) => {
      const files = {
        "/tsconfig.json": JSON.stringify({
          compilerOptions: { lib: ["es2022"], ...compilerOptions },
        }),
        "/save.js": "exports.save = async () => {};\n",
        "/cart.js": 'const { save } = require("./save");\nsave();\n',
      };
      const analyser = smallAnalyser(files);
      analyser.open(["/cart.js"]);
      expect(markedBy(analyser)).toEqual(["/cart.js dropped-promise: save()"]);
    },
  );

  test("with a package that only its exports lead to", () => {
    const files = {
      "/node_modules/store/package.json":
        '{ "name": "store", "exports": { "./save": { "types": "./dist/save.d.ts" } } }',
      "/node_modules/store/dist/save.d.ts": "export declare function save(): Promise<void>;",
      "/cart.ts": 'import { save } from "store/save";\nsave();\n',
    };
    const analyser = smallAnalyser(files);
    analyser.open(["/cart.ts"]);
    expect(markedBy(analyser)).toEqual(["/cart.ts dropped-promise: save()"]);
  });

  test("with the @types of the project's own folder, though it names none", () => {
    const files = {
      "/shop/tsconfig.json": '{ "compilerOptions": { "lib": ["es2022"] } }',
      "/shop/node_modules/@types/shelf/index.d.ts": "declare function save(): Promise<void>;",
      "/shop/cart.ts": "save();\n",
    };
    const analyser = smallAnalyser(files);
    analyser.open(["/shop/cart.ts"]);
    expect(markedBy(analyser)).toEqual(["/shop/cart.ts dropped-promise: save()"]);
  });

  test("across references, though the other project was never built", () => {
    const files = {
      "/store/tsconfig.json": composite({}),
      "/store/src/save.ts": SAVE,
      "/shop/tsconfig.json": composite({ references: [{ path: "../store" }] }),
      "/shop/src/cart.ts": 'import { save } from "../../store/dist/save";\nsave();\n',
    };
    const analyser = smallAnalyser(files);
    analyser.open(["/shop/src/cart.ts"]);
    expect(markedBy(analyser)).toEqual(["/shop/src/cart.ts dropped-promise: save()"]);

    const text = SAVE.replace("async", "").replace("Promise<void>", "void");
    expect(analyser.change([{ path: "/store/src/save.ts", text }])).toEqual(["/shop/src/cart.ts"]);
    expect(markedBy(analyser)).toEqual([]);
  });

  test("in broken code", () => {
    const analyser = smallAnalyser({
      "/tsconfig.json": TSCONFIG,
      "/cart.ts": "async function save() {}\nsave();\nif (((\n} class { async\n",
    });
    analyser.open(["/cart.ts"]);
    expect(markedBy(analyser)).toEqual(["/cart.ts dropped-promise: save()"]);
    expect(analyser.problemsIn("/cart.ts").map((it) => it.about)).toContain("syntax");
  });
});

describe("configs that are wrong", () => {
  const cart = "async function save() {}\nsave();\nexport {};\n";

  test.each([
    [
      "broken JSON",
      '{ "compilerOptions": { "strict": true,, } }',
      "This is not the JSON of a config",
    ],
    ["no JSON at all", "strict please", "This is not the JSON of a config"],
    ["an empty file", "", undefined],
    ["a list", "[]", "The root value of a 'tsconfig.json' file must be an object."],
    ["extends itself", '{ "extends": "./tsconfig.json" }', "This config extends itself: "],
    ["extends nothing", '{ "extends": "./gone.json" }', "A config that this one extends cannot"],
    ["no such package", '{ "extends": "@shop/base" }', "A config that this one extends cannot"],
    ["includes nothing", '{ "include": ["nowhere"] }', "This config includes no file."],
    ["empty files", '{ "files": [] }', "This config includes no file."],
    [
      "no such option",
      '{ "compilerOptions": { "strct": true } }',
      "Unknown compiler option 'strct'",
    ],
    ["a wrong value", '{ "compilerOptions": { "target": "es2" } }', "Argument for '--target'"],
    ["a wrong type", '{ "include": "src" }', "Compiler option 'include' requires a value of type"],
    [
      "no such reference",
      '{ "references": [{ "path": "./gone" }] }',
      "There is no config at /gone",
    ],
  ])("%s", (_, config, message) => {
    const analyser = smallAnalyser({ "/tsconfig.json": config, "/cart.ts": cart });
    const problems = analyser.open(["/cart.ts"]);
    expect(problems.map((it) => it.file)).toEqual(message === undefined ? [] : ["/tsconfig.json"]);
    for (const { remedy, start, end, ...problem } of problems) {
      expect(problem.message).toContain(message);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
      expect(start).toBeLessThanOrEqual(end);
      expect(end).toBeLessThanOrEqual(config.length);
    }
    expect(markedBy(analyser)).toEqual(["/cart.ts dropped-promise: save()"]);
  });

  test("one that cannot be read", () => {
    const readable = memoryHost({ "/tsconfig.json": "", "/cart.ts": cart });
    const host = {
      ...readable,
      read: (path: string) => (path === "/tsconfig.json" ? undefined : readable.read(path)),
    };
    const analyser = smallAnalyser({}, { host });
    expect(analyser.open(["/cart.ts"])).toMatchObject([
      { file: "/tsconfig.json", message: "This config cannot be read." },
    ]);
    expect(markedBy(analyser)).toEqual(["/cart.ts dropped-promise: save()"]);
  });

  test("a cycle through two files is said once, where it closes", () => {
    const files = {
      "/tsconfig.json": '{ "extends": "./base.json", "compilerOptions": { "strict": true } }',
      "/base.json": '{ "extends": "./tsconfig.json" }',
      "/cart.ts": "",
    };
    const { problems } = planProjects(["/cart.ts"], memoryHost(files));
    expect(problems.map((it) => it.message)).toEqual([
      "This config extends itself: /tsconfig.json -> /base.json -> /tsconfig.json.",
    ]);
  });

  test("what several configs extend is wrong once", () => {
    const files = {
      "/base.json": '{ "compilerOptions": { "strct": true } }',
      "/a/tsconfig.json": '{ "extends": ["../base.json"] }',
      "/b/tsconfig.json": '{ "extends": "../base" }',
      "/a/cart.ts": "",
      "/b/cart.ts": "",
    };
    const { problems } = planProjects(["/a/cart.ts", "/b/cart.ts"], memoryHost(files));
    expect(problems.map((it) => it.file)).toEqual(["/base.json"]);
  });
});

/** A project that others can reference, and that was never built. */
function composite(more: object): string {
  return JSON.stringify({
    compilerOptions: { composite: true, outDir: "dist", rootDir: "src", lib: ["es2022"] },
    include: ["src"],
    ...more,
  });
}

function projects(files: Readonly<Record<string, string>>) {
  const sources = Object.keys(files).filter((it) => !it.endsWith(".json"));
  const plan = planProjects(sources, memoryHost(files));
  return plan.projects.map(({ name, asked }) => ({ name, asked }));
}
