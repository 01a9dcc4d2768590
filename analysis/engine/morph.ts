import { getLibFiles, libFolderInMemoryPath } from "@ts-morph/common";
import { ts } from "ts-morph";
import type { Host } from "../host.ts";
import type { SourceFile } from "../syntax.ts";
import { MorphTypes } from "./morph-types.ts";
import type { Engine, EngineSnapshot, FileChange, Problem } from "./type-engine.ts";

export interface MorphOptions {
  readonly host: Host;
  /** The files that make up the project; what they import is found from them. */
  readonly files: readonly string[];
  /** As parsed from a tsconfig; an empty object where there is none. */
  readonly compilerOptions: ts.CompilerOptions;
}

/**
 * The engine over the compiler inside ts-morph, in this process.
 *
 * It makes programs itself instead of through ts-morph's `Project`, whose compiler host drops the
 * module format of a file: in a NodeNext project the packages that can only be imported would not
 * resolve, and what does not resolve is `any`, about which nothing can be said.
 */
export function openMorph({ host, files, compilerOptions }: MorphOptions): Engine {
  const options: ts.CompilerOptions = {
    ...compilerOptions,
    noEmit: true,
    skipLibCheck: true,
    // Emit-only options that contradict noEmit or each other would only cost time.
    composite: false,
    incremental: false,
    declaration: false,
  };
  const roots = new Set(files);
  const texts = new SourceTexts(host, options);
  let program: ts.Program | undefined;
  let snapshot: EngineSnapshot | undefined;

  return {
    version: `ts-morph (TypeScript ${ts.version})`,
    snapshot() {
      if (snapshot !== undefined) return snapshot;
      const old = program;
      program = ts.createProgram({
        rootNames: [...roots],
        options,
        host: texts.compilerHost,
        ...(old === undefined ? {} : { oldProgram: old }),
      });
      snapshot = new MorphSnapshot(program);
      return snapshot;
    },
    change(changes) {
      snapshot = undefined;
      for (const change of changes) {
        const appears = texts.change(change);
        if (change.text !== undefined) roots.add(change.path);
        else if (!host.isFile(change.path)) roots.delete(change.path);
        // Imports that failed may resolve now, and others no longer: start from the roots again.
        if (appears) program = undefined;
      }
    },
    dispose() {
      program = undefined;
      snapshot = undefined;
      texts.clear();
    },
  };
}

/** The compiler's own library files, which ts-morph carries inside it. */
const LIBRARY_FOLDER: string = libFolderInMemoryPath;
const libraries: ReadonlyMap<string, string> = new Map(
  getLibFiles().map(({ fileName, text }) => [`${LIBRARY_FOLDER}/${fileName}`, text]),
);

/** The texts of a project and their trees; a tree stays the same object until its text changes. */
class SourceTexts {
  readonly compilerHost: ts.CompilerHost;
  private readonly host: Host;
  private readonly overlay = new Map<string, string>();
  private readonly trees = new Map<string, ts.SourceFile>();

  constructor(host: Host, options: ts.CompilerOptions) {
    this.host = host;
    const canonical = (path: string) => (host.caseSensitive ? path : path.toLowerCase());
    const resolutions = ts.createModuleResolutionCache(host.folder, canonical, options);
    this.compilerHost = {
      getSourceFile: (path, how) => this.tree(path, how),
      getDefaultLibFileName: (how) => `${LIBRARY_FOLDER}/${ts.getDefaultLibFileName(how)}`,
      getDefaultLibLocation: () => LIBRARY_FOLDER,
      getCurrentDirectory: () => host.folder,
      getCanonicalFileName: canonical,
      useCaseSensitiveFileNames: () => host.caseSensitive,
      getNewLine: () => "\n",
      fileExists: (path) => this.overlay.has(path) || libraries.has(path) || host.isFile(path),
      directoryExists: (path) => host.isFolder(path),
      readFile: (path) => this.text(path),
      realpath: (path) => host.realPath(path),
      getDirectories: (path) =>
        host
          .list(path)
          .filter((it) => it.isFolder)
          .map((it) => it.name),
      getModuleResolutionCache: () => resolutions,
      writeFile: () => undefined,
    };
  }

  /** Whether the change makes a file appear or disappear. */
  change({ path, text }: FileChange): boolean {
    const before = this.overlay.has(path) || this.trees.has(path);
    if (text === undefined) this.overlay.delete(path);
    else this.overlay.set(path, text);
    this.trees.delete(path);
    return before !== (text !== undefined || this.host.isFile(path));
  }

  clear(): void {
    this.trees.clear();
    this.overlay.clear();
  }

  private text(path: string): string | undefined {
    return libraries.get(path) ?? this.overlay.get(path) ?? this.host.read(path);
  }

  private tree(path: string, how: ts.ScriptTarget | ts.CreateSourceFileOptions) {
    const known = this.trees.get(path);
    if (known !== undefined) return known;
    const text = this.text(path);
    if (text === undefined) return undefined;
    // Rules look at parents before the compiler has bound the file; nobody walks declaration files.
    const tree = ts.createSourceFile(path, text, how, !path.endsWith(".d.ts"));
    this.trees.set(path, tree);
    return tree;
  }
}

class MorphSnapshot extends MorphTypes implements EngineSnapshot {
  private readonly program: ts.Program;

  constructor(program: ts.Program) {
    super(program);
    this.program = program;
  }

  file(path: string): SourceFile | undefined {
    const file = this.program.getSourceFile(path);
    // Sound: shapes.ts describes compiler nodes by the compiler's own property names and numbers;
    // test/analysis/syntax.test.ts holds the two together.
    return file as SourceFile | undefined;
  }

  importsOf(path: string): readonly string[] {
    const file = this.program.getSourceFile(path);
    if (file === undefined) return [];
    const imported = new Set<string>();
    for (const specifier of specifiersIn(file)) {
      const target = this.checker
        .getSymbolAtLocation(specifier)
        ?.declarations?.find(ts.isSourceFile);
      if (target !== undefined) imported.add(target.fileName);
    }
    return [...imported];
  }

  problems(path: string): readonly Problem[] {
    const file = this.program.getSourceFile(path);
    if (file === undefined) return [];
    return [
      ...this.program.getSyntacticDiagnostics(file).map((it) => problemOf(it, "syntax")),
      ...this.program.getSemanticDiagnostics(file).map((it) => problemOf(it, "types")),
    ];
  }

  isOwn(path: string): boolean {
    const file = this.program.getSourceFile(path);
    if (file === undefined || path.includes("/node_modules/")) return false;
    return !this.program.isSourceFileDefaultLibrary(file);
  }
}

function problemOf(diagnostic: ts.Diagnostic, about: Problem["about"]): Problem {
  const { start = 0, length = 0, code, messageText } = diagnostic;
  const message = ts.flattenDiagnosticMessageText(messageText, "\n");
  return { start, end: start + length, code, message, about };
}

/** The strings behind `from`, `import(…)` and `require(…)`. */
function specifiersIn(file: ts.SourceFile): ts.Node[] {
  const specifiers: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined) specifiers.push(node.moduleSpecifier);
    } else if (ts.isCallExpression(node) && isImportCall(node)) {
      const [first] = node.arguments;
      if (first !== undefined) specifiers.push(first);
    } else if (ts.isExternalModuleReference(node)) {
      specifiers.push(node.expression);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return specifiers;
}

function isImportCall({ expression }: ts.CallExpression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(expression) && expression.text === "require";
}
