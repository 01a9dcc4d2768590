import type { InterleavingReport, NoteReport, Report } from "../../analysis/report.ts";
import type { CheckOptions } from "../check-options.ts";
import type { FixOutcome } from "../fixes.ts";
import { count, harmless, type Paint, type Style } from "../shell.ts";
import { frameOf, type Mark } from "./frame.ts";
import { type Outcome, tally } from "./report.ts";
import { timelineText } from "./timeline.ts";

export interface StylishOptions {
  readonly paint: Paint;
  /** Undefined: not a terminal, so lines may be as long as they are. */
  readonly columns: number | undefined;
}

const STYLES: Readonly<Record<Report["severity"], Style>> = {
  error: ["red", "bold"],
  warning: ["yellow", "bold"],
  hint: ["cyan", "bold"],
};

/** The findings for people: what, where in the code, in which order, why, and what to do. */
export function stylishFindings(outcome: Outcome, options: StylishOptions): string {
  return outcome.findings.map((it) => `${findingText(it, outcome, options)}\n\n`).join("");
}

function findingText(report: Report, outcome: Outcome, options: StylishOptions): string {
  const { paint } = options;
  const style = STYLES[report.severity];
  const head = [
    paint("bold", placeText(report, outcome)),
    paint(style, report.severity),
    paint("dim", report.rule),
  ].join("  ");
  const labelled = numbered(report.notes);
  const elsewhere = labelled.filter((it) => it.file !== report.file);
  const fix = report.fixes[0];
  const paragraphs = [
    `${head}\n${paint("bold", harmless(report.message))}`,
    frame(
      report.file,
      [
        { ...report, sign: "^", style },
        ...labelled.filter((it) => it.file === report.file),
        ...placesOfSteps(report),
      ],
      outcome,
      options,
    ),
    ...elsewhere.map(
      (it) =>
        `  ${paint("dim", placeText(it, outcome))}\n${frame(it.file, [it], outcome, options)}`,
    ),
    interleavingText(report, outcome, options),
    [
      labelledLine("why", report.why, options),
      fix === undefined
        ? ""
        : labelledLine("fix", fix.title, options, fix.safety === "safe" ? "(--fix)" : ""),
    ]
      .filter((it) => it !== "")
      .join("\n"),
  ];
  return paragraphs.filter((it) => it !== "").join("\n\n");
}

/** The lines that the timeline speaks of are shown, too; what they are for is said there. */
function placesOfSteps({ file, start, end, notes, interleaving }: Report): Mark[] {
  const marked = new Set([`${start} ${end}`, ...notes.map((it) => `${it.start} ${it.end}`)]);
  const marks: Mark[] = [];
  for (const step of interleaving?.steps ?? []) {
    const key = `${step.start} ${step.end}`;
    const isInside = start <= step.start && step.end <= end;
    if (step.file !== file || isInside || marked.has(key)) continue;
    marked.add(key);
    marks.push({ start: step.start, end: step.end, sign: "-", style: "blue" });
  }
  return marks;
}

/** Why two tasks overlap, and what each of them does in which order. */
function interleavingText(
  { file, interleaving }: Report,
  outcome: Outcome,
  options: StylishOptions,
): string {
  if (interleaving === undefined) return "";
  const { evidence } = interleaving;
  const place = evidence.file === file ? lineText(evidence, outcome) : placeText(evidence, outcome);
  const lanes = timelineText(interleaving, {
    paint: options.paint,
    width: (options.columns ?? 100) - LABEL_INDENT - 1,
    placeOf: (step) => stepPlace(step, file, outcome),
  });
  return [
    labelledLine("how", `${evidence.message} (${place})`, options),
    lanes.replace(/^/gm, " ".repeat(LABEL_INDENT)),
  ].join("\n\n");
}

const LABEL_INDENT = 7;

/** The line alone where it is in the file that the finding is in. */
function stepPlace(
  step: InterleavingReport["steps"][number],
  file: string,
  outcome: Outcome,
): string {
  const { line } = outcome.sources.of(step.file).position(step.start);
  if (step.file === file) return String(line);
  return harmless(`${step.file.slice(step.file.lastIndexOf("/") + 1)}:${line}`);
}

function lineText(place: { readonly file: string; readonly start: number }, outcome: Outcome) {
  return `line ${outcome.sources.of(place.file).position(place.start).line}`;
}

/** Numbers say the order in which the places take part; one place needs none. */
function numbered(notes: readonly NoteReport[]): (NoteReport & Mark)[] {
  return notes.map((note, index) => ({
    ...note,
    sign: "-",
    style: "blue",
    label: notes.length > 1 ? `${index + 1}. ${note.message}` : note.message,
  }));
}

function frame(
  file: string,
  marks: readonly Mark[],
  { sources }: Outcome,
  { paint, columns = 160 }: StylishOptions,
): string {
  const text = frameOf(sources.of(file), marks, { paint, width: columns - 2 });
  return text.replace(/^/gm, "  ");
}

function placeText(
  { file, start }: { readonly file: string; readonly start: number },
  outcome: Outcome,
): string {
  const { line, column } = outcome.sources.of(file).position(start);
  return harmless(`${outcome.shown(file)}:${line}:${column}`);
}

function labelledLine(
  label: string,
  text: string,
  { paint, columns }: StylishOptions,
  aside = "",
): string {
  if (text === "") return "";
  const words = harmless(text).split(" ");
  const lines = [""];
  for (const word of words) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && columns !== undefined && last.length + word.length + 8 > columns) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
    }
  }
  const tail = aside === "" ? "" : `  ${paint("dim", aside)}`;
  return `  ${paint("dim", label)}  ${lines.join("\n       ")}${tail}`;
}

/** What was repaired, or would be, by rule. */
export function fixesText(fixed: FixOutcome, action: CheckOptions["action"], paint: Paint): string {
  let total = 0;
  for (const it of fixed.applied.values()) total += it;
  const dry = action === "dry run";
  if (total === 0) return `${paint("dim", "There is no safe fix to apply.")}\n\n`;
  const verb = dry ? "Would repair" : "Repaired";
  const where = `in ${count(fixed.files.length, "file")}`;
  const rules = [...fixed.applied].map(([rule, it]) => `  ${String(it).padStart(4)}  ${rule}\n`);
  return `${paint("green", "✔")} ${verb} ${count(total, "finding")} ${where}:\n${rules.join("")}\n`;
}

/** The last lines: how much there is, and what can be done about it at once. */
export function stylishSummary(outcome: Outcome, { paint }: StylishOptions): string {
  const { findings, files, milliseconds } = outcome;
  const where = `${count(files, "file")} checked in ${seconds(milliseconds)}.`;
  if (findings.length === 0) return `${paint("green", "✔")} No findings. ${where}\n`;

  const { errors, warnings, hints } = tally(findings);
  const parts = [
    errors === 0 ? "" : paint(STYLES.error, count(errors, "error")),
    warnings === 0 ? "" : paint(STYLES.warning, count(warnings, "warning")),
    hints === 0 ? "" : paint(STYLES.hint, count(hints, "hint")),
  ].filter((it) => it !== "");
  const mark =
    errors > 0 ? paint("red", "✖") : warnings > 0 ? paint("yellow", "▲") : paint("cyan", "•");
  const safe = findings.filter((it) => it.fixes.some((fix) => fix.safety === "safe")).length;
  const worst = findings.find((it) => it.severity === "error") ?? findings[0];
  const advice = [
    safe === 0
      ? ""
      : `\`mooring check --fix\` repairs ${safe === findings.length ? "all" : safe} of them.`,
    `\`mooring explain ${worst?.rule}\` tells more.`,
  ].filter((it) => it !== "");
  return `${mark} ${parts.join(", ")}. ${where}\n  ${paint("dim", advice.join(" "))}\n`;
}

function seconds(milliseconds: number): string {
  return milliseconds < 950
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
