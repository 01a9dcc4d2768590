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
  const source = ts.readJsonConfigFile(path, (it) => host.read(it));
  const folder = folderOf(path);
  const parsed = ts.parseJsonSourceFileConfigFileContent(
    source,
    configHost(host),
    folder,
    undefined,
    path,
  );
  const diagnostics = [...syntaxErrors(source), ...parsed.errors];
  return {
    path,
    files: parsed.fileNames,
    options: withTypes({ ...parsed.options, configFilePath: path }),
    references: (parsed.projectReferences ?? []).map((it) => ts.resolveProjectReferencePath(it)),
    extended: source.extendedSourceFiles ?? [],
    problems: diagnostics.map((it) => messageOf(it, source)),
  };
}

/** What a program needs to see a referenced project's sources where its output would be. */
export function parseReference(path: string, host: Host): ts.ParsedCommandLine | undefined {
  if (!host.isFile(path)) return undefined;
  const source = ts.readJsonConfigFile(path, (it) => host.read(it));
  const folder = folderOf(path);
  const parsed = ts.parseJsonSourceFileConfigFileContent(
    source,
    configHost(host),
    folder,
    undefined,
    path,
  );
  parsed.options.configFile = source;
  return parsed;
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
  return options.allowJs ? options : { ...options, allowJs: true, maxNodeModuleJsDepth: 0 };
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
        excludes,
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
      ),
  };
}

type MatchFiles = (
  folder: string,
  extensions: readonly string[],
  excludes: readonly string[] | undefined,
  includes: readonly string[] | undefined,
  caseSensitive: boolean,
  currentFolder: string,
  depth: number | undefined,
  entriesOf: (path: string) => { files: string[]; directories: string[] },
  realPath: (path: string) => string,
) => string[];

// Sound for the compiler that package.json pins, and held by test/analysis/projects.test.ts. The
// compiler leaves its matcher out of its public types; a second one would differ in the corners.
const matchFiles = Reflect.get(ts, "matchFiles") as MatchFiles;

function syntaxErrors(source: ts.TsConfigSourceFile): readonly ts.Diagnostic[] {
  // Where the compiler keeps what the JSON parser said; its public types leave the property out.
  const errors: unknown = Reflect.get(source, "parseDiagnostics");
  // Sound: the parser puts nothing else there.
  return Array.isArray(errors) ? (errors as ts.Diagnostic[]) : [];
}

function messageOf(diagnostic: ts.Diagnostic, config: ts.TsConfigSourceFile): ConfigMessage {
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
  const { code, file, start, length = 0 } = diagnostic;
  if (file !== undefined && start !== undefined) {
    return { file: file.fileName, start, end: start + length, code, text };
  }
  const place = propertyBehind(code, config);
  return { file: config.fileName, start: place?.start ?? 0, end: place?.end ?? 0, code, text };
}

/** The setting that a message is about which the compiler gives without a place. */
function propertyBehind(code: number, config: ts.TsConfigSourceFile) {
  const names = code === 18003 ? ["include", "files"] : code === 18000 ? ["extends"] : [];
  const [statement] = config.statements;
  const object = statement?.expression;
  if (object === undefined || !ts.isObjectLiteralExpression(object)) return undefined;
  for (const property of object.properties) {
    const { name } = property;
    if (name !== undefined && ts.isStringLiteral(name) && names.includes(name.text)) {
      return { start: property.getStart(config), end: property.end };
    }
  }
  return undefined;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}
