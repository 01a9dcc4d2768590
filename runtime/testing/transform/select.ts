import { type Gated, mayNeedGates } from "./gates.ts";

/** Which files get gates. */
export interface GateFilter {
  /** Files that get gates. By default every file with a JavaScript or TypeScript extension. */
  readonly include?: RegExp;
  /**
   * Files that get none. By default installed packages: their awaits then run as always, and only
   * the awaits of their callers are gates. Give a narrower expression to explore inside of one.
   */
  readonly exclude?: RegExp;
}

const SCRIPT = /\.[cm]?[jt]sx?$/;
const INSTALLED = /[\\/]node_modules[\\/]/;

/** May this file get gates? Reads the text only far enough to say no quickly. */
export function wantsGates(path: string, code: string, filter: GateFilter): boolean {
  const { include = SCRIPT, exclude = INSTALLED } = filter;
  return isMatch(include, path) && !isMatch(exclude, path) && mayNeedGates(code);
}

/** The filter, if it is one. */
export function checkedFilter<F extends GateFilter>(filter: F): F {
  for (const name of ["include", "exclude"] as const) {
    const value: unknown = filter[name];
    if (value === undefined || value instanceof RegExp) continue;
    throw new TypeError(
      `gates takes a regular expression as \`${name}\`, such as /[\\\\/]src[\\\\/]/; got ${JSON.stringify(value)}.`,
    );
  }
  return filter;
}

/** What reports call a file: its path below the project, with slashes. */
export function nameBelow(root: string, path: string): string {
  const file = path.replaceAll("\\", "/");
  const folder = `${root.replaceAll("\\", "/").replace(/\/$/, "")}/`;
  return root !== "" && file.startsWith(folder) ? file.slice(folder.length) : file;
}

/** `code`, with its map in the last line as hosts without a channel for maps expect it. */
export function withInlineMap(gated: Gated): string {
  const json = JSON.stringify(gated.map);
  const bytes = new TextEncoder().encode(json);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `${gated.code}//# sourceMappingURL=data:application/json;base64,${btoa(binary)}\n`;
}

// A global or sticky expression remembers where it matched last, and would skip every second file.
function isMatch(pattern: RegExp, path: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(path);
}
