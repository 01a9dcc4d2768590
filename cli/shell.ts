import { styleText } from "node:util";

/** A stream of text that may be a terminal. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** All that the command line sees of its surroundings, so that tests can be one of them. */
export interface Shell {
  /** Absolute, with forward slashes. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly out: Output;
  readonly err: Output;
  /** Everything that is piped in. */
  input(): Promise<Uint8Array>;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
}

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/**
 * Colours for a stream. Who sets FORCE_COLOR wants them even in a pipe, and it wins over NO_COLOR,
 * as in Node itself; `styleText` alone would look at the real standard output only.
 */
export function paintFor(output: Output, { environment }: Shell): Paint {
  if (!isColoured(output, environment)) return (_, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

function isColoured(output: Output, environment: Shell["environment"]): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = environment;
  if (force !== undefined) return force !== "0" && force !== "false";
  if (no !== undefined && no !== "") return false;
  return output.isTTY === true && terminal !== "dumb";
}

/**
 * The text on one line, with what would move the cursor or turn the reading direction made visible:
 * sources and file names must not take over the terminal that they are printed on.
 */
export function harmless(text: string): string {
  return text.replace(/[\t\r\n]+/g, " ").replace(/[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd");
}

export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
