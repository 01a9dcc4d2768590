import type { Analyser } from "./analyser.ts";
import { applyEdits, type Edit, overlap } from "./edit.ts";
import type { FileChange, Problem } from "./engine/type-engine.ts";
import type { FixReport, Report } from "./report.ts";
import type { FileResult } from "./run.ts";

export interface RepairOptions {
  /** `safe`: only what keeps the meaning. `suggestion`: also what somebody would have to choose. */
  readonly safety: FixReport["safety"];
  /** Which findings to repair; all where it is left out. */
  wanted?(report: Report): boolean;
}

export interface Repair {
  readonly files: readonly RepairedFile[];
  readonly applied: readonly ChosenFix[];
  readonly refused: readonly RefusedFix[];
}

export interface RepairedFile {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** A finding, as it stood when it was its turn, and the fix for it. */
export interface ChosenFix {
  readonly report: Report;
  readonly fix: FixReport;
}

export interface RefusedFix extends ChosenFix {
  /** What the fix would do, in a sentence. */
  readonly reason: string;
}

/**
 * Applies fixes to the files, and leaves the analyser with the repaired texts; writes nothing.
 *
 * No fix is trusted. All that do not touch each other are tried at once; when that adds a finding,
 * leaves one of theirs standing, or makes the compiler report more, in these files or in any that
 * see them, the half of them is tried, and so on down to the one at fault, which is refused.
 * Repaired code can have findings that can be repaired in turn, so it goes round until none is left.
 */
export function repair(
  analyser: Analyser,
  files: readonly string[],
  options: RepairOptions,
): Repair {
  const wanted = new Set(files);
  const work = new Repairing(analyser, wanted, options);
  for (const group of analyser.groups()) {
    work.repairGroup(group.filter((it) => wanted.has(it)));
  }
  return work.outcome();
}

/** Tries one fix and takes it back; gives what is wrong with it in a sentence, or "ok". */
export function verifyFix(analyser: Analyser, report: Report, fix: FixReport): string {
  const files = new Set([report.file, ...fix.edits.map((it) => it.file)]);
  const results = [...analyser.check([...files])];
  const trial = new Trial(analyser, results, [{ report, fix }]);
  const reason = trial.apply();
  trial.takeBack();
  return reason ?? "ok";
}

/** Fixes can call for each other for ever; people would have stopped long before. */
const ROUNDS = 10;

class Repairing {
  private readonly analyser: Analyser;
  private readonly files: ReadonlySet<string>;
  private readonly options: RepairOptions;
  private readonly originals = new Map<string, string>();
  private readonly applied: ChosenFix[] = [];
  /** Their places are kept up to date, so that they are known again. */
  private refused: RefusedFix[] = [];
  private results: readonly FileResult[] = [];

  constructor(analyser: Analyser, files: ReadonlySet<string>, options: RepairOptions) {
    this.analyser = analyser;
    this.files = files;
    this.options = options;
  }

  repairGroup(files: readonly string[]): void {
    for (let round = 0; round < ROUNDS; round += 1) {
      this.results = [...this.analyser.check(files)];
      const chosen = this.choose();
      if (chosen.length === 0) return;
      this.accept(chosen, files);
    }
  }

  outcome(): Repair {
    const files = [...this.originals].flatMap(([file, before]) => {
      const after = this.analyser.textOf(file) ?? before;
      return after === before ? [] : [{ file, before, after }];
    });
    return { files, applied: this.applied, refused: this.refused };
  }

  /** The first allowed fix of each finding, as far as they leave each other's text alone. */
  private choose(): readonly ChosenFix[] {
    const chosen: ChosenFix[] = [];
    const edits: Edit[] = [];
    for (const report of this.results.flatMap((it) => it.findings)) {
      if (this.options.wanted?.(report) === false) continue;
      const fix = report.fixes.find((it) => this.isAllowed(it));
      if (fix === undefined || this.wasRefused(report, fix)) continue;
      if (fix.edits.some((it) => edits.some((other) => overlap(it, other)))) continue;
      chosen.push({ report, fix });
      edits.push(...fix.edits);
    }
    return chosen;
  }

  private isAllowed({ safety, edits }: FixReport): boolean {
    const isSafeEnough = safety === "safe" || this.options.safety === "suggestion";
    return isSafeEnough && edits.every((it) => this.files.has(it.file));
  }

  private wasRefused({ file, rule, start }: Report, { title }: FixReport): boolean {
    return this.refused.some(
      ({ report, fix }) =>
        report.file === file &&
        report.start === start &&
        report.rule === rule &&
        fix.title === title,
    );
  }

  /** Applies what holds, and gives the edits by which the texts changed. */
  private accept(chosen: readonly ChosenFix[], files: readonly string[]): readonly Edit[] {
    const trial = new Trial(this.analyser, this.results, chosen);
    const reason = trial.apply();
    if (reason === undefined) {
      for (const [file, text] of trial.texts) {
        if (!this.originals.has(file)) this.originals.set(file, text);
      }
      const edits = chosen.flatMap((it) => it.fix.edits);
      this.applied.push(...chosen);
      this.refused = this.refused.map((it) => ({ ...it, ...moved(it, edits) }));
      return edits;
    }
    trial.takeBack();
    const [only] = chosen;
    if (only !== undefined && chosen.length === 1) {
      this.refused.push({ ...only, reason });
      return [];
    }
    const middle = Math.ceil(chosen.length / 2);
    const first = this.accept(chosen.slice(0, middle), files);
    this.results = [...this.analyser.check(files)];
    const rest = chosen.slice(middle).map((it) => moved(it, first));
    const second = this.accept(rest, files);
    this.results = [...this.analyser.check(files)];
    // Both halves, as edits of the text before either.
    return [...first, ...originally(chosen.slice(middle), rest, second)];
  }
}

/** The edits of the fixes that were accepted, as they read before the others moved them. */
function originally(
  before: readonly ChosenFix[],
  after: readonly ChosenFix[],
  accepted: readonly Edit[],
): readonly Edit[] {
  return after.flatMap(({ fix }, index) =>
    fix.edits.every((it) => accepted.includes(it)) ? (before[index]?.fix.edits ?? []) : [],
  );
}
