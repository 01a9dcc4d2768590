import type { Affected } from "./affected.ts";
import type { Analyser } from "./analyser.ts";
import { applyEdits, type Edit, type NewFile } from "./edit.ts";
import type { Problem } from "./engine/type-engine.ts";
import type { Program } from "./program.ts";
import type { FixReport, Report } from "./report.ts";
import type { FileResult } from "./run.ts";
import { surfaceOf } from "./surface.ts";

export interface Attempt {
  readonly report: Report;
  readonly fix: FixReport;
}

/** Fixes put into the analyser's texts to see what becomes of the findings and the types. */
export class Trial {
  /** The texts of the files that the fixes change, before they do. */
  readonly originals: readonly { readonly path: string; readonly text: string }[];
  private readonly analyser: Analyser;
  private readonly attempts: readonly Attempt[];
  private readonly results: ReadonlyMap<string, FileResult>;
  /** The files that the fixes bring and that are not there yet, each once. */
  readonly created: readonly NewFile[];
  /** One that would be written over. */
  private readonly taken: string | undefined;

  /** `results`: what is found before, at least in the files that the fixes touch. */
  constructor(analyser: Analyser, results: readonly FileResult[], attempts: readonly Attempt[]) {
    this.analyser = analyser;
    this.attempts = attempts;
    this.results = new Map(results.map((it) => [it.file, it]));
    const paths = new Set(attempts.flatMap(({ fix }) => fix.edits.map((it) => it.file)));
    this.originals = [...paths].flatMap((path) => {
      const text = analyser.textOf(path);
      return text === undefined ? [] : [{ path, text }];
    });
    const wanted = attempts.flatMap(({ fix }) => fix.creates ?? []);
    const missing = wanted.filter((it) => analyser.textOf(it.file) !== it.text);
    this.taken = missing.find((it) => analyser.textOf(it.file) !== undefined)?.file;
    this.created =
      this.taken === undefined ? [...new Map(missing.map((it) => [it.file, it])).values()] : [];
  }

  /**
   * Applies all of them, and gives what is wrong then, in a sentence; undefined: nothing. The texts
   * stay as they are then only where nothing is wrong and they are to be kept.
   */
  apply({ keep }: { readonly keep: boolean }): string | undefined {
    const { analyser } = this;
    const edits = this.attempts.flatMap((it) => it.fix.edits);
    if (this.originals.length === 0 || edits.length === 0) return "It changes nothing.";
    if (this.taken !== undefined) return `There is another file ${this.taken} already.`;
    // Old snapshots stay usable, so what the compiler said before is asked only where it matters.
    const before = new Map<string, Program | undefined>();
    for (const { path } of this.originals) before.set(path, analyser.programOf(path));
    const changes = this.originals.map(({ path, text }) => ({
      path,
      text: applyEdits(text, editsOf(path, edits)),
    }));
    const news = this.created.map(({ file, text }) => ({ path: file, text }));
    return analyser.attempt(
      [...news, ...changes],
      (affected) => this.judge(affected, before),
      (reason) => keep && reason === undefined,
    );
  }

  private judge(
    affected: Affected,
    before: ReadonlyMap<string, Program | undefined>,
  ): string | undefined {
    const [program] = before.values();
    const isSeen = affected.types.some((it) => !before.has(it)) && !this.declareAlike(before);
    const seen = new Set(isSeen ? affected.types : []);
    for (const path of new Set([...before.keys(), ...affected.findings])) {
      const reason =
        this.findingsAgainst(path) ??
        (before.has(path) || seen.has(path)
          ? this.problemsAgainst(path, before.get(path) ?? program)
          : undefined);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** Whether those who import the files see the same types as before, inferred ones included. */
  private declareAlike(before: ReadonlyMap<string, Program | undefined>): boolean {
    return [...before].every(([path, program]) => {
      const old = program?.types.file(path);
      if (program === undefined || old === undefined || surfaceOf(old).isGlobal) return false;
      const declared = program.types.declarations?.(path);
      const now = this.analyser.programOf(path);
      return declared !== undefined && declared === now?.types.declarations?.(path);
    });
  }

  private findingsAgainst(path: string): string | undefined {
    // A file that nobody asked about, or was not looked at before, has nothing to compare with.
    const known = this.results.get(path);
    const [result] = known === undefined ? [] : this.analyser.check([path]);
    if (known === undefined || result === undefined) return undefined;
    if (known.failures.length < result.failures.length) return "A rule fails on what it makes.";
    const left = countsOf(known.findings);
    for (const { report } of this.attempts) {
      if (report.file === path) left.set(keyOf(report), (left.get(keyOf(report)) ?? 0) - 1);
    }
    for (const report of result.findings) {
      const key = keyOf(report);
      const count = (left.get(key) ?? 0) - 1;
      left.set(key, count);
      if (0 <= count) continue;
      return this.attempts.some((it) => it.report.file === path && keyOf(it.report) === key)
        ? "It leaves the finding where it is."
        : `It adds a finding of ${report.rule}: ${report.message}`;
    }
    return undefined;
  }

  private problemsAgainst(path: string, before: Program | undefined): string | undefined {
    const now = this.analyser.problemsIn(path);
    // Most code type-checks; to check it once more as it was would be half of the work.
    if (now.length === 0) return undefined;
    const known = new Map<string, number>();
    for (const it of before?.types.problems(path) ?? []) {
      known.set(problemKey(it), (known.get(problemKey(it)) ?? 0) + 1);
    }
    for (const problem of now) {
      const count = (known.get(problemKey(problem)) ?? 0) - 1;
      known.set(problemKey(problem), count);
      if (0 <= count) continue;
      const what = problem.about === "syntax" ? "breaks the syntax" : "does not type-check";
      const where = this.attempts.some((it) => it.report.file === path) ? "" : ` in ${path}`;
      return `It ${what}${where}: ${problem.message}`;
    }
    return undefined;
  }
}

function editsOf(path: string, edits: readonly Edit[]): readonly Edit[] {
  return edits.filter((it) => it.file === path);
}

/** A finding by what it says, since its place moves with the text. */
function keyOf({ rule, message }: Report): string {
  return `${rule} ${message}`;
}

function problemKey({ code, message }: Problem): string {
  return `${code} ${message}`;
}

function countsOf(findings: readonly Report[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const it of findings) counts.set(keyOf(it), (counts.get(keyOf(it)) ?? 0) + 1);
  return counts;
}
