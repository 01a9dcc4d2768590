/** The parts of a source map that are read and written here. */
export interface SourceMap {
  readonly version: number;
  readonly sources: readonly (string | null)[];
  readonly sourcesContent?: readonly (string | null)[] | undefined;
  readonly names: readonly string[];
  readonly mappings: string;
  readonly file?: string | undefined;
}

/** Generated column, then perhaps source, line, column and name, as the format has them, but absolute. */
export type Segment = readonly number[];
export type Lines = readonly (readonly Segment[])[];

/** Text that was put into the generated file; it has no line break, so only columns move. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function decode(mappings: string): Segment[][] {
  const state = [0, 0, 0, 0, 0];
  return mappings.split(";").map((line) => {
    state[0] = 0;
    const segments =
      line === ""
        ? []
        : line.split(",").map((text) => {
            const segment: number[] = [];
            let value = 0;
            let shift = 0;
            for (const char of text) {
              const digit = DIGITS.indexOf(char);
              value |= (digit & 31) << shift;
              shift += 5;
              if (digit & 32) continue;
              const field = segment.length;
              const sum = (state[field] ?? 0) + (value & 1 ? -(value >>> 1) : value >>> 1);
              state[field] = sum;
              segment.push(sum);
              value = 0;
              shift = 0;
            }
            return segment;
          });
    return segments.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  });
}

export function encode(lines: Lines): string {
  const state = [0, 0, 0, 0, 0];
  return lines
    .map((line) => {
      state[0] = 0;
      return line
        .map((segment) =>
          segment
            .map((value, field) => {
              const delta = value - (state[field] ?? 0);
              state[field] = value;
              return digits(delta < 0 ? (-delta << 1) | 1 : delta << 1);
            })
            .join(""),
        )
        .join(",");
    })
    .join(";");
}

function digits(value: number): string {
  let rest = value;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += DIGITS.charAt(rest === 0 ? digit : digit | 32);
  } while (rest !== 0);
  return text;
}

/** Maps every word and sign of a text to itself, for a host that composes maps on its own. */
export function identity(code: string): Segment[][] {
  return code
    .split("\n")
    .map((text, line) =>
      Array.from(text.matchAll(/[\w$\u0080-\uffff]+|[^\w\s$]/g), (it) => [
        it.index,
        0,
        line,
        it.index,
      ]),
    );
}

/** The same map after text was inserted. Insertions are sorted by their offset. */
export function moved(lines: Lines, code: string, insertions: readonly Insertion[]): Segment[][] {
  const starts = lineStarts(code);
  let next = 0;
  return lines.map((segments, line) => {
    const start = starts[line] ?? code.length;
    const end = starts[line + 1] ?? Infinity;
    let by = 0;
    const shifted = segments.map(([column = 0, ...rest]) => {
      for (let it = insertions[next]; it !== undefined && it.at < end; it = insertions[next]) {
        if (start + column < it.at) break;
        by += it.text.length;
        next++;
      }
      return [column + by, ...rest];
    });
    while ((insertions[next]?.at ?? Infinity) < end) next++;
    return shifted;
  });
}

export function lineStarts(code: string): readonly number[] {
  const starts = [0];
  for (let at = code.indexOf("\n"); at !== -1; at = code.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Where an offset stands in the source: `line:column`, both counted from one. */
export function positions(code: string, map: Lines | undefined): (offset: number) => string {
  const starts = lineStarts(code);
  return (offset) => {
    let line = 0;
    for (let step = 2 ** 31; 1 <= step; step /= 2) {
      const to = line + step;
      if (to < starts.length && (starts[to] ?? Infinity) <= offset) line = to;
    }
    const column = offset - (starts[line] ?? 0);
    const segment = map?.[line]?.findLast((it) => (it[0] ?? 0) <= column && it.length > 3);
    return segment === undefined
      ? `${line + 1}:${column + 1}`
      : `${(segment[2] ?? 0) + 1}:${(segment[3] ?? 0) + 1}`;
  };
}
