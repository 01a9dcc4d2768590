import type { Report } from "../../analysis/report.ts";
import type { Sources } from "../lines.ts";
import type { Notice } from "../notices.ts";

/** What a run has found, ready to be shown. */
export interface Outcome {
  /** By file, and within a file in source order. */
  readonly findings: readonly Report[];
  readonly notices: readonly Notice[];
  /** How many files were checked. */
  readonly files: number;
  readonly milliseconds: number;
  readonly sources: Sources;
  /** Where the command runs. */
  readonly folder: string;
  /** The path as the user would write it. */
  shown(path: string): string;
}

export interface Tally {
  readonly errors: number;
  readonly warnings: number;
  readonly hints: number;
}

export function tally(findings: readonly Report[]): Tally {
  const of = (severity: Report["severity"]) =>
    findings.filter((it) => it.severity === severity).length;
  return { errors: of("error"), warnings: of("warning"), hints: of("hint") };
}
