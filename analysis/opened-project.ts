import { affectedBy, type Before, importGraph } from "./affected.ts";
import type { Engine, EngineSnapshot, FileChange } from "./engine/type-engine.ts";
import type { Models } from "./primitives/models.ts";
import type { Program } from "./program.ts";
import type { ProjectPlan } from "./projects.ts";
import type { Rule } from "./rule.ts";
import { checkFile, type FileResult } from "./run.ts";
import type { Settings } from "./settings.ts";

export interface ProjectTools {
  readonly rules: readonly Rule[];
  readonly models: Models;
  settingsFor(file: string): Settings;
  openEngine(plan: ProjectPlan): Engine;
}

/** One project: its compiler while that is open, and the results so far, which outlive it. */
export class OpenedProject {
  private readonly tools: ProjectTools;
  private planned: ProjectPlan;
  private engine: Engine | undefined;
  private current: Program | undefined;
  private readonly results = new Map<string, FileResult>();
  private readonly visited = new Map<string, ReadonlySet<string>>();

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
      const visiting = (file: string) => this.visiting?.add(file);
      this.current = { types, models: this.tools.models, visiting };
    }
    return this.current;
  }

  /** Undefined where the project turns out not to have the file: it cannot be read. */
  check(path: string): FileResult | undefined {
    const known = this.results.get(path);
    if (known !== undefined) return known;
    const program = this.program();
    const file = program.types.file(path);
    if (file === undefined) return undefined;
    const seen = new Set<string>();
    this.visiting = seen;
    const result = checkFile(program, file, this.tools.rules, this.tools.settingsFor(path));
    this.visiting = undefined;
    seen.delete(path);
    this.results.set(path, result);
    this.visited.set(path, seen);
    return result;
  }

  /** Takes a change in, and gives the asked files whose findings may differ now. */
  change(changes: readonly FileChange[], plan: ProjectPlan): readonly string[] {
    const paths = changes.map((it) => it.path);
    if (this.engine === undefined) return this.changeClosed(paths, plan);
    const before = this.state(this.engine.snapshot());
    this.planned = plan;
    this.engine.change(changes, plan.files);
    const types = this.engine.snapshot();
    if (types === before.types) return [];
    const affected = affectedBy(paths, before, this.state(types), this.visited);
    return this.forget(affected === "all" ? plan.asked : affected);
  }

  /** Drops results, and gives those of the files that were asked for. */
  forget(files: Iterable<string>): readonly string[] {
    const asked = new Set(this.planned.asked);
    const dropped: string[] = [];
    for (const file of files) {
      this.results.delete(file);
      this.visited.delete(file);
      if (asked.has(file)) dropped.push(file);
    }
    return dropped;
  }

  /** Lets go of the compiler; results stay. */
  close(): void {
    this.engine?.dispose();
    this.engine = undefined;
    this.current = undefined;
    this.graph = undefined;
  }

  /** Without a compiler nobody can say what the change reaches. */
  private changeClosed(paths: readonly string[], plan: ProjectPlan): readonly string[] {
    this.planned = plan;
    const known = [...this.results.keys()];
    const mine = plan.asked.filter((it) => paths.includes(it));
    const concerned = mine.length > 0 || paths.some((it) => this.planned.files.includes(it));
    const stale = concerned || known.length > 0 ? known : [];
    return this.forget(new Set([...mine, ...stale]));
  }

  private visiting: Set<string> | undefined;
  private graph: Before | undefined;

  private state(types: EngineSnapshot): Before {
    if (this.graph?.types !== types) {
      this.graph = { types, imports: importGraph(types, this.planned.files) };
    }
    return this.graph;
  }
}
