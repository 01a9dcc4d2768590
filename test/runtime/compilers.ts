import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getLibFiles, libFolderInMemoryPath, ts } from "ts-morph-common-5";

const libraries = new Map(
  getLibFiles().map((it) => [`${libFolderInMemoryPath}/${it.fileName}`, it.text]),
);

// TypeScript 7, which this repository is built with, and TypeScript 5, inside another package. Both report on all files of
// a folder.

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));

/** All that TypeScript can be told to be strict about, and what restricts the syntax. */
export const STRICTEST = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noUncheckedSideEffectImports: true,
  allowUnreachableCode: false,
  allowUnusedLabels: false,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  isolatedModules: true,
} as const;

/** Names of options and their values, as in a tsconfig.json. */
export type Options = Readonly<Record<string, unknown>>;

export const COMPILERS: Readonly<
  Record<string, (folder: string, files: readonly string[], options: Options) => string>
> = {
  "TypeScript 5.9": (folder, files, options) => {
    const names = files.map((it) => join(folder, it));
    const read = ts.convertCompilerOptionsFromJson({ ...options, noEmit: true }, folder);
    const host = ts.createCompilerHost(read.options);
    const readFile = (path: string): string | undefined =>
      libraries.get(path) ?? ts.sys.readFile(path);
    const program = ts.createProgram(names, read.options, {
      ...host,
      readFile,
      fileExists: (path) => libraries.has(path) || host.fileExists(path),
      getDefaultLibLocation: () => libFolderInMemoryPath,
      getDefaultLibFileName: (it) => `${libFolderInMemoryPath}/${ts.getDefaultLibFileName(it)}`,
      getSourceFile: (path, version) => {
        const text = readFile(path);
        return text === undefined ? undefined : ts.createSourceFile(path, text, version);
      },
    });
    const found = [...read.errors, ...ts.getPreEmitDiagnostics(program)];
    return ts.formatDiagnostics(found, { ...host, getCurrentDirectory: () => folder });
  },
  "TypeScript 7": (folder, files, options) => {
    const flags = Object.entries(options).flatMap(([name, value]) => [
      `--${name}`,
      Array.isArray(value) ? value.join(",") : String(value),
    ]);
    const tsc = join(modules, "typescript/bin/tsc");
    const args = [tsc, ...files, ...flags, "--noEmit", "true", "--pretty", "false"];
    return spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" }).stdout;
  },
};
