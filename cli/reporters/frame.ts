import { highlight } from "@babel/code-frame";
import type { Lines } from "../lines.ts";
import { harmless, type Paint, type Style } from "../shell.ts";

/** A range to underline. Ranges over several lines are underlined on their first. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** `^` under what the finding is about, `-` under what takes part in it. */
  readonly sign: "^" | "-";
  readonly style: Style;
  readonly label?: string | undefined;
}

export interface FrameOptions {
  readonly paint: Paint;
  /** How many columns there are for the frame. */
  readonly width: number;
}

/**
 * The marked lines in one picture, each mark under its own code, what lies between left out.
 *
 * A concurrency bug has several places, and a frame for each would print the same lines again and
 * again; here they stand below each other as in the source.
 */
export function frameOf(lines: Lines, marks: readonly Mark[], options: FrameOptions): string {
  const { paint, width } = options;
  const placed = marks.map((mark) => ({ ...mark, ...place(lines, mark) }));
  const shown = linesToShow(
    placed.map((it) => it.line),
    placed.filter((it) => it.sign === "^").map((it) => it.line),
    lines,
  );
  const gutter = String(shown.at(-1) ?? 1).length;
  const rows: string[] = [];
  const row = (left: string, right: string) => {
    const bar = paint("dim", `${left.padStart(gutter)} │`);
    rows.push(right === "" ? bar : `${bar} ${right}`);
  };

  let previous: number | undefined;
  for (const number of shown) {
    if (previous !== undefined && previous + 1 < number) {
      rows.push(paint("dim", "⋮".padStart(gutter)));
    }
    previous = number;
    const here = placed.filter((it) => it.line === number);
    const line = new Line(lines.line(number));
    const window = line.window(width - gutter - 3, here[0]);
    row(String(number), window.code(paint));
    for (const mark of here) {
      const under = window.under(mark);
      const label = mark.label === undefined ? "" : ` ${harmless(mark.label)}`;
      row("", under.indent + paint(mark.style, mark.sign.repeat(under.length) + label));
    }
  }
  return rows.join("\n");
}

interface Placed {
  readonly line: number;
  /** Columns from 0; the end is on the same line. */
  readonly from: number;
  readonly to: number;
}

function place(lines: Lines, { start, end }: Mark): Placed {
  const first = lines.position(start);
  const last = lines.position(end);
  const from = first.column - 1;
  const to = last.line === first.line ? last.column - 1 : lines.line(first.line).length;
  return { line: first.line, from, to: Math.max(to, from + 1) };
}

/** The marked lines, one more around those that the finding is about, and no gap of a single line. */
function linesToShow(marked: readonly number[], main: readonly number[], lines: Lines): number[] {
  const wanted = new Set(marked);
  for (const line of main) {
    if (line > 1 && lines.line(line - 1).trim() !== "") wanted.add(line - 1);
    if (line < lines.count && lines.line(line + 1).trim() !== "") wanted.add(line + 1);
  }
  const sorted = [...wanted].toSorted((a, b) => a - b);
  return sorted.flatMap((line, index) =>
    sorted[index + 1] === line + 2 ? [line, line + 1] : [line],
  );
}

const TAB = 4;
/** Letters of East Asia and pictures take two columns in a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /\p{Mark}|\u200d|\ufe0f/u;

/** How many columns a text takes in a terminal; it has no tabs. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

function columnsOfCharacter(character: string): number {
  if (WIDE.test(character)) return 2;
  return NO_WIDTH.test(character) ? 0 : 1;
}

/** A line as a terminal shows it: where each column of the source comes out. */
class Line {
  private readonly shown: string;
  /** The index in `shown`, and the column on the screen, of each UTF-16 unit of the source. */
  private readonly index: number[] = [];
  private readonly column: number[] = [];

  constructor(source: string) {
    let shown = "";
    let column = 0;
    for (const character of source) {
      for (let unit = 0; unit < character.length; unit += 1) {
        this.index.push(shown.length);
        this.column.push(column);
      }
      const text = character === "\t" ? " ".repeat(TAB - (column % TAB)) : harmless(character);
      shown += text;
      column += character === "\t" ? text.length : columnsOfCharacter(character);
    }
    this.index.push(shown.length);
    this.column.push(column);
    this.shown = shown;
  }

  /** As much of a long line as fits, with the marked place in it. */
  window(width: number, mark: Placed | undefined) {
    const total = this.column.at(-1) ?? 0;
    const fits = total <= Math.max(width, 40);
    const room = Math.max(width, 40) - 2;
    const wanted = this.columnAt(mark?.from ?? 0) - Math.floor(room / 4);
    const from = fits ? 0 : Math.max(0, Math.min(wanted, total - room));
    const to = fits ? total : from + room;
    const first = this.column.findIndex((it) => from <= it);
    const after = this.column.findLastIndex((it) => it <= to);
    const origin = (this.column[first] ?? 0) - (first > 0 ? 1 : 0);
    const limit = (this.column[after] ?? 0) - origin;

    return {
      code: (paint: Paint) => {
        const text = this.shown.slice(this.index[first], this.index[after]);
        const coloured = paint("bold", "") === "" ? text : highlight(text);
        const left = first > 0 ? paint("dim", "…") : "";
        return left + coloured.trimEnd() + (to < total ? paint("dim", "…") : "");
      },
      under: (it: Placed) => {
        const start = Math.min(Math.max(0, this.columnAt(it.from) - origin), limit);
        const end = Math.min(this.columnAt(it.to) - origin, limit);
        return { indent: " ".repeat(start), length: Math.max(1, end - start) };
      },
    };
  }

  private columnAt(unit: number): number {
    return this.column[unit] ?? this.column.at(-1) ?? 0;
  }
}
