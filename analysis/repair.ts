import type { Analyser } from "./analyser.ts";
import { type Edit, type NewFile, overlap } from "./edit.ts";
import { Trial } from "./fix-trial.ts";
import type { FixReport, Report } from "./report.ts";

export interface RepairOptions {
  /** `safe`: only what keeps the meaning. `suggestion`: also what somebody would have to choose. */
  readonly safety: FixReport["safety"];
  /** Which findings to repair; all where it is left out. */
  wanted?(report: Report): boolean;
}

export interface Repair {
  /** Those whose text is another now. */
  readonly files: readonly FileRepair[];
  /** Those that came with the fixes. */
  readonly created: readonly NewFile[];
  readonly refused: readonly RefusedFix[];
}

export interface FileRepair {
  readonly file: string;
  readonly original: string;
  readonly text: string;
  /** The fixes of findings in this file, in the order in which they were applied. */
  readonly applied: readonly AppliedFix[];
}

export interface AppliedFix {
  readonly rule: string;
  readonly message: string;
  readonly title: string;
}

export interface RefusedFix extends AppliedFix {
  readonly file: string;
  /** Where the finding is in the repaired text. */
  readonly start: number;
  readonly end: number;
  /** What is wrong with the fix, in a sentence. */
  readonly reason: string;
}

/**
 * Applies fixes to the files, and leaves the analyser with the repaired texts; writes nothing.
 *
 * No fix is trusted. All that leave each other's text alone are tried at once; when that adds a
 * finding, leaves one of theirs standing, or makes the compiler report more, in these files or in
 * any that see them, each half of them is tried, and so on down to the one at fault, which is
 * refused. Repaired code can have findings of its own, so it goes round until nothing is left to do.
 */
export function repair(
  analyser: Analyser,
  files: readonly string[],
  options: RepairOptions,
): Repair {
  const wanted = new Set(files);
  const work = new Repairing(analyser, wanted, options);
  for (const group of analyser.groups()) work.repair(group.filter((it) => wanted.has(it)));
  return work.outcome();
}

/** Tries one fix and takes it back. Gives what is wrong with it in a sentence, or "ok". */
export function verifyFix(analyser: Analyser, report: Report, fix: FixReport): string {
  const results = [
    ...analyser.check([...new Set([report.file, ...fix.edits.map((it) => it.file)])]),
  ];
  const trial = new Trial(analyser, results, [{ report, fix }]);
  return trial.apply({ keep: false }) ?? "ok";
}

/** Fixes can call for each other for ever; people would have stopped long before. */
const ROUNDS = 10;

/** A finding and the fix for it, at their places in the text as it is now. */
interface Chosen {
  readonly report: Report;
  readonly fix: FixReport;
}

interface Refused extends Chosen {
  readonly reason: string;
}

class Repairing {
  private readonly analyser: Analyser;
  private readonly files: ReadonlySet<string>;
  private readonly options: RepairOptions;
  private readonly originals = new Map<string, string>();
  private readonly applied: Chosen[] = [];
  private readonly created: NewFile[] = [];
  private refused: readonly Refused[] = [];

  constructor(analyser: Analyser, files: ReadonlySet<string>, options: RepairOptions) {
    this.analyser = analyser;
    this.files = files;
    this.options = options;
  }

  repair(files: readonly string[]): void {
    for (let round = 0; round < ROUNDS; round += 1) {
      const chosen = this.choose(files);
      if (chosen.length === 0) return;
      this.tryAll(chosen, files);
    }
  }

  outcome(): Repair {
    const files = [...this.originals].map(([file, original]) => ({
      file,
      original,
      text: this.analyser.textOf(file) ?? original,
      applied: this.applied.filter((it) => it.report.file === file).map(wordsOf),
    }));
    return {
      files: files.filter((it) => it.text !== it.original),
      created: this.created,
      refused: this.refused.map((it) => {
        const { file, start, end } = it.report;
        return { file, start, end, ...wordsOf(it), reason: it.reason };
      }),
    };
  }

  /** The first allowed fix of each finding, as far as they leave each other's text alone. */
  private choose(files: readonly string[]): readonly Chosen[] {
    const chosen: Chosen[] = [];
    const taken = new Map<string, Edit[]>();
    for (const { findings } of this.analyser.check(files)) {
      for (const report of findings) {
        const fix = report.fixes.find((it) => this.isAllowed(it));
        if (fix === undefined || !this.isWanted(report)) continue;
        if (fix.edits.some((it) => taken.get(it.file)?.some((other) => overlap(it, other)))) {
          continue;
        }
        chosen.push({ report, fix });
        for (const it of fix.edits) taken.set(it.file, [...(taken.get(it.file) ?? []), it]);
      }
    }
    return chosen;
  }

  private isAllowed({ safety, edits }: FixReport): boolean {
    const isSafeEnough = safety === "safe" || this.options.safety === "suggestion";
    return isSafeEnough && edits.every((it) => this.files.has(it.file));
  }

  private isWanted(report: Report): boolean {
    const { file, rule, start } = report;
    const wasRefused = this.refused.some(
      (it) => it.report.file === file && it.report.rule === rule && it.report.start === start,
    );
    return !wasRefused && this.options.wanted?.(report) !== false;
  }

  private tryAll(chosen: readonly Chosen[], files: readonly string[]): void {
    let waiting: readonly (readonly Chosen[])[] = [chosen];
    for (let batch = waiting[0]; batch !== undefined; batch = waiting[0]) {
      waiting = waiting.slice(1);
      const trial = new Trial(this.analyser, [...this.analyser.check(files)], batch);
      const reason = trial.apply({ keep: true });
      if (reason === undefined) {
        waiting = this.keep(trial, batch, waiting);
        continue;
      }
      const [only, another] = batch;
      if (only !== undefined && another === undefined) {
        this.refused = [...this.refused, { ...only, reason }];
      } else {
        const middle = Math.ceil(batch.length / 2);
        waiting = [batch.slice(0, middle), batch.slice(middle), ...waiting];
      }
    }
  }

  /** Gives what is waiting at the places to which the accepted fixes have moved it. */
  private keep(
    trial: Trial,
    batch: readonly Chosen[],
    waiting: readonly (readonly Chosen[])[],
  ): readonly (readonly Chosen[])[] {
    for (const { path, text } of trial.originals) {
      if (!this.originals.has(path)) this.originals.set(path, text);
    }
    this.applied.push(...batch);
    this.created.push(...trial.created);
    const edits = batch.flatMap((it) => it.fix.edits);
    this.refused = this.refused.map((it) => moved(it, edits));
    return waiting.map((it) => it.map((chosen) => moved(chosen, edits)));
  }
}

function wordsOf({ report, fix }: Chosen): AppliedFix {
  return { rule: report.rule, message: report.message, title: fix.title };
}

function moved<C extends Chosen>(chosen: C, by: readonly Edit[]): C {
  const { report, fix } = chosen;
  const edits = fix.edits.map((it) => placedAfter(it, by));
  return { ...chosen, report: placedAfter(report, by), fix: { ...fix, edits } };
}

function placedAfter<P extends { file: string; start: number; end: number }>(
  place: P,
  edits: readonly Edit[],
): P {
  let shift = 0;
  for (const { file, start, end, text } of edits) {
    if (file === place.file && end <= place.start) shift += text.length - (end - start);
  }
  return { ...place, start: place.start + shift, end: place.end + shift };
}
