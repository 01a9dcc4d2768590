import type { Analyser } from "../analysis/analyser.ts";
import type { NewFile } from "../analysis/edit.ts";
import { type Repair, type RepairOptions, repair } from "../analysis/repair.ts";
import type { FixReport } from "../analysis/report.ts";

/** What repairing these files would give. The analyser is left with the texts that it had. */
export function dryRepair(
  analyser: Analyser,
  files: readonly string[],
  options: RepairOptions,
): Repair {
  const before = files.map((path) => ({
    path,
    text: analyser.isChanged(path) ? analyser.textOf(path) : undefined,
  }));
  let created: readonly NewFile[] = [];
  try {
    const outcome = repair(analyser, files, options);
    created = outcome.created;
    return outcome;
  } finally {
    const gone = created.map(({ file }) => ({ path: file, text: undefined }));
    analyser.change([...before, ...gone]);
  }
}

/** Such a fix silences the finding and leaves the promise to itself; nobody is led to it. */
export function hides({ edits }: FixReport): boolean {
  return edits.some((it) => /^\(?void\b/.test(it.text));
}
