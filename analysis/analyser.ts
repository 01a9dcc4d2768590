import type { Affected } from "./affected.ts";
import { openMorph } from "./engine/morph.ts";
import type { Engine, FileChange, Problem } from "./engine/type-engine.ts";
import type { Host } from "./host.ts";
import { type Memory, OpenedProject, type ProjectTools } from "./opened-project.ts";
import { Overlay } from "./overlay.ts";
import type { Models } from "./primitives/models.ts";
import type { Program } from "./program.ts";
import {
  type ConfigProblem,
  isConfig,
  isSource,
  planProjects,
  type ProjectPlan,
} from "./projects.ts";
import type { Rule } from "./rule.ts";
import type { FileResult } from "./run.ts";
import type { Settings } from "./settings.ts";

export interface AnalyserOptions {
  readonly host: Host;
  readonly rules: readonly Rule[];
  readonly models: Models;
  settingsFor(file: string): Settings;
  /** The folder for the files of primitives that fixes bring along, where the settings name one. */
  readonly runtimeFolder?: (file: string) => string | undefined;
  /**
   * `last`: a project's compiler is let go when the next project is opened; for one run over many
   * projects. `all`: projects stay open, so that a change costs what it touches; for editors.
   */
  readonly keep: "last" | "all";
  /** Another compiler than the one in this process. The host knows the changed texts as well. */
  readonly openEngine?: (plan: ProjectPlan, host: Host) => Engine;
}

/**
 * Finds what is wrong in any number of projects, and keeps it up to date while texts change.
 *
 * After a change, what is remembered is exactly what a fresh analyser would find: affected.ts says
 * why. `check` yields between files; whoever drives it can stop, change texts, and go on or not:
 * each step looks at the state there is by then, so nothing outdated is ever yielded after a change.
 */
export class Analyser {
  private readonly overlay: Overlay;
  private readonly keep: AnalyserOptions["keep"];
  private readonly tools: ProjectTools;
  private asked: readonly string[] = [];
  private projects: readonly OpenedProject[] = [];
  private owners = new Map<string, OpenedProject>();
  private problems: readonly ConfigProblem[] = [];
  private lastUsed: OpenedProject | undefined;

  constructor(options: AnalyserOptions) {
    const overlay = new Overlay(options.host);
    const openEngine = options.openEngine ?? openInProcess;
    this.overlay = overlay;
    this.keep = options.keep;
    this.tools = {
      rules: options.rules,
      models: options.models,
      settingsFor: (file) => options.settingsFor(file),
      runtimeFolder: options.runtimeFolder,
      openEngine: (plan) => openEngine(plan, overlay),
      isEdited: options.keep === "all",
    };
  }

  /**
   * Says which files are wanted, instead of those before. Reads the configs, parses nothing. What
   * is known of files that stay is kept.
   */
  open(files: readonly string[]): readonly ConfigProblem[] {
    this.asked = files;
    this.plan([]);
    return this.problems;
  }

  /** What is wrong with the configs as they are now. */
  configProblems(): readonly ConfigProblem[] {
    return this.problems;
  }

  /** The files as they will be checked: those of one project after the other. */
  groups(): readonly (readonly string[])[] {
    return this.projects.map((it) => it.plan.asked);
  }

  /** Findings of these files, or of all that were asked for; what is known is not computed again. */
  *check(files?: readonly string[]): Generator<FileResult, void> {
    const wanted = files === undefined ? undefined : new Set(files);
    const ordered = this.groups().flat();
    for (const file of wanted === undefined ? ordered : ordered.filter((it) => wanted.has(it))) {
      const result = this.use(file)?.check(file);
      if (result !== undefined) yield result;
    }
  }

  /** Gives the files whose findings may differ now, the changed ones first. */
  change(changes: readonly FileChange[]): readonly string[] {
    return this.changeAll(changes).findings;
  }

  /**
   * Looks at what would be after a change, and takes it back unless what was seen is worth keeping.
   * What was known is known again then, since the texts are the same: whoever tries one change after
   * the other does not pay for the state in between.
   */
  attempt<T>(
    changes: readonly FileChange[],
    look: (affected: Affected) => T,
    isKept: (outcome: T) => boolean = () => false,
  ): T {
    const before = changes.map(({ path }) => ({
      path,
      text: this.isChanged(path) ? this.textOf(path) : undefined,
    }));
    const known = this.projects.map((project) => ({ project, memory: project.remember() }));
    let kept = false;
    try {
      const outcome = look(this.changeAll(changes));
      kept = isKept(outcome);
      return outcome;
    } finally {
      if (!kept) this.takeBack(before, known);
    }
  }

  /** Drops what is known, as after a change of settings. */
  forget(files?: readonly string[]): void {
    for (const project of this.projects) project.forget(files ?? project.plan.asked);
  }

  textOf(file: string): string | undefined {
    return this.overlay.read(file);
  }

  /** Whether the text is one that `change` put over what the host has. */
  isChanged(file: string): boolean {
    return this.overlay.covers(file);
  }

  /** What the compiler itself says about a file; for judging fixes. */
  problemsIn(file: string): readonly Problem[] {
    return this.programOf(file)?.types.problems(file) ?? [];
  }

  programOf(file: string): Program | undefined {
    return this.use(file)?.program();
  }

  dispose(): void {
    this.closeAll();
    this.projects = [];
    this.owners.clear();
  }

  private use(file: string): OpenedProject | undefined {
    const project = this.owners.get(file);
    if (project === undefined) return undefined;
    if (this.keep === "last" && this.lastUsed !== project) this.lastUsed?.close();
    this.lastUsed = project;
    return project;
  }

  private takeBack(changes: readonly FileChange[], known: readonly Known[]): void {
    const isPlanned = known.every(({ project, memory }) => project.plan === memory.plan);
    if (isPlanned && known.length === this.projects.length) {
      for (const change of changes) this.overlay.put(change);
      for (const { project, memory } of known) project.takeBack(changes, memory);
      return;
    }
    this.changeAll(changes);
    for (const { project, memory } of known) {
      if (this.projects.includes(project)) project.recall(memory);
    }
  }

  private changeAll(changes: readonly FileChange[]): Affected {
    for (const change of changes) this.overlay.put(change);
    const affected = this.take(changes);
    const changed = new Set(changes.map((it) => it.path));
    const ordered = (files: readonly string[]) => [
      ...new Set([...files.filter((it) => changed.has(it)), ...files]),
    ];
    return { findings: ordered(affected.findings), types: ordered(affected.types) };
  }

  private take(changes: readonly FileChange[]): Affected {
    if (changes.some((it) => it.path.endsWith("/package.json"))) {
      // It decides where imports lead and which files are modules: everything starts anew.
      this.closeAll();
      this.plan(changes);
      const all = this.groups().flat();
      return { findings: all, types: all };
    }
    const comesOrGoes = ({ path }: FileChange) =>
      isSource(path) && this.projects.some((it) => it.knows(path)) !== this.overlay.isFile(path);
    if (changes.some((it) => isConfig(it.path) || comesOrGoes(it))) return this.plan(changes);
    return together(this.projects.map((it) => it.change(changes, it.plan)));
  }

  /** Plans anew, takes over the projects that are compiled as before, and gives what may differ. */
  private plan(changes: readonly FileChange[]): Affected {
    const present = this.asked.filter((it) => this.overlay.isFile(it));
    const { projects, problems } = planProjects(present, this.overlay);
    this.problems = problems;
    const old = new Map(this.projects.map((it) => [it.plan.name, it]));
    const affected: Affected[] = [];
    const isNew = (files: readonly string[]) => affected.push({ findings: files, types: files });
    this.projects = projects.map((plan) => {
      const project = old.get(plan.name);
      if (project !== undefined && compilesAlike(project.plan, plan)) {
        const before = new Set(project.plan.asked);
        affected.push(project.change(changes, plan));
        isNew(plan.asked.filter((it) => !before.has(it)));
        old.delete(plan.name);
        return project;
      }
      isNew(plan.asked);
      return new OpenedProject(plan, this.tools);
    });
    for (const project of old.values()) project.close();
    this.owners = new Map(
      this.projects.flatMap((project) => project.plan.asked.map((it) => [it, project])),
    );
    return together(affected);
  }

  private closeAll(): void {
    for (const project of this.projects) {
      project.forget(project.plan.asked);
      project.close();
    }
    this.lastUsed = undefined;
  }
}

function together(parts: readonly Affected[]): Affected {
  return {
    findings: parts.flatMap((it) => it.findings),
    types: parts.flatMap((it) => it.types),
  };
}

interface Known {
  readonly project: OpenedProject;
  readonly memory: Memory;
}

function openInProcess({ files, options, references }: ProjectPlan, host: Host): Engine {
  return openMorph({ host, files, compilerOptions: options, references });
}

function compilesAlike(a: ProjectPlan, b: ProjectPlan): boolean {
  return compilationOf(a) === compilationOf(b);
}

function compilationOf({ options, references }: ProjectPlan): string {
  return JSON.stringify([options, references]);
}
