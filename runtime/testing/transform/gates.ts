import type { Point } from "./points.ts";
import {
  decode,
  encode,
  identity,
  type Insertion,
  positions,
  moved,
  type SourceMap,
} from "./source-map.ts";

export interface Gated {
  readonly code: string;
  readonly map: SourceMap;
}

export interface GateOptions {
  /** What reports call the file. */
  readonly file: string;
  /** The map from `code` to what its author wrote: positions and the new map then speak of that. */
  readonly map?: SourceMap | undefined;
  /** The same, where a host composes the maps itself: positions speak of it, the new map does not. */
  readonly positions?: SourceMap | undefined;
  /** Where the gates go: `pointsOf(code)`, or `pointsOfTree` of a host that has a parser. */
  readonly points: readonly Point[] | undefined;
}

/** Nothing to do is the common answer, and this is all that it costs. */
export function mayNeedGates(code: string): boolean {
  return /\b(?:await|yield)\b/.test(code) && !code.includes(SLOT);
}

const SLOT = 'Symbol.for("mooring.gates")';

/**
 * Turns every `await x` into `await gate(x, "line:column")`, and likewise `for await`, `yield` in
 * async generators and `await using`. Undefined when there is nothing to do, or when the text cannot
 * be read.
 *
 * Guarantees: outside of a run of `explore` or `detectRaces` the gate returns what it is given, so
 * that values, errors and the number of ticks are those of the original; no line moves; directives,
 * hash-bangs and imports stay first, because the helper comes last and is hoisted. O(length).
 */
export function setGates(code: string, options: GateOptions): Gated | undefined {
  const points = options.points?.filter((it) => !isLeftAlone(code, it)) ?? [];
  if (points.length === 0 || !mayNeedGates(code)) return undefined;

  let name = "__gate";
  while (code.includes(name)) name += "_";
  const input = options.map === undefined ? undefined : decode(options.map.mappings);
  const author = options.positions === undefined ? input : decode(options.positions.mappings);
  const position = positions(code, author);
  const insertions = points
    .flatMap((point, index) => insertionsOf(point, index, code, name, position(point.at)))
    // The inner of two operands that end together starts later, and must be closed first.
    .toSorted((a, b) => a.at - b.at || b.order - a.order);

  let gated = "";
  let from = 0;
  for (const { at, text } of insertions) {
    gated += code.slice(from, at) + text;
    from = at;
  }
  gated += code.slice(from) + helper(name, options.file);

  return {
    code: gated,
    map: {
      version: 3,
      sources: [options.file],
      sourcesContent: [code],
      names: [],
      ...options.map,
      mappings: encode(moved(input ?? identity(code), code, insertions)),
    },
  };
}

/**
 * `await vi.hoisted(…)` and `await import(…)` are moved by Vitest, which knows them by their form;
 * and the loading of a module is not for us to reorder.
 */
function isLeftAlone(code: string, { kind, start }: Point): boolean {
  return (
    kind === "await" &&
    /^(?:import\s*\(|vi(?:test)?\s*\.\s*hoisted\b)/.test(code.slice(start, start + 40))
  );
}

const KINDS = { await: "", iterate: ",1", dispose: ",2" };

function insertionsOf(
  point: Point,
  index: number,
  code: string,
  name: string,
  position: string,
): readonly (Insertion & { readonly order: number })[] {
  const last = `,"${position}"${KINDS[point.kind]})`;
  if (point.kind === "dispose") {
    return [{ at: point.start, text: `${name}${index}=${name}(null${last},`, order: 0 }];
  }
  // In `await(x)` the keyword touches its operand.
  const space = /[\w$]/.test(code.charAt(point.start - 1)) ? " " : "";
  const [open, close] = point.sequence ? ["(", ")"] : ["", ""];
  return [
    { at: point.start, text: `${space}${name}(${open}`, order: 0 },
    { at: point.end, text: close + last, order: point.start },
  ];
}

/**
 * A function declaration at the end: hoisted, so that it is there for import cycles too, and found
 * through a symbol instead of an import, so that no resolver, mock or module format is involved.
 */
function helper(name: string, file: string): string {
  const slot = `(${name}s??=globalThis[${SLOT}]??={})`;
  return `\nvar ${name}s;function ${name}(v,p,k){var g=${slot}.gate;return g===void 0?v:g(v,${JSON.stringify(`${file}:`)}+p,k)}\n`;
}
