import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";
import type { Analyser } from "../analysis/analyser.ts";
import { type FileRepair, type RefusedFix, repair } from "../analysis/repair.ts";
import type { CheckOptions } from "./check-options.ts";
import type { Disk } from "./disk.ts";
import { Lines } from "./lines.ts";
import type { Notice } from "./notices.ts";
import { encode, withLineEndsOf } from "./text.ts";
import { replaceFile } from "./write-file.ts";

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
  { action, quiet }: Pick<CheckOptions, "action" | "quiet">,
  disk: Disk,
): FixOutcome {
  const { files: repaired, refused } = repair(analyser, files, {
    safety: "safe",
    wanted: ({ severity }) => !quiet || severity === "error",
  });
  const notices = refused.map((it) => refusal(it, analyser, disk));
  const applied = new Map<string, number>();
  const texts: { file: string; text: string }[] = [];
  let patch = "";
  for (const it of repaired) {
    const { file, original } = it;
    const text = withLineEndsOf(original, it.text);
    const failure = action === "fix" ? write(it, text, disk) : undefined;
    // What is found from here on is about the text that there is now.
    const now = failure === undefined ? text : original;
    if (now !== it.text) analyser.change([{ path: file, text: now }]);
    if (failure !== undefined) {
      notices.push({ level: "error", file: disk.shown(file), ...failure });
      continue;
    }
    for (const { rule } of it.applied) applied.set(rule, (applied.get(rule) ?? 0) + 1);
    texts.push({ file, text });
    patch += patchOf(disk.shown(file), original, text);
  }
  return { files: texts, applied, patch, notices };
}

/** Every fix is tried before it is kept; people want to know which were not, and why. */
function refusal({ file, start, end, ...it }: RefusedFix, analyser: Analyser, disk: Disk): Notice {
  const lines = new Lines(analyser.textOf(file) ?? "");
  return {
    level: "note",
    message: `The fix “${it.title}” was not applied. ${it.reason}`,
    remedy: `Repair this ${it.rule} by hand.`,
    file: disk.shown(file),
    start: lines.position(start),
    end: lines.position(end),
  };
}

function write({ file, original }: FileRepair, text: string, disk: Disk) {
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
