import type { Edit, NewFile } from "./edit.ts";
import { inStyleOf } from "./edit-style.ts";
import type { Action, Evidence, Finding, Interleaving, Rule, Severity, Task } from "./rule.ts";
import { type Node, sourceFileOf, startOf } from "./syntax.ts";

/** A finding without nodes: what leaves the analysis. Offsets are UTF-16 units from the start. */
export interface Report {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly why: string;
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly notes: readonly NoteReport[];
  readonly interleaving?: InterleavingReport | undefined;
  readonly fixes: readonly FixReport[];
}

export interface NoteReport {
  readonly message: string;
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface InterleavingReport {
  readonly evidence: NoteReport & { readonly kind: Evidence["kind"] };
  readonly steps: readonly StepReport[];
}

export interface StepReport {
  readonly task: Task;
  readonly action: Action;
  readonly text: string;
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface FixReport {
  readonly title: string;
  readonly safety: "safe" | "suggestion";
  readonly edits: readonly Edit[];
  readonly creates?: readonly NewFile[] | undefined;
  readonly chosen?: readonly string[] | undefined;
}

export function reportOf(rule: Rule, finding: Finding, severity: Severity): Report {
  const { at, message, why, notes = [], interleaving, fixes = [] } = finding;
  return {
    rule: rule.id,
    severity,
    message,
    why,
    ...rangeOf(at),
    notes: notes.map((note) => ({ message: note.message, ...rangeOf(note.at) })),
    ...(interleaving === undefined ? {} : { interleaving: interleavingOf(interleaving) }),
    fixes: fixes.map(({ title, safety, edits, creates = [], chosen = [] }) => ({
      title,
      safety,
      edits: inStyleOf(sourceFileOf(at), edits),
      ...(creates.length === 0 ? {} : { creates }),
      ...(chosen.length === 0 ? {} : { chosen }),
    })),
  };
}

function interleavingOf({ evidence, steps }: Interleaving): InterleavingReport {
  const { kind, message, at } = evidence;
  return {
    evidence: { kind, message, ...rangeOf(at) },
    steps: steps.map(({ task, action, text, at: place }) =>
      Object.assign({ task, action, text }, rangeOf(place)),
    ),
  };
}

function rangeOf(node: Node) {
  const file = sourceFileOf(node);
  return { file: file.fileName, start: startOf(node, file), end: node.end };
}
