import { readdirSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { Project, ts } from "ts-morph";
import { beforeAll, describe, expect, test } from "vitest";
// @ts-expect-error a script without types
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { expandSnippet, parseSnippet } from "../../snippets/snippet-text.ts";
import { type Fixture, fixturesIn, workFolder } from "./fixtures.ts";
import { run } from "./run.ts";

const written = fixturesIn("typescript");
const javascript = fixturesIn("javascript");

const OPTIONS = {
  target: "ES2022",
  lib: ["ES2023", "ESNext.Disposable"],
  module: "NodeNext",
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitReturns: true,
  noImplicitOverride: true,
  noFallthroughCasesInSwitch: true,
  erasableSyntaxOnly: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  skipLibCheck: true,
  types: ["node"],
  typeRoots: [join(process.cwd(), "node_modules/@types")],
};

const PACKAGE = JSON.stringify({ type: "module", private: true });
let folder = "";

beforeAll(async () => {
  folder = workFolder("typescript", {
    "package.json": PACKAGE,
    "tsconfig.json": JSON.stringify({ compilerOptions: OPTIONS, include: ["strict"] }),
    "loose.json": JSON.stringify({
      compilerOptions: { ...OPTIONS, strict: false, exactOptionalPropertyTypes: false },
      include: ["loose"],
    }),
    ...Object.fromEntries(written.map((it) => [`strict/${it.name}.ts`, it.text])),
    ...Object.fromEntries(
      javascript.filter(isWrittenByHand).map((it) => [`loose/${it.name}.ts`, it.text]),
    ),
    ...Object.fromEntries(
      await Promise.all(
        [...written, ...javascript.filter(isWrittenByHand)].map(async (it) => [
          `run/${it.code.language}.${it.name}.mjs`,
          (await transform(it.text, { loader: "ts", target: "es2022", format: "esm" })).code,
        ]),
      ),
    ),
  });
  mkdirSync(join(folder, "node_modules"));
  await buildRuntime(join(folder, "node_modules/mooring-runtime"));
}, 120_000);

describe("compiled", () => {
  test("by TypeScript 7", async () => {
    const tsc = join(process.cwd(), "node_modules/typescript/bin/tsc");
    const strict = await run(process.execPath, [tsc, "-p", "tsconfig.json"], folder);
    expect(strict.output).toBe("");
    const loose = await run(process.execPath, [tsc, "-p", "loose.json"], folder);
    expect(loose.output.replace(/^error TS18003.*\n/, "")).toBe("");
  });

  test("by TypeScript 6", () => {
    const project = new Project({ tsConfigFilePath: join(folder, "tsconfig.json") });
    const problems = project.getPreEmitDiagnostics();
    expect(project.formatDiagnosticsWithColorAndContext(problems)).toBe("");
    expect(ts.version).toMatch(/^6\./);
  });

  test("without a finding of ours, under the strict profile", async () => {
    const mooring = join(process.cwd(), "bin/mooring.mjs");
    const args = [mooring, "check", "strict", "--profile", "strict", "--no-progress"];
    const { output, status } = await run(process.execPath, args, folder, { NO_COLOR: "1" });
    expect(status, output).toBe(0);
  });

  test.each(["/a.ts", "/a.tsx", "/a.js", "/a.jsx"])("also as part of %s", (path) => {
    const isJs = /\.jsx?$/.test(path);
    for (const { code, name } of isJs ? javascript : written) {
      const text = expandSnippet(parseSnippet(code.body));
      expect(syntaxProblems(path, text), `${name}\n${text}`).toEqual([]);
    }
  });
});

describe("JavaScript", () => {
  for (const fixture of javascript.filter((it) => !isWrittenByHand(it))) {
    test(`${fixture.name} is TypeScript without the types`, async () => {
      const twin = written.find((it) => it.name === fixture.name);
      if (twin === undefined) throw new Error("There is no TypeScript.");
      const [own, other] = await Promise.all([
        transform(expandSnippet(parseSnippet(fixture.code.body)), { loader: "js" }),
        transform(expandSnippet(parseSnippet(twin.code.body)), { loader: "ts", target: "esnext" }),
      ]);
      expect(own.code).toBe(other.code);
    });
  }
});

test("each that ends runs, without a warning, and leaves nothing behind that would keep it alive", async () => {
  const endless = new Set([...written, ...javascript].filter((it) => it.endless).map(nameOf));
  const files = readdirSync(join(folder, "run")).filter((it) => !endless.has(it));
  expect(files.length).toBeGreaterThan(0);
  const failures: string[] = [];
  const lanes = [files.filter((_, it) => it % 2 === 0), files.filter((_, it) => it % 2 === 1)];
  await Promise.all(
    lanes.map(async (lane) => {
      for (const file of lane) {
        const { status, output } = await run(process.execPath, [join("run", file)], folder);
        if (status !== 0 || /warning/i.test(output)) failures.push(`${file}: ${status}\n${output}`);
      }
    }),
  );
  expect(failures.join("\n")).toBe("");
}, 120_000);

function nameOf({ code, name }: Fixture): string {
  return `${code.language}.${name}.mjs`;
}

/** Where the types are not all that is different. */
function isWrittenByHand({ page, code }: Fixture): boolean {
  return page.hosts.some((it) => it.language === "javascript" && it.form === code.form);
}

function syntaxProblems(path: string, text: string): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost({}),
    getSourceFile: (name) => (name === path ? file : undefined),
  };
  const program = ts.createProgram([path], { noLib: true, allowJs: true, types: [] }, host);
  return program
    .getSyntacticDiagnostics(file)
    .map((it) => ts.flattenDiagnosticMessageText(it.messageText, "\n"));
}
