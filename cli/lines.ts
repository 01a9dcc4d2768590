import type { Position } from "./notices.ts";

/** Where the lines of a text start: offsets become lines and columns here and nowhere else. */
export class Lines {
  readonly text: string;
  private readonly starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
    this.starts = starts;
  }

  get count(): number {
    return this.starts.length;
  }

  /** Clamped to the text, so that a place in an older text is still some place. */
  position(offset: number): Position {
    const at = Math.min(Math.max(offset, 0), this.text.length);
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.starts[low] ?? 0) + 1, offset: at };
  }

  /** The line with this number, counted from 1, without its end. */
  line(number: number): string {
    const start = this.starts[number - 1] ?? this.text.length;
    const end = this.starts[number] ?? this.text.length;
    return this.text.slice(start, end).replace(/[\r\n]+$/, "");
  }
}

/** The lines of files by path; each file is read once. */
export class Sources {
  private readonly read: (path: string) => string | undefined;
  private readonly known = new Map<string, Lines>();

  constructor(read: (path: string) => string | undefined) {
    this.read = read;
  }

  of(path: string): Lines {
    let lines = this.known.get(path);
    if (lines === undefined) this.known.set(path, (lines = new Lines(this.read(path) ?? "")));
    return lines;
  }

  /** The text that counts from now on, though it may never be written. */
  put(path: string, text: string): void {
    this.known.set(path, new Lines(text));
  }
}
