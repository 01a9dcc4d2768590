import type { InterleavingReport, Report } from "../../analysis/report.ts";
import type { Notice, Position } from "../notices.ts";
import { type Outcome, type Tally, tally } from "./report.ts";

// A contract: docs/json.md says what each field means, and schema/mooring.report.schema.json what
// it may hold. A field may be added; to rename or remove one raises the version.

export interface JsonReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "mooring"; readonly version: string };
  readonly findings: readonly JsonFinding[];
  readonly summary: Tally & { readonly files: number; readonly milliseconds: number };
  readonly notices?: readonly Omit<Notice, "details">[];
}

interface JsonPlace {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

interface JsonFinding extends JsonPlace {
  readonly rule: string;
  readonly severity: Report["severity"];
  readonly message: string;
  readonly why: string;
  readonly notes: readonly (JsonPlace & { readonly message: string })[];
  readonly interleaving?: {
    readonly evidence: JsonPlace & { readonly kind: string; readonly message: string };
    readonly steps: readonly (JsonPlace & {
      readonly task: "A" | "B";
      readonly action: string;
      readonly text: string;
    })[];
  };
  readonly fixes: readonly {
    readonly title: string;
    readonly safety: "safe" | "suggestion";
    readonly edits: readonly (JsonPlace & { readonly text: string })[];
    readonly creates?: readonly { readonly file: string; readonly text: string }[];
  }[];
}

export function jsonReport(outcome: Outcome, version: string): JsonReport {
  const { findings, notices, files, milliseconds } = outcome;
  return {
    schemaVersion: 1,
    tool: { name: "mooring", version },
    findings: findings.map((it) => findingOf(it, outcome)),
    summary: { files, ...tally(findings), milliseconds: Math.round(milliseconds) },
    ...(notices.length === 0 ? {} : { notices: notices.map(noticeOf) }),
  };
}

/** Field by field: what is not named here does not leave the process. */
function findingOf(report: Report, outcome: Outcome): JsonFinding {
  const { rule, severity, message, why, notes, interleaving, fixes } = report;
  return {
    rule,
    severity,
    message,
    why,
    ...placeOf(report, outcome),
    notes: notes.map((note) => Object.assign({ message: note.message }, placeOf(note, outcome))),
    ...(interleaving === undefined ? {} : { interleaving: interleavingOf(interleaving, outcome) }),
    fixes: fixes.map(({ title, safety, edits, creates = [] }) => ({
      title,
      safety,
      edits: edits.map((edit) => Object.assign(placeOf(edit, outcome), { text: edit.text })),
      ...(creates.length === 0
        ? {}
        : { creates: creates.map(({ file, text }) => ({ file: outcome.shown(file), text })) }),
    })),
  };
}

function interleavingOf({ evidence, steps }: InterleavingReport, outcome: Outcome) {
  const { kind, message } = evidence;
  return {
    evidence: Object.assign({ kind, message }, placeOf(evidence, outcome)),
    steps: steps.map((step) => {
      const { task, action, text } = step;
      return Object.assign({ task, action, text }, placeOf(step, outcome));
    }),
  };
}

function noticeOf({ level, message, remedy, file, start, end }: Notice) {
  return { level, message, remedy, file, start, end };
}

function placeOf(
  { file, start, end }: { readonly file: string; readonly start: number; readonly end: number },
  outcome: Outcome,
): JsonPlace {
  const lines = outcome.sources.of(file);
  return { file: outcome.shown(file), start: lines.position(start), end: lines.position(end) };
}
