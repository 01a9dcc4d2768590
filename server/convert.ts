import type {
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  TextEdit,
} from "vscode-languageserver";
import type { Edit } from "../analysis/edit.ts";
import type { ConfigProblem } from "../analysis/projects.ts";
import type { NoteReport, Report } from "../analysis/report.ts";
import type { Neighbours } from "./neighbours.ts";
import type { Lines } from "./positions.ts";
import type { RuleCustomization } from "./protocol.ts";
import { names } from "./settings.ts";
import { placesOf } from "./timeline.ts";

// What the analysis says, in the words of the protocol. Objects are built field by field, so that
// nothing crosses the wire that was not made for it.

export const SOURCE = "mooring";

/** Where files are, as the client sees them. */
export interface Places {
  uriOf(path: string): string;
  linesOf(path: string): Lines;
}

export interface Wording {
  readonly places: Places;
  readonly customizations: readonly RuleCustomization[];
  readonly relatedInformation: boolean;
  /** Whom findings are left to; undefined: nobody. */
  readonly neighbours: Neighbours | undefined;
  /** Where the page of a rule is. */
  linkOf(rule: string): string | undefined;
}

/** Undefined where the editor is told not to show it. */
export function diagnosticOf(report: Report, wording: Wording): Diagnostic | undefined {
  const severity = severityOf(report, wording.customizations);
  if (severity === "off") return undefined;
  const { places } = wording;
  const { rule, message, file, start, end } = report;
  const taking = wording.relatedInformation ? placesOf(report) : [];
  const link = wording.linkOf(rule);
  return {
    range: places.linesOf(file).range(start, end),
    severity: SEVERITIES[severity],
    code: rule,
    ...(link === undefined ? {} : { codeDescription: { href: link } }),
    source: SOURCE,
    message,
    ...(rule === "unused-allow" ? { tags: [UNNECESSARY] } : {}),
    ...(0 < taking.length ? { relatedInformation: taking.map((it) => relatedOf(it, places)) } : {}),
  };
}

export function problemDiagnosticOf(problem: ConfigProblem, lines: Lines): Diagnostic {
  const { start, end, message, remedy } = problem;
  return {
    range: lines.range(start, end),
    severity: SEVERITIES.error,
    code: "configuration",
    source: SOURCE,
    message: `${message} ${remedy}`,
  };
}

/** Line breaks are those of the text that the edit goes into. */
export function textEditOf({ start, end, text }: Omit<Edit, "file">, lines: Lines): TextEdit {
  return { range: lines.range(start, end), newText: withLineBreaksOf(lines.text, text) };
}

export function withLineBreaksOf(original: string, text: string): string {
  const isWindows = original.includes("\r\n") && !/(?<!\r)\n/.test(original);
  return isWindows ? text.replace(/(?<!\r)\n/g, "\r\n") : text;
}

// The protocol's numbers, whose names would bring the whole package along into the core.
const SEVERITIES = { error: 1, warning: 2, information: 3, hint: 4 } as const satisfies Record<
  string,
  DiagnosticSeverity
>;
const UNNECESSARY = 1 satisfies DiagnosticTag;

function severityOf(report: Report, customizations: readonly RuleCustomization[]) {
  const last = customizations.findLast((it) => names(it.rule, report.rule));
  return last?.severity ?? report.severity;
}

function relatedOf(note: NoteReport, places: Places): DiagnosticRelatedInformation {
  const { file, start, end, message } = note;
  const range = places.linesOf(file).range(start, end);
  return { location: { uri: places.uriOf(file), range }, message };
}
