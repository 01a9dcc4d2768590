import { ts } from "ts-morph";
import type { Host } from "../host.ts";
import type { SourceFile } from "../syntax.ts";
import { needsEndings } from "./import-endings.ts";
import { MorphHost } from "./morph-host.ts";
import { MorphTypes } from "./morph-types.ts";
import type { Engine, EngineSnapshot, FileChange, Problem } from "./type-engine.ts";

export interface MorphOptions {
  readonly host: Host;
  /** The files that make up the project; what they import is found from them. */
  readonly files: readonly string[];
  /** As parsed from a tsconfig; an empty object where there is none. */
  readonly compilerOptions: ts.CompilerOptions;
  /** The configs of referenced projects: their sources are read where their output would be. */
  readonly references?: readonly string[];
}

/**
 * The engine over the compiler inside ts-morph, in this process.
 *
 * It makes programs itself instead of through ts-morph's `Project`, whose compiler host drops the
 * module format of a file: in a NodeNext project the packages that can only be imported would not
 * resolve, and what does not resolve is `any`, about which nothing can be said.
 */
export function openMorph({ host, files, compilerOptions, references = [] }: MorphOptions): Engine {
  const options: ts.CompilerOptions = {
    ...compilerOptions,
    noEmit: true,
    skipLibCheck: true,
    // Emit-only options that contradict noEmit or each other would only cost time.
    composite: false,
    incremental: false,
    declaration: false,
  };
  const projectReferences = references.map((path) => ({ path }));
  const texts = new MorphHost(host, options);
  let roots: readonly string[] = [...files];
  let resolution = {};
  let program: ts.Program | undefined;
  let snapshot: EngineSnapshot | undefined;
  const changed = new Set<string>();
  let comings = 0;

  return {
    version: `ts-morph (TypeScript ${ts.version})`,
    snapshot() {
      if (snapshot !== undefined) return snapshot;
      const old = program;
      program = ts.createProgram({
        rootNames: roots,
        options,
        host: texts.newCompilerHost(),
        ...(0 < projectReferences.length ? { projectReferences } : {}),
        ...(old === undefined ? {} : { oldProgram: old }),
      });
      snapshot = new MorphSnapshot(program, texts, resolution);
      return snapshot;
    },
    change(changes, members) {
      for (const change of changes) {
        const isNew = !texts.knows(change.path);
        const kind = texts.change(change);
        changed.add(change.path);
        if (members === undefined && (isNew || kind === "files")) {
          roots = rootsAfter(change, roots);
          resolution = {};
          snapshot = undefined;
        }
        if (kind !== "none") snapshot = undefined;
        if (kind !== "files") continue;
        comings += 1;
        // Resolving anew starts from the roots, with nothing taken over but the trees.
        program = undefined;
        resolution = {};
        texts.forgetResolutions();
      }
      if (members !== undefined && !sameList(members, roots)) {
        roots = [...members];
        resolution = {};
        snapshot = undefined;
      }
    },
    hold() {
      const held = { program, snapshot, roots, resolution, comings };
      changed.clear();
      return () => {
        const isAlike = held.comings === comings && held.resolution === resolution;
        if (held.program === undefined || !isAlike || held.roots !== roots) return false;
        const trees = [...changed].flatMap((path) => held.program?.getSourceFile(path) ?? []);
        if (trees.some((it) => texts.text(it.fileName) !== it.text)) return false;
        for (const it of trees) texts.keep(it);
        ({ program, snapshot } = held);
        return true;
      };
    },
    dispose() {
      program = undefined;
      snapshot = undefined;
      texts.clear();
    },
  };
}

function rootsAfter({ path, text }: FileChange, roots: readonly string[]): readonly string[] {
  const others = roots.filter((it) => it !== path);
  return text === undefined ? others : [...others, path];
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((it, index) => it === b[index]);
}

class MorphSnapshot extends MorphTypes implements EngineSnapshot {
  private readonly program: ts.Program;
  private readonly texts: MorphHost;

  readonly resolution: object;
  readonly strictNulls: boolean;
  readonly importsNeedEndings: boolean;

  constructor(program: ts.Program, texts: MorphHost, resolution: object) {
    super(program);
    this.resolution = resolution;
    const { strict, strictNullChecks, moduleResolution, module } = program.getCompilerOptions();
    this.strictNulls = strictNullChecks ?? strict ?? true;
    this.importsNeedEndings = needsEndings({ module, moduleResolution });
    this.program = program;
    this.texts = texts;
  }

  file(path: string): SourceFile | undefined {
    // shapes.ts describes compiler nodes by the compiler's own property names and numbers, so they
    // need no conversion; test/analysis/syntax.test.ts holds the two together.
    return this.program.getSourceFile(path);
  }

  exists(path: string): boolean {
    return this.texts.exists(path);
  }

  textOf(path: string): string | undefined {
    return this.texts.text(path);
  }

  importsOf(path: string, only?: ReadonlySet<string>): readonly string[] {
    const file = this.program.getSourceFile(path);
    return file === undefined ? [] : this.texts.importsOf(file, this.program, only);
  }

  declarations(path: string): string | undefined {
    const file = this.program.getSourceFile(path);
    if (file === undefined || file.isDeclarationFile || !/\.[cm]?tsx?$/.test(path))
      return undefined;
    const declared: string[] = [];
    const write = (_: string, text: string) => declared.push(text);
    // Sound: the last parameter, which has declarations written whatever the options say, is left out
    // of the public type; the language service calls `emit` with it for the same purpose.
    const { emit } = this.program as { readonly emit: EmitDeclarations };
    const { diagnostics } = emit(file, write, undefined, true, undefined, true);
    const [only, another] = declared;
    return diagnostics.length === 0 && another === undefined ? only : undefined;
  }

  syntaxProblems(path: string): readonly Problem[] {
    const file = this.program.getSourceFile(path);
    if (file === undefined) return [];
    return this.program.getSyntacticDiagnostics(file).map((it) => problemOf(it, "syntax"));
  }

  problems(path: string): readonly Problem[] {
    const file = this.program.getSourceFile(path);
    if (file === undefined) return [];
    return [
      ...this.syntaxProblems(path),
      ...this.program.getSemanticDiagnostics(file).map((it) => problemOf(it, "types")),
    ];
  }

  isOwn(path: string): boolean {
    const file = this.program.getSourceFile(path);
    if (file === undefined || path.includes("/node_modules/")) return false;
    return !this.program.isSourceFileDefaultLibrary(file);
  }
}

type EmitDeclarations = (
  file: ts.SourceFile,
  write: (path: string, text: string) => void,
  cancellation: undefined,
  onlyDeclarations: true,
  transformers: undefined,
  force: true,
) => ts.EmitResult;

function problemOf(diagnostic: ts.Diagnostic, about: Problem["about"]): Problem {
  const { start = 0, length = 0, code, messageText } = diagnostic;
  const message = ts.flattenDiagnosticMessageText(messageText, "\n");
  return { start, end: start + length, code, message, about };
}
