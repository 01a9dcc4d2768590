import { type Affected, affectedBy, type Before, importGraph, importsAlike } from "./affected.ts";
import type { Engine, EngineSnapshot, FileChange } from "./engine/type-engine.ts";
import type { Models } from "./primitives/models.ts";
import { answering, type Program, wholeFile } from "./program.ts";
import type { ProjectPlan } from "./projects.ts";
import type { Rule } from "./rule.ts";
import { checkFile, type FileResult } from "./run.ts";
import type { Settings } from "./settings.ts";
import { Trail } from "./trail.ts";

export interface ProjectTools {
  readonly rules: readonly Rule[];
  readonly models: Models;
  settingsFor(file: string): Settings;
  readonly runtimeFolder: ((file: string) => string | undefined) | undefined;
  openEngine(plan: ProjectPlan): Engine;
  /** Edits are to be expected, so that what they need is got ready beforehand. */
  readonly isEdited: boolean;
}

interface Known {
  readonly result: FileResult;
  /** When it was found, as the trail counts. */
  readonly moment: number;
}

/** What a project knows at some time. */
export interface Memory {
  readonly plan: ProjectPlan;
  readonly results: readonly (readonly [string, Known])[];
  /** Makes the trail what it was. */
  retrace(): void;
  restore(changes: readonly FileChange[]): void;
}

/** One project: its compiler while that is open, and the results so far, which outlive it. */
export class OpenedProject {
  private readonly tools: ProjectTools;
  private planned: ProjectPlan;
  private engine: Engine | undefined;
  private current: Program | undefined;
  private readonly results = new Map<string, Known>();
  private readonly trail = new Trail();
  private graph: Before | undefined;
  private reached: ReadonlySet<string> = new Set();

  constructor(plan: ProjectPlan, tools: ProjectTools) {
    this.planned = plan;
    this.tools = tools;
  }

  get plan(): ProjectPlan {
    return this.planned;
  }

  /** Opens the compiler where it is not open. */
  program(): Program {
    this.engine ??= this.tools.openEngine(this.planned);
    const types = this.engine.snapshot();
    if (this.current?.types !== types) {
      const { trail } = this;
      const { models, runtimeFolder } = this.tools;
      this.current = { types, models, runtimeFolder, trail, limits: [] };
      this.state(types);
    }
    return this.current;
  }

  /** Undefined where the project turns out not to have the file: it cannot be read. */
  check(path: string): FileResult | undefined {
    const known = this.results.get(path);
    if (known !== undefined && this.holds(path, known)) return known.result;
    const program = this.program();
    const file = program.types.file(path);
    if (file === undefined) return undefined;
    const settings = this.tools.settingsFor(path);
    const result = answering(file, program, () => {
      const found = checkFile(program, file, this.tools.rules, settings);
      for (const it of mentionedIn(found)) wholeFile(it, program);
      return found;
    });
    this.results.set(path, { result, moment: this.trail.moment });
    if (this.tools.isEdited) this.trail.seal(program);
    return result;
  }

  /** Whether a change of other files has left the findings as they were. */
  private holds(path: string, { moment }: Known): boolean {
    if (this.trail.isDoubted(path)) this.trail.settle(path, this.program());
    return this.trail.holdsSince(moment, path);
  }

  /** Takes a change in, and gives the asked files that may differ now. */
  change(changes: readonly FileChange[], plan: ProjectPlan): Affected {
    const paths = changes.map((it) => it.path);
    if (this.engine === undefined) return alike(this.changeClosed(paths, plan));
    const isComplete = this.trail.seal(this.program());
    const before = this.state(this.engine.snapshot());
    this.planned = plan;
    this.engine.change(changes, plan.files);
    const types = this.engine.snapshot();
    if (types === before.types) return alike([]);
    const after = this.state(types, paths);
    const reach = isComplete ? affectedBy(paths, before, after, this.trail.into) : "all";
    if (reach === "all") {
      this.trail.clear();
      return alike(this.forget(plan.asked));
    }
    this.trail.change(reach);
    const differ = this.forget(reach.differ);
    const asked = new Set(plan.asked);
    const doubted = [...reach.doubted].filter((it) => asked.has(it));
    return { findings: [...differ, ...doubted], types: differ };
  }

  /** What is known by now, to be known again when all texts are what they are now. */
  remember(): Memory {
    const { planned, engine, current, graph } = this;
    if (engine !== undefined) this.trail.seal(this.program());
    const release = engine?.hold?.();
    return {
      plan: planned,
      results: [...this.results],
      retrace: this.trail.remember(),
      restore: (changes) => {
        this.planned = planned;
        this.engine?.change(changes, planned.files);
        if (this.engine !== engine || release?.() !== true) return;
        this.current = current;
        this.graph = graph;
      },
    };
  }

  /** Takes changes back that were made since: what was found out then is known again, and nothing else. */
  takeBack(changes: readonly FileChange[], memory: Memory): void {
    memory.restore(changes);
    this.recall(memory);
  }

  /** The same for a project that has taken them back already, since files had come or gone. */
  recall({ results, retrace }: Pick<Memory, "results" | "retrace">): void {
    this.results.clear();
    for (const [file, result] of results) this.results.set(file, result);
    retrace();
  }

  /** Drops results, and gives those of the files that were asked for. */
  forget(files: Iterable<string>): readonly string[] {
    const asked = new Set(this.planned.asked);
    const dropped: string[] = [];
    for (const file of files) {
      this.results.delete(file);
      if (asked.has(file)) dropped.push(file);
    }
    return dropped;
  }

  /** Whether a change of the file can be anything to this project, as far as it was opened. */
  knows(path: string): boolean {
    return this.reached.has(path) || this.planned.files.includes(path);
  }

  /** Lets go of the compiler; results stay. */
  close(): void {
    this.engine?.dispose();
    this.trail.abandon();
    this.engine = undefined;
    this.current = undefined;
    this.graph = undefined;
  }

  /** Without a compiler nobody can say how far a change reaches. */
  private changeClosed(paths: readonly string[], plan: ProjectPlan): readonly string[] {
    const samePlan = this.planned === plan;
    this.planned = plan;
    if (samePlan && !paths.some((it) => this.knows(it))) return [];
    this.trail.clear();
    const mine = plan.asked.filter((it) => paths.includes(it));
    return this.forget(new Set([...mine, ...this.results.keys()]));
  }

  /** `changed`: all that is another text than in the state before. */
  private state(types: EngineSnapshot, changed?: readonly string[]): Before {
    const known = this.graph;
    if (known?.types === types) return known;
    const isSame =
      known !== undefined && changed !== undefined && importsAlike(known, types, changed);
    const imports = isSame ? known.imports : importGraph(types, this.planned.files);
    if (!isSame) this.reached = new Set(imports.keys());
    this.graph = { types, imports };
    return this.graph;
  }
}

function alike(files: readonly string[]): Affected {
  return { findings: files, types: files };
}

/** The files that a result says something about. */
function mentionedIn({ file, findings, limits }: FileResult): ReadonlySet<string> {
  const files = new Set(limits.map((it) => it.file));
  for (const { notes, interleaving } of findings) {
    for (const it of notes) files.add(it.file);
    for (const it of interleaving?.steps ?? []) files.add(it.file);
    if (interleaving !== undefined) files.add(interleaving.evidence.file);
  }
  files.delete(file);
  return files;
}
