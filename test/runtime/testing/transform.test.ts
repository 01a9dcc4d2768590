/* oxlint-disable no-await-in-loop, no-unmodified-loop-condition, typescript/await-thenable, unicorn/no-unnecessary-await -- Ticks are counted by waiting for nothing. */
import { readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { parseAst } from "vite";
import { describe, expect, test } from "vitest";
import { setGates } from "../../../runtime/testing/transform/gates.ts";
import { type Point, pointsOf } from "../../../runtime/testing/transform/points.ts";
import { decode, encode } from "../../../runtime/testing/transform/source-map.ts";
import { pointsOfTree } from "../../../runtime/testing/transform/syntax-tree.ts";
import { evaluate, gatedText } from "./gated.ts";

/** Every gate of a source, as the kind and the text that it wraps. */
function gatesIn(source: string): readonly string[] {
  const points = pointsOf(source);
  if (points === undefined) throw new Error(`Cannot read: ${source}`);
  return points.map((it) => `${it.kind} ${source.slice(it.start, it.end)}`.trim());
}

describe("finds the operand of", () => {
  test.each<[string, readonly string[]]>([
    ["await a + b", ["await a"]],
    ["await a.b?.c[d](e)`f`.g", ["await a.b?.c[d](e)`f`.g"]],
    ["await -x ** 2", ["await -x"]],
    ["await !typeof void x, y", ["await !typeof void x"]],
    ["await(a, b)", ["await (a, b)"]],
    ["await[x][0]", ["await [x][0]"]],
    ["await await a", ["await await a", "await a"]],
    ["await f(await g(await h))", ["await f(await g(await h))", "await g(await h)", "await h"]],
    ["await new A", ["await new A"]],
    ["await new A.B(c).d", ["await new A.B(c).d"]],
    ["function F() { return async () => await new.target }", ["await new.target"]],
    ["await function () { return 1 } / 2", ["await function () { return 1 }"]],
    ["await async function* f() {}", ["await async function* f() {}"]],
    ["await class A extends (b, C) { d = 1 }", ["await class A extends (b, C) { d = 1 }"]],
    ["await {}", ["await {}"]],
    ["await { async a() { await b } }.c", ["await { async a() { await b } }.c", "await b"]],
    ["await a\n++b", ["await a"]],
    ["await a++", ["await a++"]],
    ["await a\n(b)", ["await a\n(b)"]],
    ["await /re[/]g/.test(x) / 2", ["await /re[/]g/.test(x)"]],
    [
      "x = await `a${await b}c${`d${await e}`}`",
      ["await `a${await b}c${`d${await e}`}`", "await b", "await e"],
    ],
    ["await // nothing here\n x // nor here", ["await x"]],
    ["await /* ) */ x /* ( */", ["await x"]],
    ["await import.meta.x", ["await import.meta.x"]],
    ["await x ? await y : await z", ["await x", "await y", "await z"]],
    ["const { a = await b, [await c]: d } = e", ["await b", "await c"]],
    ["class A { [await x]() {} static async m() { await y } }", ["await x", "await y"]],
    ["class A { static { (async () => { await x })() } }", ["await x"]],
    ["class A { x = async () => await y; #z = async () => { await w } }", ["await y", "await w"]],
    [
      "function f(a = async () => await b) { return c => async d => await e }",
      ["await b", "await e"],
    ],
    [
      "async function f() { if (a) await b; else await c\nwhile (await d) await e }",
      ["await b", "await c", "await d", "await e"],
    ],
    ["for await (const x of y) await z", ["iterate y", "await z"]],
    ["for await (const { of = of } of of(of)) {}", ["iterate of(of)"]],
    ["for await (x.of of (a, b)) {}", ["iterate (a, b)"]],
    ["for (const x of await y) {}", ["await y"]],
    ["async function* f() { yield a, b }", ["await a"]],
    ["async function* f() { yield\na; yield; [yield, yield 1] }", ["await 1"]],
    ["async function* f() { yield* a; yield a ? b : c }", ["iterate a", "await a ? b : c"]],
    [
      "async function* f() { yield x => { await_ }; yield async y => await z; yield (a) = b }",
      ["await x => { await_ }", "await async y => await z", "await z", "await (a) = b"],
    ],
    ["async function* f() { const x = yield yield 1 }", ["await yield 1", "await 1"]],
    ["async function* f() { yield await a\n+ b\n}", ["await await a\n+ b", "await a"]],
    [
      "o = { async *[a]() { yield 1 }, async *'b'() { yield 2 }, async* 3() { yield 4 } }",
      ["await 1", "await 2", "await 4"],
    ],
    ["{ await using a = b, c = await d }", ["dispose", "await d"]],
    ["for (await using a of b) {}", []],
    ["for await (await using a of b) {}", ["iterate b"]],
    ["await using(x)", ["await using(x)"]],
    ["await using.x", ["await using.x"]],
    ["async () => (await a)\n/b/g", ["await a"]],
    ["if (a) /await b/.test(c); await d", ["await d"]],
    ["a = b\n/await c/g", ["await c"]],
    ["label: { await a } /await b/", ["await a"]],
    ["x = {} / await_ / 2; await y", ["await y"]],
    ["a?.5:await b", ["await b"]],
    ["a.if(b) / await c / d", ["await c"]],
    ["#!/usr/bin/env await x\nawait y", ["await y"]],
    ["'await a' + \"await b\" + `await c` + /await d/ // await e\n/* await f */", []],
    [
      "o.await(a); o?.await; o = { await: 1, await() {} }; class A { await() {} static await = 1 }",
      [],
    ],
    ["function* f() { yield 1 } const g = { *h() { yield 2 } }", []],
    ["function f() { var await = 1; await(2); return await / 3 }", []],
    ["export { x as await } from 'y'; import { await as z } from 'y'", []],
    ["\u00e4wait = await \ud83d\ude00x", ["await \ud83d\ude00x"]],
  ])("%s", (source, expected) => {
    expect(gatesIn(source)).toEqual(expected);
  });

  test.each(["await (", "`${", "{ await x", "await x }", "'", "/* await", "await"])(
    "%s: what cannot be read is left alone",
    (source) => {
      expect(setGates(source, { file: "a.js", points: pointsOf(source) })).toBeUndefined();
    },
  );

  test("the same operands as a full parser, in every file of some installed packages", () => {
    const files = globSync(
      "node_modules/{vitest,@vitest/*,tinyexec,tinyglobby,ajv,chai,esbuild}/**/*.{js,mjs,cjs}",
    );
    let count = 0;
    for (const file of files) {
      const source = readFileSync(file, "utf8");
      const tree = /\b(?:await|yield)\b/.test(source) ? parsed(source) : undefined;
      if (tree === undefined) continue;
      const expected = pointsOfTree(tree, source).map((it) => core(it, source));
      expect(pointsOf(source)?.map((it) => core(it, source))).toEqual(expected);
      count += expected.length;
    }
    expect(count).toBeGreaterThan(500);
  });
});

/** A point without the parentheses around its operand, which the tree does not tell about. */
function core({ kind, at, start, end }: Point, source: string): string {
  let text = source.slice(start, end);
  for (let last = ""; last !== text; ) {
    last = text;
    text = text
      .replace(/^(?:\s|\/\*[^]*?\*\/|\/\/.*\n|\()+/, "")
      .replace(/(?:\s|\/\*[^]*?\*\/|\))+$/, "");
  }
  return `${kind} ${at} ${text}`;
}

function parsed(source: string): unknown {
  try {
    return parseAst(source);
  } catch {
    return undefined;
  }
}

/** Programs that log what they do; ticks are counted by a neighbour that does nothing else. */
const behaviours: Readonly<Record<string, string>> = {
  "values, errors and thenables": `
    log(await 1, await Promise.resolve(2), await { then(done) { done(3); } });
    try { await Promise.reject(new Error("no")); } catch (error) { log(error.message); }
    try { await { then() { throw 5; } }; } catch (error) { log(error); }
    log(await undefined, await null, await (1, 2));`,
  "this, arguments and super in operands": `
    class A { async m() { return "A" + this.x; } }
    class B extends A { x = 1; async m() { return await super.m() + await this.n(...arguments); } async n(a) { return a; } }
    log(await new B().m("!"));
    async function f() { return await arguments[0] + (await eval("1 + 1")); }
    log(await f(3));`,
  "for await over everything iterable": `
    async function* g() { try { yield 1; yield Promise.resolve(2); } finally { log("closed"); } }
    for await (const it of g()) { log(it); if (it === 2) break; }
    for await (const it of [1, Promise.resolve(2)]) log(it);
    for await (const it of "ab") log(it);
    try { for await (const it of 5) log(it); } catch (error) { log(error instanceof TypeError); }
    try { for await (const it of [Promise.reject(7)]) log(it); } catch (error) { log(error); }`,
  "yield, yield*, return and throw": `
    async function* inner() { try { const x = yield 1; log("in", x); yield 2; } catch (error) { log("caught", error); yield 3; } return 4; }
    async function* outer() { const end = yield* inner(); log("end", end); yield Promise.resolve(5); }
    const it = outer(); log(JSON.stringify(await it.next("a"))); log(JSON.stringify(await it.next("b")));
    log(JSON.stringify(await it.throw("c"))); log(JSON.stringify(await it.next())); log(JSON.stringify(await it.return("d")));`,
  "destructuring, defaults and computed keys": `
    const { a = await 1, [await "b"]: b } = { b: 2 }; log(a, b);
    class C { static [await "s"]() { return 3; } static { this.t = 4; } } log(C.s(), C.t);
    const f = (x, y = async () => await x) => y(); log(await f(5));`,
  "operators around it": `
    log((await 2) ** 3, -await 1, !await 0, typeof await "", await 1 + await 2, await 0 || await 4, await 0 ? 1 : await 5);
    const o = { async m() { return 6; } }; log(await o?.m?.(), await o.none?.x.y);
    log(await (async () => await (await 7))());
    log(\`a\${await 8}b\${\`\${await 9}\`}\`);`,
  "directives stay first": `
    const strict = (function () { "use strict"; return (async () => { await 1; return this === undefined; })(); })();
    log(await strict);`,
};

describe("behaves as without gates while none is active", () => {
  test.each(Object.entries(behaviours))("%s", async (_, body) => {
    const source = `return async (log) => { ${body} }`;
    const run = async (gates: "gated" | "plain"): Promise<unknown[]> => {
      const seen: unknown[] = [];
      // Sound: the source above is a function of just this form.
      const program = evaluate(source, gates) as (
        log: (...them: unknown[]) => void,
      ) => Promise<void>;
      let isDone = false;
      const neighbour = (async () => {
        for (let tick = 0; !isDone; tick++) {
          await null;
          seen.push(tick);
        }
      })();
      await program((...them) => seen.push(them.join(" ")));
      isDone = true;
      await neighbour;
      return seen;
    };
    expect(await run("gated")).toEqual(await run("plain"));
  });
});

describe("the text that comes out", () => {
  test("keeps every line where it was, and what has to come first, first", () => {
    const source = '#!/usr/bin/env node\n"use strict";\nimport x from "y";\nawait x;\n// the end';
    const lines = gatedText(source).split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "#!/usr/bin/env node",
      '"use strict";',
      'import x from "y";',
      'await __gate(x,"4:1");',
      "// the end",
    ]);
  });

  test("uses a name that the file does not", () => {
    expect(gatedText("const __gate = 1; await __gate;")).toContain('await __gate_(__gate,"1:19")');
  });

  test("is given its gates only once", () => {
    const once = gatedText("await x");
    expect(setGates(once, { file: "a.js", points: pointsOf(once) })).toBeUndefined();
  });

  test("leaves alone what Vitest moves to the top of a file", () => {
    for (const source of ["const x = await vi.hoisted(() => 1)", "vi.mock(await import('./x'))"]) {
      expect(setGates(source, { file: "a.js", points: pointsOf(source) })).toBeUndefined();
    }
  });

  test("declares a second resource for await using, which is null while no gate is active", () => {
    const code = gatedText("{ await using a = b, c = d; }");
    expect(code).toContain('{ await using __gate0=__gate(null,"1:3",2),a = b, c = d; }');
    expect(() => parseAst(code)).not.toThrow();
  });

  test("parses again, for every file of some installed packages", () => {
    for (const file of globSync("node_modules/{@vitest/*,tinyexec,chai}/**/*.{js,mjs}")) {
      const source = readFileSync(file, "utf8");
      if (parsed(source) === undefined) continue;
      const gated = setGates(source, { file, points: pointsOf(source) });
      if (gated !== undefined) expect(() => parseAst(gated.code)).not.toThrow();
    }
  });

  test("has a map that leads every word back to where it was", () => {
    const source = "const a = 1;\nconst f = async () => (await g(await h), b);\nf(c);";
    const gated = setGates(source, { file: "a.js", points: pointsOf(source) });
    const lines = decode(gated?.map.mappings ?? "");
    const code = gated?.code.split("\n") ?? [];
    for (const word of ["a", "f", "async", "await", "g", "h", "b", "c"]) {
      const found = lines.flatMap((segments, line) =>
        segments.flatMap(([column = 0, , toLine = 0, toColumn = 0]) => {
          const starts = new RegExp(`^${word}\\b`);
          if (!starts.test(code[line]?.slice(column) ?? "")) return [];
          return [starts.test(source.split("\n")[toLine]?.slice(toColumn) ?? "")];
        }),
      );
      expect(found.length).toBeGreaterThan(0);
      expect(found).not.toContain(false);
    }
    expect(encode(lines)).toBe(gated?.map.mappings);
  });
});
