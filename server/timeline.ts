import type { InterleavingReport, NoteReport, Report, StepReport } from "../analysis/report.ts";
import { timelineOf } from "../analysis/timeline.ts";
import type { Places } from "./convert.ts";

// How a race happens, for people who look at it in an editor: two lanes below each other in a hover,
// and the same steps as places to jump to, in the order in which they happen.

/** Columns of a hover that is drawn with letters of one width. */
const COLUMNS = 72;

/** A table with a lane per task. Cells wrap, so that it is read in a narrow hover as well. */
export function timelineMarkdown(
  { steps }: InterleavingReport,
  file: string,
  places: Places,
): string {
  const rows = steps.map((step) => {
    const cell = `${linkTo(step, lineOf(step, file, places), places)} ${cellText(step.text)}`;
    return step.task === "A" ? `| ${cell} | |` : `| | ${cell} |`;
  });
  return ["| A | B |", "| :-- | :-- |", ...rows].join("\n");
}

/** The same where there are no tables. */
export function timelinePlain(
  interleaving: InterleavingReport,
  file: string,
  places: Places,
): string {
  const placeOf = (step: StepReport) => lineOf(step, file, places);
  return timelineOf(interleaving, { width: COLUMNS, placeOf })
    .map(({ left, right }) => `${left} │ ${right}`.trimEnd())
    .join("\n");
}

/**
 * The places that take part, each with words. Of a race: why two tasks can overlap, and what each
 * of them does. Notes about the same places would say it twice.
 */
export function placesOf({ notes, interleaving }: Report): readonly NoteReport[] {
  if (interleaving === undefined) return notes;
  const { evidence, steps } = interleaving;
  const isStep = (note: NoteReport) =>
    steps.some((it) => it.file === note.file && it.start === note.start && it.end === note.end);
  return [
    ...notes.filter((it) => !isStep(it)),
    evidence,
    ...steps.map(({ task, text, file, start, end }, index) => {
      const message = `${index + 1}. ${task} ${text}`;
      return { message, file, start, end };
    }),
  ];
}

/** A line of another file comes with the name of that. */
export function lineOf(
  place: { readonly file: string; readonly start: number },
  file: string,
  places: Places,
): string {
  const line = String(places.linesOf(place.file).position(place.start).line + 1);
  return place.file === file
    ? line
    : `${place.file.slice(place.file.lastIndexOf("/") + 1)}:${line}`;
}

export function linkTo(
  place: { readonly file: string; readonly start: number },
  text: string,
  places: Places,
): string {
  const { line, character } = places.linesOf(place.file).position(place.start);
  return `[${text}](${places.uriOf(place.file)}#L${line + 1},${character + 1})`;
}

/** Bars end cells, in code too. */
function cellText(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}
