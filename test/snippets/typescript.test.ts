import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { getLibFiles, libFolderInMemoryPath } from "@ts-morph/common";
import { transform } from "esbuild";
import { ts } from "ts-morph";
import { beforeAll, describe, expect, test } from "vitest";
// @ts-expect-error a script without types
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { expandSnippet, parseSnippet } from "../../snippets/snippet-text.ts";
import { type Fixture, fixturesIn, workFolder } from "./fixtures.ts";
import { run } from "./run.ts";

const written = fixturesIn("typescript");
const javascript = fixturesIn("javascript");
/** Where the types are not all that is different. */
const byHand = javascript.filter(({ page, code }) =>
  page.hosts.some((it) => it.language === "javascript" && it.form === code.form),
);
const derived = javascript.filter((it) => !byHand.includes(it));

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
/** For what was written without types. */
const LOOSE = { ...OPTIONS, strict: false, exactOptionalPropertyTypes: false };

/** Timers of node:test warn on Node 20 that they may still change. */
const EXPERIMENTS = "--disable-warning=ExperimentalWarning";

let folder = "";

beforeAll(async () => {
  const all = [...written, ...byHand];
  const compiled = await Promise.all(
    all.flatMap((it) =>
      filesOf(it).map(async ([path, text]) => [
        `run/${path.replace(/\.ts$/, ".js")}`,
        (await transform(text, { loader: "ts", target: "es2022", format: "esm" })).code,
      ]),
    ),
  );
  folder = workFolder("typescript", {
    "package.json": JSON.stringify({ type: "module", private: true }),
    "tsconfig.json": JSON.stringify({ compilerOptions: OPTIONS, include: ["strict"] }),
    "loose.json": JSON.stringify({ compilerOptions: LOOSE, include: ["loose"] }),
    ...Object.fromEntries(written.flatMap(filesOf).map(([path, text]) => [`strict/${path}`, text])),
    ...Object.fromEntries(byHand.flatMap(filesOf).map(([path, text]) => [`loose/${path}`, text])),
    ...Object.fromEntries(compiled),
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
    expect(loose.output).toBe("");
  });

  test("by TypeScript 6", () => {
    expect(ts.version).toMatch(/^6\./);
    expect(problemsOver(join(folder, "tsconfig.json"))).toEqual([]);
  });

  test("without a finding of ours, under the strict profile", async () => {
    const mooring = join(process.cwd(), "bin/mooring.mjs");
    const args = [mooring, "check", "strict", "--profile", "strict", "--no-progress"];
    // How long a list is cannot be seen, and a pattern stands for lists of all lengths.
    args.push("--skip", "unbounded-fan-out");
    const { output } = await run(process.execPath, [...args, "--format", "json"], folder);
    const { findings }: { readonly findings: readonly Found[] } = JSON.parse(output);
    // What a host does is not for anybody to copy.
    const found = findings.filter(({ file, start: { line } }) => {
      const fixture = written.find((it) => file.endsWith(`/${pathOf(it)}`));
      return fixture !== undefined && fixture.start <= line && line <= fixture.end;
    });
    expect(found.map((it) => `${it.file}:${it.start.line} ${it.rule}: ${it.message}`)).toEqual([]);
  });

  test.each(["/a.ts", "/a.tsx", "/a.js", "/a.jsx"])("also as part of %s", (path) => {
    for (const { code, name } of /\.jsx?$/.test(path) ? javascript : written) {
      const text = expandSnippet(parseSnippet(code.body));
      expect(syntaxProblems(path, text), `${name}\n${text}`).toEqual([]);
    }
  });
});

test.each(derived)("$name in JavaScript is TypeScript without the types", async (fixture) => {
  const twin = written.find((it) => it.name === fixture.name);
  if (twin === undefined) throw new Error("There is no TypeScript.");
  const [own, other] = await Promise.all([
    transform(expandSnippet(parseSnippet(fixture.code.body)), { loader: "js" }),
    transform(expandSnippet(parseSnippet(twin.code.body)), { loader: "ts", target: "esnext" }),
  ]);
  expect(own.code).toBe(other.code);
});

test("those that end run without a warning, and nothing keeps the process alive", async () => {
  const runnable = [...written, ...byHand].filter((it) => !it.endless);
  const failures: string[] = [];
  const waiting = runnable.values();
  const lane = async () => {
    for (const fixture of waiting) {
      const file = join("run", pathOf(fixture).replace(/\.ts$/, ".js"));
      const { status, output } = await run(process.execPath, [EXPERIMENTS, file], folder);
      if (status !== 0 || /warning/i.test(output)) failures.push(`${file}: ${status}\n${output}`);
    }
  };
  await Promise.all([lane(), lane()]);
  expect(failures.join("\n")).toBe("");
  expect(readdirSync(join(folder, "run")).length).toBeGreaterThan(50);
}, 240_000);

interface Found {
  readonly file: string;
  readonly rule: string;
  readonly message: string;
  readonly start: { readonly line: number };
}

/** Each in a folder of its own, with the files beside it. */
function filesOf(fixture: Fixture): readonly (readonly [string, string])[] {
  const path = pathOf(fixture);
  const beside = Object.entries(fixture.files);
  return [
    [path, fixture.text],
    ...beside.map(([name, text]) => [path.replace("index.ts", name), text] as const),
  ];
}

function pathOf({ name, code }: Fixture): string {
  return `${name}.${code.language}/index.ts`;
}

/** The compiler inside ts-morph has its library files in memory. */
function problemsOver(config: string): readonly string[] {
  const { config: json } = ts.readConfigFile(config, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(json, ts.sys, folder);
  const libraries = new Map(
    getLibFiles().map((it) => [`${libFolderInMemoryPath}/${it.fileName}`, it.text]),
  );
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists, readFile } = host;
  const program = ts.createProgram(fileNames, options, {
    ...host,
    getDefaultLibLocation: () => libFolderInMemoryPath,
    getDefaultLibFileName: () => `${libFolderInMemoryPath}/lib.d.ts`,
    fileExists: (path) => libraries.has(path) || fileExists(path),
    readFile: (path) => libraries.get(path) ?? readFile(path),
    getSourceFile(path, how) {
      const library = libraries.get(path);
      if (library === undefined) return getSourceFile(path, how);
      return ts.createSourceFile(path, library, how);
    },
  });
  return ts.getPreEmitDiagnostics(program).map(textOf);
}

function textOf({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
  return `${file?.fileName}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
}

function syntaxProblems(path: string, text: string): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost({}),
    getSourceFile: (name) => (name === path ? file : undefined),
  };
  const program = ts.createProgram([path], { noLib: true, allowJs: true, types: [] }, host);
  return program.getSyntacticDiagnostics(file).map(textOf);
}
