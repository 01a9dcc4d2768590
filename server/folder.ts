import { resolve } from "node:path";
import { Analyser } from "../analysis/analyser.ts";
import { type Configuration, Configurations } from "../analysis/config/configurations.ts";
import { below, foreignName, Ignores } from "../analysis/config/ignores.ts";
import type { FileChange } from "../analysis/engine/type-engine.ts";
import { openMorph } from "../analysis/engine/morph.ts";
import { folderOf, inside } from "../analysis/paths.ts";
import { packages } from "../analysis/primitives/index.ts";
import { modelsOf } from "../analysis/primitives/models.ts";
import { type ConfigProblem, isChecked } from "../analysis/projects.ts";
import type { Rule } from "../analysis/rule.ts";
import type { FileResult } from "../analysis/run.ts";
import { RECOMMENDED, type Settings } from "../analysis/settings.ts";
import { ALLOW_RULES } from "../analysis/suppressions.ts";
import { Files } from "./files.ts";
import type { Pacer } from "./pause.ts";
import { DEFAULTS, type Preferences } from "./settings.ts";
import { slashed } from "./uris.ts";

export interface FolderTools {
  readonly rules: readonly Rule[];
  /** The texts that count instead of those on the disk. */
  openTexts(): readonly FileChange[];
  /** Whether the file is in this folder and in no other one further down. */
  owns(path: string): boolean;
  /** Something of ours threw; what was being done is skipped. */
  failed(during: string, error: unknown): void;
  compilerOpened(version: string): void;
  /** Nothing is known any more until the next update. */
  lost(): void;
}

/**
 * A folder of the workspace with its own settings, configurations and projects; or what is open and
 * belongs to none. What fails in one folder leaves the others alone.
 */
export class Folder {
  readonly uri: string | undefined;
  readonly path: string | undefined;
  readonly files: Files;
  preferences: Preferences = DEFAULTS;
  /** For a folder in which nothing is checked until somebody asks for it. */
  wasAsked = false;
  private readonly tools: FolderTools;
  private configurations: Configurations;
  private ignores: Ignores;
  private analyser: Analyser | undefined;
  private models = "";
  private asked: readonly string[] = [];
  private found: Set<string> | undefined;
  private outdated = false;
  private hasFailed = false;

  constructor(path: string | undefined, uri: string | undefined, tools: FolderTools) {
    this.path = path;
    this.uri = uri;
    this.tools = tools;
    this.files = new Files(path ?? "/");
    this.configurations = this.newConfigurations();
    this.ignores = new Ignores(this.files, this.configurations);
  }

  get current(): Analyser | undefined {
    return this.analyser;
  }

  /** The files whose findings are wanted. */
  get wanted(): readonly string[] {
    return this.asked;
  }

  /** Nothing has failed since the last update. */
  get isSound(): boolean {
    return !this.hasFailed;
  }

  holds(path: string): boolean {
    return (
      this.path !== undefined && (path === this.path || path.startsWith(inside(this.path, "")))
    );
  }

  get isDiscovered(): boolean {
    return this.found !== undefined || this.path === undefined;
  }

  /** Why a file is not checked; undefined where it is. */
  leftOut(path: string): string | undefined {
    if (!this.preferences.enable) return "Mooring is switched off for this folder.";
    if (!isChecked(path)) return "Only code is checked, and declarations hold none that runs.";
    const reason = this.ignores.ofFile(path);
    if (reason !== undefined) {
      return reason.includes("/") ? `${reason} ignores it.` : `It is in ${reason}.`;
    }
    return this.files.isFile(path) ? this.files.refusal(path) : undefined;
  }

  /** Looks for all files of the folder. Links to folders are not followed, so loops end. */
  async discover(pacer: Pacer): Promise<void> {
    if (this.path === undefined) return;
    const found = new Set<string>();
    const folders = [this.path];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const { name, kind, isLink } of this.files.entries(folder)) {
        const path = inside(folder, name);
        if (kind === "folder" && !isLink && foreignName(path) === undefined) {
          if (this.ignores.ofFolder(path) === undefined && this.tools.owns(path))
            folders.push(path);
        } else if (kind === "file" && isChecked(name) && this.leftOut(path) === undefined) {
          found.add(path);
        }
      }
      await pacer.pause();
    }
    this.found = found;
  }

  /** Everything that is there to be checked, as far as somebody has looked. */
  discovered(): readonly string[] {
    return [...(this.found ?? [])];
  }

  /** A file came or went. */
  noteFile(path: string): void {
    if (this.found === undefined) return;
    if (this.files.isFile(path) && this.leftOut(path) === undefined) this.found.add(path);
    else this.found.delete(path);
  }

  /** Whole folders came or went: nobody says which files were in them. */
  rediscover(): readonly string[] {
    const before = this.discovered();
    this.found = undefined;
    return before;
  }

  change(changes: readonly FileChange[]): void {
    const { analyser } = this;
    if (analyser === undefined || changes.length === 0) return;
    this.guard("taking in a change", () => analyser.change(changes));
  }

  /** Says which files are wanted from now on, and follows what has changed about their settings. */
  update(asked: readonly string[]): void {
    this.hasFailed = false;
    const configs = this.configurationsOf(asked).map((it) => it.config);
    const models = configs.flatMap((it) => it.models ?? []);
    const annotations = Object.fromEntries(
      configs.flatMap((it) => Object.entries(it.annotations ?? {})),
    );
    const key = JSON.stringify([models, annotations]);
    if (this.analyser === undefined || key !== this.models) {
      if (this.analyser === undefined && asked.length === 0) return;
      this.models = key;
      this.renew(asked, modelsOf([...packages, ...models], annotations));
    } else if (!sameList(asked, this.asked)) {
      const { analyser } = this;
      this.asked = asked;
      this.guard("looking for projects", () => analyser.open(asked));
    }
    if (this.outdated) this.analyser?.forget();
    this.outdated = false;
  }

  /** Configurations are read anew, and everything is checked again. */
  reload(): void {
    this.configurations = this.newConfigurations();
    this.ignores = new Ignores(this.files, this.configurations);
    this.found = undefined;
    this.outdated = true;
  }

  /** Forgets even where imports lead, as after packages were installed. */
  reset(): void {
    this.reload();
    this.dispose();
  }

  /** Findings of these files, or of all that are wanted. What throws is reported and left out. */
  *check(files: readonly string[] = this.asked): Generator<FileResult, void> {
    const left = new Set(files);
    while (0 < left.size && this.analyser !== undefined) {
      try {
        for (const result of this.analyser.check([...left])) {
          left.delete(result.file);
          yield result;
        }
        return;
      } catch (error) {
        const [file] = this.analyser.groups().flatMap((it) => it.filter((path) => left.has(path)));
        this.tools.failed(`checking ${file ?? "a project"}`, error);
        if (file === undefined) return;
        left.delete(file);
      }
    }
  }

  problems(): readonly ConfigProblem[] {
    const own = this.configurationsOf(this.asked).flatMap(({ problems, hidden, file }) => [
      ...problems,
      ...hidden.map((it) => hiddenProblem(it, file)),
    ]);
    return [...(this.analyser?.configProblems() ?? []), ...own];
  }

  configurationOf(path: string): Configuration | undefined {
    return this.configurations.above(folderOf(path));
  }

  settingsFor(path: string): Settings {
    const configuration = this.configurationOf(path);
    if (configuration === undefined) return RECOMMENDED;
    return configuration.scope.settingsFor(below(configuration.folder, path) ?? path);
  }

  dispose(): void {
    this.analyser?.dispose();
    this.analyser = undefined;
    this.asked = [];
  }

  private renew(asked: readonly string[], models: ReturnType<typeof modelsOf>): void {
    this.analyser?.dispose();
    const { tools } = this;
    const analyser = new Analyser({
      host: this.files,
      rules: tools.rules,
      models,
      settingsFor: (file) => this.settingsFor(file),
      runtimeFolder: (file) => this.configurations.runtimeFolder(file),
      keep: "all",
      openEngine: ({ files, options, references }, host) => {
        const engine = openMorph({ host, files, compilerOptions: options, references });
        tools.compilerOpened(engine.version);
        return engine;
      },
    });
    this.analyser = analyser;
    this.asked = asked;
    this.guard("looking for projects", () => {
      analyser.change(tools.openTexts());
      analyser.open(asked);
    });
  }

  /**
   * What `work` makes of the analyser; undefined where it throws. What it was in the middle of
   * changing may stay half done then, so everything starts anew.
   */
  attempt<T>(during: string, work: (analyser: Analyser) => T): T | undefined {
    const { analyser } = this;
    let result: T | undefined;
    if (analyser !== undefined) {
      this.guard(during, () => {
        result = work(analyser);
      });
    }
    return result;
  }

  private guard(during: string, work: () => unknown): void {
    try {
      work();
    } catch (error) {
      this.tools.failed(during, error);
      // Half of a change may have been taken in; the next update starts anew.
      this.dispose();
      this.hasFailed = true;
      this.tools.lost();
    }
  }

  private newConfigurations(): Configurations {
    const { configPath } = this.preferences;
    const file = configPath && slashed(resolve(this.path ?? "/", configPath));
    return new Configurations(this.files, [...this.tools.rules, ...ALLOW_RULES], file);
  }

  private configurationsOf(paths: readonly string[]): readonly Configuration[] {
    const found = new Set<Configuration>();
    for (const folder of new Set(paths.map(folderOf))) {
      const configuration = this.configurations.above(folder);
      if (configuration !== undefined) found.add(configuration);
    }
    return [...found];
  }
}

function hiddenProblem(file: string, winner: string): ConfigProblem {
  const name = winner.slice(winner.lastIndexOf("/") + 1);
  const message = `These settings do not count, because ${name} comes first.`;
  return { file, start: 0, end: 1, message, remedy: "Put all settings into one of the two." };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((it, index) => it === b[index]);
}
