import type { Diagnostic, Project, Snapshot } from "typescript/unstable/sync";
import { type Node, nameOf, type SourceFile } from "../syntax.ts";
import { needsEndings } from "./import-endings.ts";
import { loadNative, type NativeApi, startNative } from "./native-api.ts";
import { NativeFiles, type NativeFilesOptions } from "./native-files.ts";
import { NativeTrees } from "./native-tree.ts";
import { NativeTypes } from "./native-types.ts";
import type { Engine, EngineSnapshot, FileChange, Problem } from "./type-engine.ts";

export { NativeUnavailable } from "./native-api.ts";

export interface NativeOptions extends NativeFilesOptions {
  /** The file or folder (with a slash) as seen from which `typescript` is looked for. */
  readonly from: string;
}

/**
 * The engine over TypeScript 7's native server, a process of its own that answers synchronously.
 * Throws `NativeUnavailable` where that cannot be had.
 *
 * A snapshot answers until the next one is taken: the server keeps what belongs to it until told.
 */
export function openNative(options: NativeOptions): Engine {
  const api = loadNative(options.from);
  const files = new NativeFiles(options);
  const trees = new NativeTrees(api);
  const client = startNative(api, options.from, files.fileSystem, options.host.folder);
  let remote: Snapshot | undefined;
  let snapshot: EngineSnapshot | undefined;
  let changes: FileChange[] = [];
  let roots: readonly string[] | undefined;

  const take = (): Snapshot => {
    const before = remote;
    const after = client.updateSnapshot(
      before === undefined
        ? { openProjects: [files.configPath] }
        : { fileChanges: files.change(changes, roots) },
    );
    before?.dispose();
    changes = [];
    roots = undefined;
    return after;
  };

  return {
    version: `TypeScript ${api.version} (native)`,
    snapshot() {
      if (snapshot !== undefined) return snapshot;
      remote = take();
      const project = remote.getProject(files.configPath);
      if (project === undefined) throw new Error(`${files.configPath} did not open.`);
      return (snapshot = new NativeSnapshot(project, api, trees, files));
    },
    change(more, newRoots) {
      changes.push(...more);
      roots = newRoots ?? roots;
      snapshot = undefined;
    },
    dispose() {
      snapshot = undefined;
      client.close();
    },
  };
}

class NativeSnapshot extends NativeTypes implements EngineSnapshot {
  readonly strictNulls: boolean;
  private readonly project: Project;
  readonly importsNeedEndings: boolean;
  private readonly trees: NativeTrees;
  private readonly files: NativeFiles;

  constructor(project: Project, api: NativeApi, trees: NativeTrees, files: NativeFiles) {
    super(project, api, trees);
    const { strict, strictNullChecks, module, moduleResolution } = project.compilerOptions;
    this.strictNulls = strictNullChecks ?? strict ?? true;
    this.importsNeedEndings = needsEndings({ module, moduleResolution });
    this.files = files;
    this.project = project;
    this.trees = trees;
  }

  file(path: string): SourceFile | undefined {
    const file = this.project.program.getSourceFile(path);
    return file && this.trees.file(file);
  }

  exists(path: string): boolean {
    return this.files.exists(path);
  }

  textOf(path: string): string | undefined {
    return this.files.textOf(path);
  }

  importsOf(path: string): readonly string[] {
    const file = this.project.program.getSourceFile(path);
    if (file === undefined) return [];
    const specifiers = [...file.imports, ...file.moduleAugmentations].map((it) =>
      this.trees.view(it),
    );
    this.names.prefetch(specifiers);
    const imported = new Set(specifiers.flatMap((it) => this.targetOf(it, path) ?? []));
    for (const { fileName } of file.referencedFiles) imported.add(joined(path, fileName));
    imported.delete(file.fileName);
    return [...imported];
  }

  /** The server says which module a specifier names; a script has no module, but a name. */
  private targetOf(specifier: Node, path: string): string | undefined {
    const module = this.names.fileBehind(specifier);
    const written = nameOf(specifier);
    if (module !== undefined || !written?.startsWith(".")) return module;
    const target = joined(path, written);
    const stem = target.replace(/\.[cm]?[jt]sx?$/, "");
    const candidates = [
      target,
      ...EXTENSIONS.flatMap((it) => [`${stem}${it}`, `${target}/index${it}`]),
    ];
    return candidates.find((it) => this.project.program.getSourceFileMetadata(it) !== undefined);
  }

  isOwn(path: string): boolean {
    const about = this.project.program.getSourceFileMetadata(path);
    return about !== undefined && !about.isDefaultLibrary && !path.includes("/node_modules/");
  }

  syntaxProblems(path: string): readonly Problem[] {
    const { program } = this.project;
    return program.getSyntacticDiagnostics(path).map((it) => problemOf(it, "syntax"));
  }

  problems(path: string): readonly Problem[] {
    const { program } = this.project;
    return [
      ...this.syntaxProblems(path),
      ...program.getSemanticDiagnostics(path).map((it) => problemOf(it, "types")),
    ];
  }
}

const EXTENSIONS = [".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/** A path as written in a file, as seen from that file. */
function joined(from: string, written: string): string {
  const folders = written.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const part of written.split("/")) {
    if (part === "..") folders.pop();
    else if (part !== ".") folders.push(part);
  }
  return folders.join("/");
}

function problemOf(diagnostic: Diagnostic, about: Problem["about"]): Problem {
  const { pos: start, end, code } = diagnostic;
  return { start, end, code, message: messageOf(diagnostic, ""), about };
}

/** The message with what it was concluded from, indented as compilers do. */
function messageOf({ text, messageChain = [] }: Diagnostic, indent: string): string {
  const below = messageChain.map((it) => messageOf(it, `${indent}  `));
  return [`${indent}${text}`, ...below].join("\n");
}
