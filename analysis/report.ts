import type { Edit } from "./edit.ts";
import type { Finding, Rule, Severity } from "./rule.ts";
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
  readonly fixes: readonly FixReport[];
}

export interface NoteReport {
  readonly message: string;
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface FixReport {
  readonly title: string;
  readonly safety: "safe" | "suggestion";
  readonly edits: readonly Edit[];
}

export function reportOf(rule: Rule, finding: Finding, severity: Severity): Report {
  const { at, message, why, notes = [], fixes = [] } = finding;
  return {
    rule: rule.id,
    severity,
    message,
    why,
    ...rangeOf(at),
    notes: notes.map((note) => ({ message: note.message, ...rangeOf(note.at) })),
    fixes: fixes.map(({ title, safety, edits }) => ({ title, safety, edits })),
  };
}

function rangeOf(node: Node) {
  const file = sourceFileOf(node);
  return { file: file.fileName, start: startOf(node, file), end: node.end };
}
