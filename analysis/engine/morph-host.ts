import { getLibFiles, libFolderInMemoryPath } from "@ts-morph/common";
import { ts } from "ts-morph";
import type { Host } from "../host.ts";
import { inside, parentOf } from "../paths.ts";
import { parseReference } from "./morph-config.ts";
import { specifiersIn } from "./morph-imports.ts";
import type { FileChange } from "./type-engine.ts";

/** What a change means to the program: nothing, another text, or that a file is there or gone. */
export type ChangeKind = "none" | "text" | "files";

/**
 * The texts of a project, their trees, and where their imports lead. A tree stays the same object
 * until its text changes: that is how a program knows what it can take over from the one before.
 */
export class MorphHost {
  private readonly host: Host;
  private readonly options: ts.CompilerOptions;
  private readonly treeKey: string;
  private readonly overlay = new Map<string, string>();
  private readonly trees = new Map<string, ts.SourceFile>();
  private readonly resolutions = new Map<string, Map<string, string | undefined>>();
  private readonly missing = new Set<string>();
  private imports = new WeakMap<ts.SourceFile, readonly string[]>();
  private cache: ts.ModuleResolutionCache;
  private hostInUse: ts.CompilerHost;

  constructor(host: Host, options: ts.CompilerOptions) {
    this.host = host;
    this.options = options;
    this.treeKey = registry.getKeyForCompilationSettings(options);
    this.cache = this.newCache();
    this.hostInUse = this.newCompilerHost();
  }

  /**
   * A host for the next program. Each gets its own: while a program with references is made, the
   * compiler puts functions of its own on the host that hold on to the program, and leaves one there.
   */
  newCompilerHost(): ts.CompilerHost {
    this.hostInUse = Object.assign(this.hostOfCompiler(), {
      // Neither is in the compiler's public types. Sources stand in for the output of referenced
      // projects, as in editors: the output is often missing or old.
      useSourceOfProjectReferenceRedirect: () => true,
      // Packages below @types do not come and go while somebody types; `files` changes start anew.
      hasChangedAutomaticTypeDirectiveNames: () => false,
    });
    return this.hostInUse;
  }

  /**
   * By what this project has looked at, not by the disk: by the time of the change, a file that was
   * created is there already.
   */
  change({ path, text }: FileChange): ChangeKind {
    if (text === undefined) this.overlay.delete(path);
    else this.overlay.set(path, text);
    const now = this.text(path);
    const tree = this.trees.get(path);
    if (tree === undefined) return now !== undefined && this.wasMissed(path) ? "files" : "none";
    if (tree.text === now) return "none";
    this.trees.delete(path);
    return now === undefined ? "files" : "text";
  }

  /** The tree of a text that counts again. */
  keep(tree: ts.SourceFile): void {
    this.trees.set(tree.fileName, tree);
  }

  knows(path: string): boolean {
    return this.trees.has(path);
  }

  /** Forgets where imports lead: what failed may resolve now, what resolved may lead elsewhere. */
  forgetResolutions(): void {
    this.cache = this.newCache();
    this.missing.clear();
    this.resolutions.clear();
    this.imports = new WeakMap();
  }

  /** `only`: those that are written with one of these specifiers. */
  importsOf(
    file: ts.SourceFile,
    program: ts.Program,
    only?: ReadonlySet<string>,
  ): readonly string[] {
    const known = only === undefined ? this.imports.get(file) : undefined;
    if (known !== undefined) return known;
    const resolved = this.resolutions.get(file.fileName);
    const imported = new Set<string>();
    for (const specifier of specifiersIn(file)) {
      if (only?.has(specifier.text) === false) continue;
      const target = resolved?.get(this.keyOf(file, specifier));
      // The output of a referenced project leads to its source.
      if (target !== undefined) imported.add(program.getSourceFile(target)?.fileName ?? target);
    }
    for (const { fileName } of file.referencedFiles) {
      imported.add(ts.resolveTripleslashReference(fileName, file.fileName));
    }
    imported.delete(file.fileName);
    const paths = [...imported];
    if (only === undefined) this.imports.set(file, paths);
    return paths;
  }

  clear(): void {
    this.trees.clear();
    this.overlay.clear();
    this.forgetResolutions();
  }

  private hostOfCompiler(): ts.CompilerHost {
    const { host } = this;
    return {
      getSourceFile: (path, how) => this.tree(path, how),
      getDefaultLibFileName: (how) => `${LIBRARY_FOLDER}/${ts.getDefaultLibFileName(how)}`,
      getDefaultLibLocation: () => LIBRARY_FOLDER,
      getCurrentDirectory: () => host.folder,
      getCanonicalFileName: (path) => this.canonical(path),
      useCaseSensitiveFileNames: () => host.caseSensitive,
      getNewLine: () => "\n",
      fileExists: (path) => this.noting(path, libraries.has(path) || this.exists(path)),
      directoryExists: (path) => this.noting(path, this.isFolder(path)),
      readFile: (path) => this.text(path),
      realpath: (path) => host.realPath(path),
      getDirectories: (path) =>
        host
          .list(path)
          .filter((it) => it.isFolder)
          .map((it) => it.name),
      getParsedCommandLine: (path) => parseReference(path, host),
      getModuleResolutionCache: () => this.cache,
      resolveModuleNameLiterals: (literals, path, redirect, options, file) =>
        literals.map((it) => this.resolve(it, path, redirect, options, file)),
      writeFile: () => undefined,
    };
  }

  private resolve(
    literal: ts.StringLiteralLike,
    path: string,
    redirect: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
    file: ts.SourceFile,
  ): ts.ResolvedModuleWithFailedLookupLocations {
    const mode = ts.getModeForUsageLocation(file, literal, options);
    const { hostInUse, cache } = this;
    const resolution = ts.resolveModuleName(
      literal.text,
      path,
      options,
      hostInUse,
      cache,
      redirect,
      mode,
    );
    let known = this.resolutions.get(path);
    if (known === undefined) this.resolutions.set(path, (known = new Map()));
    known.set(this.keyOf(file, literal), resolution.resolvedModule?.resolvedFileName);
    return resolution;
  }

  private keyOf(file: ts.SourceFile, literal: ts.StringLiteralLike): string {
    return `${ts.getModeForUsageLocation(file, literal, this.options)} ${literal.text}`;
  }

  private newCache(): ts.ModuleResolutionCache {
    return ts.createModuleResolutionCache(
      this.host.folder,
      (path) => this.canonical(path),
      this.options,
    );
  }

  private canonical(path: string): string {
    return this.host.caseSensitive ? path : path.toLowerCase();
  }

  exists(path: string): boolean {
    return this.overlay.has(path) || this.host.isFile(path);
  }

  /** A text that was put where no folder is makes one. */
  private isFolder(path: string): boolean {
    if (this.host.isFolder(path)) return true;
    const below = inside(path, "");
    return [...this.overlay.keys()].some((it) => it.startsWith(below));
  }

  private noting(path: string, exists: boolean): boolean {
    if (!exists) this.missing.add(path);
    return exists;
  }

  /** Whether an import was looked for there, or in a folder above that was not there either. */
  private wasMissed(path: string): boolean {
    if (this.missing.has(path)) return true;
    const parent = parentOf(path);
    return parent !== undefined && this.wasMissed(parent);
  }

  text(path: string): string | undefined {
    return this.overlay.get(path) ?? this.host.read(path);
  }

  private tree(path: string, how: ts.ScriptTarget | ts.CreateSourceFileOptions) {
    const known = this.trees.get(path);
    if (known !== undefined) return known;
    const library = libraries.get(path);
    const tree =
      library === undefined ? this.parse(path, how) : libraryTree(path, library, how, this.treeKey);
    if (tree !== undefined) this.trees.set(path, tree);
    return tree;
  }

  private parse(path: string, how: ts.ScriptTarget | ts.CreateSourceFileOptions) {
    const text = this.text(path);
    if (text === undefined) return undefined;
    // Rules look at parents before the compiler has bound the file; nobody walks declaration files.
    return ts.createSourceFile(path, text, parsing(path, how), !path.endsWith(".d.ts"));
  }
}

/** The compiler's own library files, which ts-morph carries inside it. */
const LIBRARY_FOLDER: string = libFolderInMemoryPath;
const libraries: ReadonlyMap<string, string> = new Map(
  getLibFiles().map(({ fileName, text }) => [`${LIBRARY_FOLDER}/${fileName}`, text]),
);

/** Says which options make a difference to a tree; nothing is kept in it. */
const registry = ts.createDocumentRegistry();

/** Library files are the same in every project, and large: all engines share their trees. */
const libraryTrees = new Map<string, ts.SourceFile>();

function libraryTree(
  path: string,
  text: string,
  how: ts.ScriptTarget | ts.CreateSourceFileOptions,
  treeKey: string,
): ts.SourceFile {
  const key = `${treeKey} ${path}`;
  let tree = libraryTrees.get(key);
  if (tree === undefined) {
    tree = ts.createSourceFile(path, text, parsing(path, how));
    libraryTrees.set(key, tree);
  }
  return tree;
}

/** Documentation comments carry types in JavaScript only; elsewhere parsing them is a fifth of it. */
function parsing(
  path: string,
  how: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.CreateSourceFileOptions {
  const { ParseAll, ParseNone } = ts.JSDocParsingMode;
  const options = typeof how === "object" ? how : { languageVersion: how };
  return { ...options, jsDocParsingMode: /\.[cm]?jsx?$/.test(path) ? ParseAll : ParseNone };
}
