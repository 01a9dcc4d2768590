import { Analyser } from "../analysis/analyser.ts";
import { onBug } from "../analysis/bug.ts";
import { closest } from "../analysis/closest.ts";
import { type Configuration, Configurations } from "../analysis/config/configurations.ts";
import { Ignores } from "../analysis/config/ignores.ts";
import { folderOf, inside } from "../analysis/paths.ts";
import { packages } from "../analysis/primitives/index.ts";
import { modelsOf } from "../analysis/primitives/models.ts";
import type { ConfigProblem } from "../analysis/projects.ts";
import type { Limit } from "../analysis/program.ts";
import type { Report } from "../analysis/report.ts";
import type { Rule } from "../analysis/rule.ts";
import type { Failure, FileResult } from "../analysis/run.ts";
import { ALLOW_RULES } from "../analysis/suppressions.ts";
import type { CheckOptions } from "./check-options.ts";
import { Disk } from "./disk.ts";
import { findFiles } from "./find-files.ts";
import { applyFixes, type FixOutcome } from "./fixes.ts";
import { Sources } from "./lines.ts";
import { type Notice, noticeText } from "./notices.ts";
import { type Progress, progressOn } from "./progress.ts";
import { jsonReport } from "./reporters/json.ts";
import { type Outcome, tally } from "./reporters/report.ts";
import { sarifReport } from "./reporters/sarif.ts";
import { fixesText, stylishFindings, stylishSummary } from "./reporters/stylish.ts";
import { effectiveSettings } from "./settings.ts";
import { count, paintFor, type Shell } from "./shell.ts";
import { UsageError } from "./usage.ts";

export interface CheckTools {
  readonly rules: readonly Rule[];
  readonly version: string;
}

/** Runs `mooring check` and gives its exit code. */
export async function check(
  options: CheckOptions,
  shell: Shell,
  tools: CheckTools,
): Promise<number> {
  const started = shell.now();
  const disk = new Disk(shell.folder);
  if (options.config !== undefined) requireFile(options.config, disk);
  if (options.stdin !== undefined) {
    const text = new TextDecoder().decode(await shell.input());
    disk.overlay(disk.path(options.stdin), text);
  }
  const run = new Run(options, disk, shell, tools);
  const files = run.files();
  const fixed = files.length === 0 ? undefined : run.analyse(files);
  run.report(files.length, fixed, shell.now() - started);
  return run.exitCode(files.length);
}

function requireFile(given: string, disk: Disk): void {
  const path = disk.path(given);
  if (disk.isFile(path)) return;
  const names = disk.entries(folderOf(path)).map((it) => it.name);
  const near = closest(path.slice(path.lastIndexOf("/") + 1), names);
  const remedy =
    near === undefined
      ? "`mooring init` writes one."
      : `Did you mean ${disk.shown(inside(folderOf(path), near))}?`;
  throw new UsageError(`There is no configuration ${given}.`, remedy);
}

/** What one run gathers on its way. */
class Run {
  private readonly options: CheckOptions;
  private readonly disk: Disk;
  private readonly shell: Shell;
  private readonly tools: CheckTools;
  private readonly configurations: Configurations;
  private readonly progress: Progress;
  private readonly sources: Sources;
  private readonly notices: Notice[] = [];
  private readonly seen = new Set<Configuration>();
  private findings: readonly Report[] = [];
  /** Before anything was repaired. */
  private before: readonly Report[] = [];

  constructor(options: CheckOptions, disk: Disk, shell: Shell, tools: CheckTools) {
    this.options = options;
    this.disk = disk;
    this.shell = shell;
    this.tools = tools;
    const file = options.config === undefined ? undefined : disk.path(options.config);
    const known = [...tools.rules, ...ALLOW_RULES];
    this.configurations = new Configurations(disk, known, file);
    this.progress = progressOn(shell, options.progress);
    this.sources = new Sources((path) => disk.read(path));
  }

  /** The files to check: those whose configuration can be followed. */
  files(): readonly string[] {
    const { ignore, paths, stdin } = this.options;
    const ignores = ignore ? new Ignores(this.disk, this.configurations) : undefined;
    const wanted = stdin === undefined ? paths : [stdin];
    this.usable(this.configurations.above(this.disk.folder));
    const found = findFiles({ paths: wanted, ignores }, this.disk);
    const files = found.files.filter((it) => this.usable(this.configurations.above(folderOf(it))));
    this.notices.push(...found.notices);
    return files;
  }

  analyse(files: readonly string[]): FixOutcome | undefined {
    const configs = [...this.seen].map((it) => it.config);
    const models = configs.flatMap((it) => it.models ?? []);
    const annotations = Object.fromEntries(
      configs.flatMap((it) => Object.entries(it.annotations ?? {})),
    );
    const analyser = new Analyser({
      host: this.disk,
      rules: this.tools.rules,
      settingsFor: effectiveSettings(this.configurations, this.tools.rules, this.options),
      runtimeFolder: (file) => this.configurations.runtimeFolder(file),
      models: modelsOf([...packages, ...models], annotations),
      keep: "last",
    });
    onBug((message) => this.notices.push({ level: "note", message, remedy: this.pleaseReport() }));
    try {
      for (const problem of analyser.open(files)) this.notices.push(this.noticeOf(problem, "note"));
      this.before = this.findingsOf(analyser, files);
      this.findings = this.before;
      if (this.options.action === "show") return undefined;

      this.progress.show("Repairing");
      const fixed = applyFixes(analyser, files, this.options, this.disk);
      this.notices.push(...fixed.notices);
      this.findings = this.findingsOf(analyser, files);
      for (const file of fixed.files) this.sources.put(file.file, file.text);
      return fixed;
    } finally {
      this.progress.clear();
      analyser.dispose();
    }
  }

  report(files: number, fixed: FixOutcome | undefined, milliseconds: number): void {
    const { shell, options } = this;
    const outcome: Outcome = {
      findings: this.findings,
      notices: this.notices,
      files,
      milliseconds,
      sources: this.sources,
      folder: this.disk.folder,
      shown: (path) => this.disk.shown(path),
    };
    const { rules, version } = this.tools;
    if (options.format === "json") {
      shell.out.write(asText(jsonReport(outcome, version)));
    } else if (options.format === "sarif") {
      shell.out.write(asText(sarifReport(outcome, rules, version)));
    } else if (options.action === "diff") {
      shell.out.write(fixed?.patch ?? "");
    } else {
      const style = { paint: paintFor(shell.out, shell), columns: shell.out.columns };
      shell.out.write(stylishFindings(outcome, style));
      if (fixed !== undefined) shell.out.write(fixesText(fixed, options.action, style.paint));
      if (files > 0) shell.out.write(stylishSummary(outcome, style));
    }
    const paint = paintFor(shell.err, shell);
    for (const notice of this.notices) shell.err.write(noticeText(notice, paint));
    if (files === 0) shell.err.write(`${paint("bold", "Nothing was checked.")}\n`);
  }

  /** 2: the run does not tell whether the code is clean. 1: it is not. */
  exitCode(files: number): number {
    if (files === 0 || this.notices.some((it) => it.level === "error")) return 2;
    const { action, maxWarnings } = this.options;
    const { errors, warnings } = tally(action === "diff" ? this.before : this.findings);
    return errors > 0 || warnings > maxWarnings ? 1 : 0;
  }

  private findingsOf(analyser: Analyser, files: readonly string[]): readonly Report[] {
    const findings: Report[] = [];
    let done = 0;
    for (const result of analyser.check()) {
      done += 1;
      this.progress.show(`${done} of ${count(files.length, "file")}`);
      findings.push(...result.findings);
      for (const failure of result.failures) this.fail(failure);
      this.sayUnparsed(result);
      if (this.options.verbose) for (const limit of result.limits) this.sayLimit(limit);
    }
    const shown = this.options.quiet ? findings.filter((it) => it.severity === "error") : findings;
    // Projects are checked one after the other; people look for files by name.
    return shown.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  }

  private sayLimit({ file, start, message }: Limit): void {
    const notice = this.noticeOf({ file, start, end: start, message, remedy: SMALLER }, "note");
    const isSaid = ({ file: other, message: text }: Notice) =>
      text === message && other === notice.file;
    if (!this.notices.some(isSaid)) this.notices.push(notice);
  }

  /** The first place that does not parse; what follows from it is left to the compiler. */
  private sayUnparsed({ file, syntax: [first] }: FileResult): void {
    if (first === undefined) return;
    const notice = this.noticeOf({ ...first, file, ...UNPARSED }, "note");
    const message = `This cannot be parsed: ${first.message}`;
    // After repairs everything is checked once more.
    if (this.notices.some((it) => it.message === message && it.file === notice.file)) return;
    this.notices.push({ ...notice, message });
  }

  /** Says once what is wrong with a configuration. */
  private usable(configuration: Configuration | undefined): boolean {
    if (configuration === undefined) return true;
    const { problems, hidden, file } = configuration;
    if (!this.seen.has(configuration)) {
      this.seen.add(configuration);
      for (const it of problems) this.notices.push(this.noticeOf(it, "error"));
      for (const it of hidden) {
        const message = `Its settings do not count, because ${this.disk.shown(file)} comes first.`;
        const remedy = "Put all settings into one of the two.";
        this.notices.push({ level: "note", message, remedy, file: this.disk.shown(it) });
      }
    }
    return problems.length === 0;
  }

  private noticeOf(problem: ConfigProblem, level: Notice["level"]): Notice {
    const { file, start, end, message, remedy } = problem;
    const lines = this.sources.of(file);
    return {
      level,
      message,
      remedy,
      file: this.disk.shown(file),
      start: lines.position(start),
      end: lines.position(end),
    };
  }

  private fail(failure: Failure): void {
    const { rule, error } = failure;
    const file = this.disk.shown(failure.file);
    const message = `The rule ${rule} failed on this file and was skipped there.`;
    // After repairs everything is checked once more.
    if (this.notices.some((it) => it.message === message && it.file === file)) return;
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.notices.push({ level: "error", message, remedy: this.pleaseReport(), file, details });
  }

  private pleaseReport(): string {
    return `This is a bug in Mooring ${this.tools.version}, not in your code; please report it.`;
  }
}

function asText(report: object): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

const SMALLER = "All else about it is checked. Take it apart if that is not enough.";

const UNPARSED = {
  remedy: "What the parser could make sense of was checked; correct the syntax for the rest.",
};
