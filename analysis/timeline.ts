import type { InterleavingReport, StepReport } from "./report.ts";
import type { Task } from "./rule.ts";

// An interleaving as two columns of text, one per task, time running downwards:
//
//     A                               │ B
//     12  reads `this.n`              │
//     13  pauses at `await price(id)` │
//                                     │ 12  reads `this.n`
//
// Only one column of a row is ever filled, so the order reads off without colours, and a screen
// reader that goes row by row says the steps as they happen. The columns divide what room there is
// by need: the wider task gets more, and neither less than a third.

export interface TimelineOptions {
  /** Columns for both lanes and what is between them. */
  readonly width: number;
  /** How a step's place is written: its line, say, with the file where that is another one; or "". */
  readonly placeOf: (step: StepReport) => string;
  /** How many columns a text takes; by default one for each UTF-16 unit. */
  readonly widthOf?: (text: string) => number;
}

export interface TimelineRow {
  /** Undefined in the row of titles. */
  readonly step: StepReport | undefined;
  readonly task: Task | undefined;
  /** Padded to the width of the lane. */
  readonly left: string;
  /** Without blanks at its end. */
  readonly right: string;
}

export const LANE_BAR = " │ ";

/** The rows of the picture, titles first; a step that does not fit is continued in the next row. */
export function timelineOf(
  { steps }: InterleavingReport,
  { width, placeOf, widthOf = (text) => text.length }: TimelineOptions,
): readonly TimelineRow[] {
  const room = Math.max(width - LANE_BAR.length, 24);
  const placeWidth = Math.max(...steps.map((it) => widthOf(placeOf(it))));
  const indent = placeWidth === 0 ? 0 : placeWidth + 2;
  const textOf = (step: StepReport) => {
    const place = placeOf(step);
    return `${" ".repeat(placeWidth - widthOf(place))}${place}`.padEnd(indent) + step.text;
  };
  const needed = (task: Task) =>
    Math.max(1, ...steps.filter((it) => it.task === task).map((it) => widthOf(textOf(it))));
  const leftWidth = divided(room, needed("A"), needed("B"));
  const pad = (text: string) => text + " ".repeat(Math.max(0, leftWidth - widthOf(text)));

  const rows: TimelineRow[] = [{ step: undefined, task: undefined, left: pad("A"), right: "B" }];
  for (const step of steps) {
    const { task } = step;
    const lane = task === "A" ? leftWidth : room - leftWidth;
    for (const line of wrapped(textOf(step), lane, indent, widthOf)) {
      rows.push({
        step,
        task,
        left: pad(task === "A" ? line : ""),
        right: task === "B" ? line : "",
      });
    }
  }
  return rows;
}

function divided(room: number, left: number, right: number): number {
  if (left + right <= room) return left;
  const least = Math.floor(room / 3);
  const fair = Math.round((room * left) / (left + right));
  return Math.min(left, Math.max(least, Math.min(fair, room - least)));
}

/** Broken at blanks, later lines indented below the first word of the first. */
function wrapped(
  text: string,
  width: number,
  indent: number,
  widthOf: (text: string) => number,
): string[] {
  const lines: string[] = [];
  let line = text.slice(0, indent);
  let isEmpty = true;
  const words = text.slice(indent).split(" ");
  for (const word of words.flatMap((it) => parts(it, width - indent, widthOf))) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = " ".repeat(indent);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** What is wider than its lane is cut, so that the other lane stays where it is. */
function parts(word: string, width: number, widthOf: (text: string) => number): string[] {
  if (widthOf(word) <= width) return [word];
  const cut: string[] = [];
  let part = "";
  for (const character of word) {
    if (widthOf(part + character) > width) {
      cut.push(part);
      part = "";
    }
    part += character;
  }
  return [...cut, part];
}
