import { matchFiles } from "@ts-morph/common";
import { ts } from "ts-morph";
import type { Host } from "../host.ts";

/** Compiler options as the compiler parsed them: handed to an engine, never looked into outside. */
export type CompilerOptions = ts.CompilerOptions;

/** A tsconfig or jsconfig, as far as it could be read. */
export interface ParsedConfig {
  readonly path: string;
  /** The files it includes. */
  readonly files: readonly string[];
  readonly options: CompilerOptions;
  /** The configs behind `references`. */
  readonly references: readonly string[];
  /** The configs behind `extends`, read or not. */
  readonly extended: readonly string[];
  readonly problems: readonly ConfigMessage[];
}

/** What the compiler says about a config; the words for users are in projects.ts. */
export interface ConfigMessage {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** The compiler's number for this kind of problem. */
  readonly code: number;
  readonly text: string;
}

/** Never throws: what cannot be understood is a problem, and the rest counts. */
export function parseConfig(path: string, host: Host): ParsedConfig {
  const read = readConfig(path, host);
  if (read === undefined) return unreadable(path);
  const { source, parsed } = read;
  const references = (parsed.projectReferences ?? []).map((it) =>
    ts.resolveProjectReferencePath(it),
  );
  const missing = references.filter((it) => !host.isFile(it));
  const options = withTypes({ ...parsed.options, configFilePath: path });
  return {
    path,
    files: parsed.fileNames,
    // A jsconfig would have packages parsed that are written in JavaScript.
    options: parsed.options.maxNodeModuleJsDepth ? javaScript(options) : options,
    references,
    extended: source.extendedSourceFiles ?? [],
    problems: [
      ...firstSyntaxErrors([...syntaxErrors(source), ...parsed.errors]).map((it) =>
        messageOf(it, source),
      ),
      ...missing.map((text) => {
        const { file, start, end } = placeOf(["references"], source);
        return { file, start, end, code: MISSING_REFERENCE, text };
      }),
    ],
  };
}

/** A config in the compiler's own form: how it sees a referenced project's sources. */
export function parseReference(path: string, host: Host): ts.ParsedCommandLine | undefined {
  return readConfig(path, host)?.parsed;
}

/** Not among the compiler's numbers. */
export const UNREADABLE = -1;
export const MISSING_REFERENCE = -2;

function unreadable(path: string): ParsedConfig {
  const problem = { file: path, start: 0, end: 0, code: UNREADABLE, text: path };
  const options = inferredOptions(folderOf(path));
  return { path, files: [], options, references: [], extended: [], problems: [problem] };
}

function readConfig(path: string, host: Host) {
  // The compiler does not survive the config that it made of a file that cannot be read.
  if (host.read(path) === undefined) return undefined;
  const source = ts.readJsonConfigFile(path, (it) => host.read(it));
  const files = configHost(host);
  const folder = folderOf(path);
  const parsed = ts.parseJsonSourceFileConfigFileContent(source, files, folder, undefined, path);
  return { source, parsed };
}

/**
 * Options for files that no config speaks of. `folder` is where automatic @types are looked for.
 *
 * Bundler resolution finds what Node's own would and also imports without an extension; the `node`
 * condition is added because such files mostly run there. Each file is a module of its own: two
 * scripts that both declare `main` have nothing to do with each other.
 */
export function inferredOptions(folder: string): CompilerOptions {
  return withTypes({
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    customConditions: ["node"],
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    esModuleInterop: true,
    jsx: ts.JsxEmit.Preserve,
    strict: true,
    ...javaScript({}),
    // Nothing reads this file; the compiler takes the folder from it.
    configFilePath: `${folder === "/" ? "" : folder}/tsconfig.json`,
  });
}

/** The same options where JavaScript files were asked for though the config leaves them out. */
export function javaScript(options: CompilerOptions): CompilerOptions {
  // Packages written in JavaScript are not analysed, so their sources need not be parsed.
  return { ...options, allowJs: true, maxNodeModuleJsDepth: 0 };
}

/**
 * Since TypeScript 6, a config that names no `types` gets none. Projects written before that rely on
 * everything in @types, and without `@types/node` most of a server would be `any`.
 */
function withTypes(options: CompilerOptions): CompilerOptions {
  return options.types === undefined ? { ...options, types: ["*"] } : options;
}

function configHost(host: Host): ts.ParseConfigHost {
  return {
    useCaseSensitiveFileNames: host.caseSensitive,
    fileExists: (path) => host.isFile(path),
    readFile: (path) => host.read(path),
    readDirectory: (folder, extensions, excludes, includes, depth) =>
      matchFiles(
        folder,
        extensions,
        excludes ?? [],
        includes,
        host.caseSensitive,
        host.folder,
        depth,
        (path) => {
          const entries = host.list(path);
          return {
            files: entries.filter((it) => !it.isFolder).map((it) => it.name),
            directories: entries.filter((it) => it.isFolder).map((it) => it.name),
          };
        },
        (path) => host.realPath(path),
        (path) => host.isFolder(path),
      ),
  };
}

function syntaxErrors(source: ts.TsConfigSourceFile): readonly ts.Diagnostic[] {
  // Where the compiler keeps what the JSON parser said; its public types leave the property out.
  const errors: unknown = Reflect.get(source, "parseDiagnostics");
  // Sound: the parser puts nothing else there.
  return Array.isArray(errors) ? (errors as ts.Diagnostic[]) : [];
}

/** What follows a syntax error in the same file is mostly the same error again. */
function firstSyntaxErrors(diagnostics: readonly ts.Diagnostic[]): readonly ts.Diagnostic[] {
  const broken = new Set<string | undefined>();
  return diagnostics.filter(({ code, file }) => {
    if (!isSyntaxError(code)) return true;
    const isFirst = !broken.has(file?.fileName);
    broken.add(file?.fileName);
    return isFirst;
  });
}

export function isSyntaxError(code: number): boolean {
  return 1000 <= code && code < 2000;
}

function messageOf(diagnostic: ts.Diagnostic, config: ts.TsConfigSourceFile): ConfigMessage {
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
  const { code, file, start, length = 0 } = diagnostic;
  if (file !== undefined && start !== undefined) {
    return { file: file.fileName, start, end: start + length, code, text };
  }
  // The compiler gives some messages without a place.
  const names = /cannot read|not found|circularity/i.test(text)
    ? ["extends"]
    : ["include", "files"];
  return { ...placeOf(names, config), code, text };
}

/** Where one of the settings is written; the start of the file where none is. */
function placeOf(names: readonly string[], config: ts.TsConfigSourceFile) {
  const file = config.fileName;
  const object = config.statements[0]?.expression;
  if (object === undefined || !ts.isObjectLiteralExpression(object)) {
    return { file, start: 0, end: 0 };
  }
  const property = object.properties.find(
    ({ name }) => name !== undefined && ts.isStringLiteral(name) && names.includes(name.text),
  );
  return { file, start: property?.getStart(config) ?? 0, end: property?.end ?? 0 };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}
