/* oxlint-disable typescript/unbound-method, unicorn/consistent-function-scoping -- Hosts call the methods of plugins and transformers without them. */
import { build } from "esbuild";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer, type Plugin } from "vite";
import { gates as esbuildGates } from "../../../runtime/testing/esbuild.ts";
import { explore, InterleavingError, type Sim } from "../../../runtime/testing/index.ts";
import { createTransformer } from "../../../runtime/testing/jest.ts";
import { decode } from "../../../runtime/testing/transform/source-map.ts";
import { gates as viteGates } from "../../../runtime/testing/vite.ts";

/** TypeScript with JSX, enums and lines that disappear, so that every position has to be led back. */
const WALLET = `import type { Sim } from "nowhere";

interface Account {
  balance: number;
}

enum Kind { Deposit = 1 }

const h = (name: string): string => name;
export const view = <wallet />;

async function* amounts(): AsyncGenerator<number> {
  yield <number>(1 as number);
}

export default async function test(sim: Sim): Promise<void> {
  const account: Account = { balance: 0 };
  const deposit = async (kind: Kind): Promise<void> => {
    for await (const amount of amounts()) {
      const before = account.balance!;
      await (null as unknown as Promise<void>);
      account.balance = before + amount * kind;
    }
  };
  await Promise.all([deposit(Kind.Deposit), deposit(Kind.Deposit)]);
  if (account.balance !== 2) throw new Error("lost: " + view);
}
`.replace("<number>(1 as number)", "1 as number");

/** The position of the `await` between the read and the write, in the text above. */
const PAUSE = "wallet.tsx:21:7";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mooring-gates-"));
  await mkdir(join(folder, "node_modules/pack"), { recursive: true });
  await writeFile(join(folder, "wallet.tsx"), WALLET);
  await writeFile(join(folder, "plain.ts"), "export const answer: number = 42;");
  await writeFile(
    join(folder, "entry.ts"),
    'export { default } from "./wallet.tsx"; export * from "pack";',
  );
  await writeFile(join(folder, "broken.ts"), "export const a = await (;");
  await writeFile(
    join(folder, "node_modules/pack/package.json"),
    '{"name":"pack","main":"index.js"}',
  );
  await writeFile(
    join(folder, "node_modules/pack/index.js"),
    "export const packed = async () => await 1;",
  );
  // The base is found only by who follows "extends", as esbuild itself does.
  await writeFile(
    join(folder, "base.json"),
    '{"compilerOptions":{"jsx":"react","jsxFactory":"h","target":"es2022"}}',
  );
  await writeFile(join(folder, "tsconfig.json"), '{"extends":"./base.json"}');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** The lost update is found, and its story leads to the TypeScript that was written. */
async function expectFound(program: unknown): Promise<void> {
  if (typeof program !== "function") throw new Error("The module has no default export.");
  const error: unknown = await explore(async (sim: Sim) => program(sim), { points: "await" }).catch(
    (it: unknown) => it,
  );
  expect(error).toBeInstanceOf(InterleavingError);
  if (!(error instanceof InterleavingError)) return;
  expect(error.message).toContain("lost: wallet");
  expect(error.message).toContain(PAUSE);
}

function load(code: string): Promise<{ readonly default?: unknown }> {
  const text = Buffer.from(code).toString("base64");
  return import(/* @vite-ignore */ `data:text/javascript;base64,${text}`);
}

describe("the plugin for Vite and Vitest", () => {
  test("is a plugin of the installed Vite, and gates what Vite serves", async () => {
    const plugin: Plugin = viteGates();
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: "silent",
      appType: "custom",
      server: { middlewareMode: true, hmr: false, ws: false, watch: null },
      optimizeDeps: { noDiscovery: true },
      plugins: [plugin],
    });
    try {
      const module = await server.ssrLoadModule("/wallet.tsx");
      await expectFound(module["default"]);
      const wallet = await server.environments.ssr.transformRequest("/wallet.tsx");
      expect(wallet?.code).toContain("wallet.tsx:");
      const lines = wallet?.map && "mappings" in wallet.map ? decode(wallet.map.mappings) : [];
      expect(lines.flat().some((it) => it[2] === 20)).toBe(true);
      const plain = await server.environments.ssr.transformRequest("/plain.ts");
      expect(plain?.code).not.toContain("mooring.gates");
    } finally {
      await server.close();
    }
  });

  test("reads TypeScript and JSX that reach it, and leaves what does not parse", () => {
    const { transform, configResolved } = viteGates();
    configResolved({ root: "/app" });
    const languages: string[] = [];
    const host = {
      parse(_: string, options?: { readonly lang?: string }): unknown {
        languages.push(options?.lang ?? "");
        if (options?.lang === "js") throw new SyntaxError("not JavaScript");
        return {
          type: "Program",
          body: [
            {
              type: "AwaitExpression",
              start: 0,
              argument: { type: "Identifier", start: 6, end: 7 },
            },
          ],
        };
      },
    };
    expect(transform.call(host, "await x as T", "/app/a.ts?v=1")?.code).toContain(
      'await __gate(x,"1:1") as T',
    );
    expect(languages).toEqual(["js", "ts"]);
    expect(transform.call(host, "await x", "/app/a.jsx")?.code).toContain('"a.jsx:"');
    const broken = {
      parse: (): unknown => {
        throw new SyntaxError("broken");
      },
    };
    expect(transform.call(broken, "await (", "/app/a.ts")).toBeUndefined();
  });

  test("leaves virtual, installed and other files alone, unless asked", () => {
    const host = {
      parse: () => ({ type: "AwaitExpression", start: 0, argument: { start: 6, end: 7 } }),
    };
    const isGated = (id: string, filter = {}): boolean =>
      viteGates(filter).transform.call(host, "await x", id) !== undefined;
    expect(isGated("/app/src/a.mts")).toBe(true);
    expect(isGated("\0virtual.js")).toBe(false);
    expect(isGated("/app/a.css")).toBe(false);
    expect(isGated("/app/node_modules/p/a.js")).toBe(false);
    expect(isGated("/app/node_modules/p/a.js", { exclude: /never/g })).toBe(true);
    expect(isGated("/app/src/a.ts", { include: /test/ })).toBe(false);
  });
});

describe("the plugin for esbuild", () => {
  const bundle = (entry: string, options = {}): ReturnType<typeof build> =>
    build({
      entryPoints: [join(folder, entry)],
      absWorkingDir: folder,
      bundle: true,
      write: false,
      format: "esm",
      logLevel: "silent",
      plugins: [esbuildGates()],
      ...options,
    });

  test("gates what esbuild bundles, with the settings of the project and its maps", async () => {
    const { outputFiles } = await bundle("entry.ts", { sourcemap: "external", outdir: folder });
    const [map, code] = [outputFiles?.[0]?.text ?? "", outputFiles?.[1]?.text ?? ""];
    await expectFound((await load(code)).default);
    expect(JSON.parse(map)).toMatchObject({
      sources: ["wallet.tsx", "node_modules/pack/index.js"],
    });
    expect(JSON.parse(map).sourcesContent).toContain(WALLET);
    expect(code).toContain("packed = async () => await 1");
  });

  test("leads every gate back to its line", async () => {
    const { outputFiles } = await bundle("wallet.tsx", { sourcemap: "external", outdir: folder });
    const [map, code] = [outputFiles?.[0]?.text ?? "", outputFiles?.[1]?.text ?? ""];
    const at = code.split("\n").findIndex((it) => it.includes('"21:7"'));
    expect(decode(JSON.parse(map).mappings)[at]?.map((it) => it[2])).toContain(20);
  });

  test("can be minified and lowered", async () => {
    const { outputFiles } = await bundle("wallet.tsx", { minify: true, target: "es2018" });
    await expectFound((await load(outputFiles?.[0]?.text ?? "")).default);
  });

  test("leaves an error to esbuild, which reports it once", async () => {
    const { errors } = await bundle("broken.ts").catch(
      (it: unknown) => it as { errors: unknown[] },
    );
    expect(errors).toHaveLength(1);
  });
});

describe("the transformer for Jest", () => {
  const given = { config: { rootDir: "/app" } };
  const inner = {
    process: (source: string) => ({
      code: `"use strict";\n${source.replace(": T", "")}`,
      map: { version: 3, sources: ["a.ts"], names: [], mappings: ";AAAA" },
    }),
    getCacheKey: (source: string) => `inner-${source.length}`,
  };

  test("puts the gates behind the transformer of the project", () => {
    const { process } = createTransformer({ transformer: inner });
    const result = process?.("exports.f = async (x: T) => { await x; };", "/app/src/a.ts", given);
    expect(result).toMatchObject({ map: { sources: ["a.ts"] } });
    const { code } = typeof result === "string" ? { code: result } : (result ?? { code: "" });
    expect(code).toMatch(
      /^"use strict";\nexports\.f = async \(x\) => \{ await __gate\(x,"1:1"\); \};\n/,
    );
    expect(code).toContain('"src/a.ts:"');
  });

  test("runs what comes out", async () => {
    const { process } = createTransformer({ transformer: inner });
    const body = `exports.default = async (sim) => {
      let last = "";
      const set = async (it) => { await null; last = it; };
      await Promise.all([set("a"), set("b")]);
      if (last !== "b") throw new Error("last is " + last);
    };`;
    const result = process?.(body, "/app/a.js", given);
    const code = typeof result === "string" ? result : (result?.code ?? "");
    const exports: { default?: (sim: Sim) => Promise<void> } = {};
    // oxlint-disable-next-line typescript/no-implied-eval -- what Jest does with the text, in short
    new Function("exports", code)(exports);
    const { default: program } = exports;
    if (program === undefined) throw new Error("Nothing was exported.");
    await program(null as never);
    await expect(explore(program, { points: "await" })).rejects.toThrow("last is a");
  });

  test("passes on what needs no gates, awaits inner promises, and tells versions apart", async () => {
    const late = {
      processAsync: async (source: string) => source,
    };
    const transformer = createTransformer({ transformer: late });
    expect(await transformer.processAsync?.("f();", "/app/a.js", given)).toEqual({
      code: "f();",
      map: null,
    });
    expect(await transformer.processAsync?.("await f();", "/app/a.mjs", given)).toMatchObject({
      code: expect.stringContaining("await __gate(f()"),
    });
    expect(() => transformer.process?.("", "/app/a.js", given)).toThrow("no `process`");
    const keyOf = (source: string, options = {}): string | undefined =>
      createTransformer({ transformer: inner, ...options }).getCacheKey?.(
        source,
        "/app/a.js",
        given,
      );
    expect(keyOf("a")).toContain("inner-1");
    expect(keyOf("a")).not.toBe(keyOf("a", { include: /b/ }));
    expect(transformer.getCacheKey?.("a", "/app/a.js", given)).not.toBe(
      transformer.getCacheKey?.("b", "/app/a.js", given),
    );
  });

  test("finds the inner transformer by name, from the project", async () => {
    const name = join(folder, "inner.cjs");
    await writeFile(
      name,
      "exports.createTransformer = (o) => ({ process: (s) => ({ code: s + o.end }) });",
    );
    const { process } = createTransformer({ transformer: [name, { end: " // end" }] });
    expect(process?.("f();", "/app/a.js", { config: { rootDir: folder } })).toEqual({
      code: "f(); // end",
      map: null,
    });
    await writeFile(join(folder, "none.cjs"), "exports.nothing = 1;");
    const none = createTransformer({ transformer: join(folder, "none.cjs") });
    expect(() => none.process?.("", "/app/a.js", { config: { rootDir: folder } })).toThrow(
      "is no Jest transformer",
    );
  });
});

test.each([
  ["esbuild", esbuildGates],
  ["Vite", viteGates],
  ["Jest", createTransformer],
])("a filter for %s that is no regular expression is refused where it is given", (_, make) => {
  // Sound: JavaScript has no types to keep anybody from it.
  const filter = { exclude: ["vendor"] } as unknown as { exclude: RegExp };
  expect(() => make(filter)).toThrow(
    new TypeError(
      'gates takes a regular expression as `exclude`, such as /[\\\\/]src[\\\\/]/; got ["vendor"].',
    ),
  );
});
