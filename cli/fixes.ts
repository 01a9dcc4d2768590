import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";
import type { Analyser } from "../analysis/analyser.ts";
import type { CheckOptions } from "./check-options.ts";
import type { Disk } from "./disk.ts";
import type { Notice } from "./notices.ts";
import { encode, withLineEndsOf } from "./text.ts";
import { replaceFile } from "./write-file.ts";

// provisional: until analysis/repair.ts lands
interface FileRepair {
  readonly file: string;
  readonly original: string;
  readonly text: string;
  readonly applied: readonly { readonly rule: string; readonly title: string }[];
}
function repair(_analyser: Analyser, _files: readonly string[], _options: object): FileRepair[] {
  return [];
}

/** What became of the fixes, or would become of them. */
export interface FixOutcome {
  /** The texts that count from now on. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
  /** How many fixes, by rule. */
  readonly applied: ReadonlyMap<string, number>;
  /** A unified patch; empty where there is nothing to change. */
  readonly patch: string;
  readonly notices: readonly Notice[];
}

/** Applies the safe fixes: to the files, or only in memory. */
export function applyFixes(
  analyser: Analyser,
  files: readonly string[],
  { action }: Pick<CheckOptions, "action">,
  disk: Disk,
): FixOutcome {
  const applied = new Map<string, number>();
  const notices: Notice[] = [];
  const texts: { file: string; text: string }[] = [];
  let patch = "";
  for (const repaired of repair(analyser, files, {})) {
    const { file, original } = repaired;
    const text = withLineEndsOf(original, repaired.text);
    if (text === original) continue;
    if (action === "fix") {
      const failure = write(file, original, text, disk);
      if (failure !== undefined) {
        notices.push({ level: "error", file: disk.shown(file), ...failure });
        // The analysis goes on with the text that is still there.
        analyser.change([{ path: file, text: original }]);
        continue;
      }
    }
    for (const { rule } of repaired.applied) applied.set(rule, (applied.get(rule) ?? 0) + 1);
    texts.push({ file, text });
    patch += patchOf(disk.shown(file), original, text);
  }
  return { files: texts, applied, patch, notices };
}

function write(file: string, original: string, text: string, disk: Disk) {
  const source = disk.source(file);
  disk.forget(file);
  const now = disk.source(file);
  if (typeof source !== "object" || typeof now !== "object" || now.text !== original) {
    return {
      message: "Not repaired: the file was changed while it was checked.",
      remedy: "Run the command again.",
    };
  }
  const failure = replaceFile(disk.realPath(file), encode(text, source.encoding));
  disk.forget(file);
  if (failure === undefined) return undefined;
  return {
    message: `Not repaired: the file could not be written (${failure}).`,
    remedy: "Check who may write it and its folder; it is as it was.",
  };
}

/** As `git diff` writes it, so that `git apply` and `patch -p1` take it. */
function patchOf(name: string, before: string, after: string): string {
  const patch = structuredPatch(`a/${name}`, `b/${name}`, before, after, "", "", { context: 3 });
  return formatPatch(patch, FILE_HEADERS_ONLY);
}
