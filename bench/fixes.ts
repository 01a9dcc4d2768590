import { createTwoFilesPatch } from "diff";
import { Analyser } from "../analysis/analyser.ts";
import { applyEdits } from "../analysis/edit.ts";
import { packages } from "../analysis/primitives/index.ts";
import { modelsOf } from "../analysis/primitives/models.ts";
import { verifyFix } from "../analysis/repair.ts";
import type { FixReport } from "../analysis/report.ts";
import type { Settings } from "../analysis/settings.ts";
import { Disk } from "../cli/disk.ts";
import { findFiles } from "../cli/find-files.ts";
import { rules } from "../rules/index.ts";

export interface Options {
  readonly directory: string;
  readonly paths: readonly string[];
  readonly profile: Settings["profile"];
  /** At most so many findings of each rule, so that one rule does not take all the time. */
  readonly most: number;
  /** Whose findings are repaired; all rules look at the result. Undefined: of all. */
  readonly only: readonly string[] | undefined;
}

export interface Trial {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly safety: string;
  /** What is wrong with the fix, or "ok". */
  readonly outcome: string;
  /** How long it took to find that out. */
  readonly milliseconds: number;
  /** What it changes, as a patch. */
  readonly diff: string;
}

/** Tries every fix of the findings in a project, one at a time, and takes each back. */
export function* tryFixes({ directory, paths, profile, most, only }: Options): Generator<Trial> {
  const disk = new Disk(directory);
  const { files } = findFiles({ paths, ignores: undefined }, disk);
  const analyser = new Analyser({
    host: disk,
    rules,
    models: modelsOf(packages),
    settingsFor: () => ({ profile, rules: {} }),
    keep: "all",
  });
  analyser.open(files);
  const tried = new Map<string, number>();
  // What is tried changes the analyser while it works, so all is gathered first.
  const reports = [...analyser.check(files)].flatMap((it) => it.findings);
  for (const report of reports) {
    const { rule, file, start } = report;
    const count = tried.get(rule) ?? 0;
    if (report.fixes.length === 0 || most <= count || only?.includes(rule) === false) continue;
    tried.set(rule, count + 1);
    const text = analyser.textOf(file) ?? "";
    const line = text.slice(0, start).split("\n").length;
    for (const fix of report.fixes) {
      const begin = performance.now();
      const outcome = verifyFix(analyser, report, fix);
      const milliseconds = Math.round(performance.now() - begin);
      const { title, safety } = fix;
      const diff = diffOf(fix, analyser, disk);
      yield { rule, file: disk.shown(file), line, title, safety, outcome, milliseconds, diff };
    }
  }
  analyser.dispose();
}

function diffOf({ edits, creates }: FixReport, analyser: Analyser, disk: Disk): string {
  const patches = [...new Set(edits.map((it) => it.file))].map((path) => {
    const before = analyser.textOf(path) ?? "";
    const own = edits.filter((it) => it.file === path);
    const shown = disk.shown(path);
    return createTwoFilesPatch(shown, shown, before, applyEdits(before, own), "", "");
  });
  const news = (creates ?? []).map((it) => `creates ${disk.shown(it.file)}\n`);
  return [...patches, ...news].join("");
}
