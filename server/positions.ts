import type { Position, Range } from "vscode-languageserver";

/** What `character` counts: UTF-16 units, unless the client knows bytes only. */
export type Encoding = "utf-16" | "utf-8";

/** Where the lines of a text start. Offsets become positions, and positions offsets, here only. */
export class Lines {
  readonly text: string;
  private readonly encoding: Encoding;
  private readonly starts: readonly number[];

  constructor(text: string, encoding: Encoding) {
    this.text = text;
    this.encoding = encoding;
    const starts = [0];
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === 13 && text.charCodeAt(at + 1) === 10) at += 1;
      if (unit === 10 || unit === 13) starts.push(at + 1);
    }
    this.starts = starts;
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
    const start = this.starts[low] ?? 0;
    return { line: low, character: this.width(start, at) };
  }

  range(start: number, end: number): Range {
    return { start: this.position(start), end: this.position(end) };
  }

  /** Clamped as well: clients send ranges that run past the end of a line or of the file. */
  offset({ line, character }: Position): number {
    if (line < 0) return 0;
    const start = this.starts[line];
    if (start === undefined) return this.text.length;
    const end = this.endOf(line);
    if (this.encoding === "utf-16") return Math.min(start + Math.max(character, 0), end);
    let left = character;
    let at = start;
    while (at < end && 0 < left) {
      const code = this.text.codePointAt(at) ?? 0;
      left -= bytesOf(code);
      at += code < 0x1_00_00 ? 1 : 2;
    }
    return at;
  }

  startOfLine(line: number): number {
    return this.starts[line] ?? this.text.length;
  }

  /** Before the line break. */
  endOf(line: number): number {
    let end = this.starts[line + 1] ?? this.text.length;
    while (this.startOfLine(line) < end && /[\r\n]/.test(this.text.charAt(end - 1))) end -= 1;
    return end;
  }

  private width(start: number, end: number): number {
    if (this.encoding === "utf-16") return end - start;
    let bytes = 0;
    for (const character of this.text.slice(start, end)) {
      bytes += bytesOf(character.codePointAt(0) ?? 0);
    }
    return bytes;
  }
}

function bytesOf(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x8_00) return 2;
  return code < 0x1_00_00 ? 3 : 4;
}
