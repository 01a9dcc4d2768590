import type { Paint } from "./shell.ts";
import { harmless } from "./shell.ts";

/** Something that the user has to know about the run itself, apart from findings. */
export interface Notice {
  /** `error`: the run cannot count as clean. `note`: something was left out, or read differently. */
  readonly level: "error" | "note";
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** As shown: relative to the working folder, with forward slashes. */
  readonly file?: string | undefined;
  readonly start?: Position | undefined;
  readonly end?: Position | undefined;
  /** For whoever has to repair it: a stack. Printed, and not part of the JSON. */
  readonly details?: string | undefined;
}

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** From 0, in UTF-16 units. */
  readonly offset: number;
}

/** `src/a.ts:1:5: message` and on the next line what to do. */
export function noticeText(notice: Notice, paint: Paint): string {
  const { level, message, remedy, file, start, details } = notice;
  const place = start === undefined ? file : `${file}:${start.line}:${start.column}`;
  const head = place === undefined ? "" : `${paint("bold", harmless(place))}: `;
  const label = level === "error" ? paint(["red", "bold"], "error") : paint("cyan", "note");
  const more = details === undefined ? [] : details.split("\n").map((it) => it.trim());
  const lines = [remedy, ...more].map((it) => `       ${paint("dim", harmless(it))}\n`);
  return `${label}${" ".repeat(7 - level.length)}${head}${harmless(message)}\n${lines.join("")}`;
}
