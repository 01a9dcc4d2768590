import { setGates } from "./transform/gates.ts";
import { checkedFilter, type GateFilter, nameBelow, wantsGates } from "./transform/select.ts";
import type { SourceMap } from "./transform/source-map.ts";
import { pointsOfTree } from "./transform/syntax-tree.ts";

export type { GateFilter } from "./transform/select.ts";

/** What is used of a plugin context; structural, so that no version of Vite has to be installed. */
interface Host {
  parse(code: string, options?: { readonly lang?: "js" | "jsx" | "ts" | "tsx" }): unknown;
  getCombinedSourcemap?(): unknown;
}

export interface VitePlugin {
  readonly name: string;
  readonly enforce: "post";
  configResolved(config: { readonly root: string }): void;
  transform(
    this: Host,
    code: string,
    id: string,
  ):
    | {
        code: string;
        map: { version: number; sources: string[]; names: string[]; mappings: string };
      }
    | undefined;
}

/**
 * The plugin for Vitest and Vite: `plugins: [gates()]`.
 *
 * It asks to come last (`enforce: "post"`), so that it reads plain JavaScript, whatever language the
 * file was written in; positions are led back through the maps of the plugins before it. Should
 * TypeScript or JSX still reach it, Vite's own parser reads that too. Files that do not parse are
 * left alone: Vite says what is wrong with them.
 *
 * `build.target` or `esbuild.target` must keep `async`, that is ES2018 or later; Vitest does so by
 * default. Packages that Vitest leaves to Node (`server.deps.external`) are not seen by any plugin.
 */
export function gates(filter: GateFilter = {}): VitePlugin {
  checkedFilter(filter);
  let root = "";
  return {
    name: "mooring:gates",
    enforce: "post",
    configResolved(config) {
      root = config.root;
    },
    transform(code, id) {
      const path = id.replace(/[?#].*$/, "");
      if (id.startsWith("\0") || !wantsGates(path, code, filter)) return undefined;
      const tree = parsed(this, code, path);
      if (tree === undefined) return undefined;
      const file = nameBelow(root, path);
      const points = pointsOfTree(tree, code);
      const before = combinedMap(this);
      // Vite composes the maps itself, so ours starts at the text that we were given. The earlier
      // map is needed only for the positions in reports.
      const gated = setGates(code, { file, points, positions: before });
      if (gated === undefined) return undefined;
      const { mappings } = gated.map;
      return { code: gated.code, map: { version: 3, sources: [path], names: [], mappings } };
    },
  };
}

function parsed(host: Host, code: string, path: string): unknown {
  const typed = /\.[cm]?ts$/.test(path) ? "ts" : "tsx";
  for (const lang of ["js", typed] as const) {
    try {
      return host.parse(code, { lang });
    } catch {
      // Most files are plain JavaScript by now; what is not is tried once more in its own language.
    }
  }
  return undefined;
}

function combinedMap(host: Host): SourceMap | undefined {
  try {
    const map = host.getCombinedSourcemap?.();
    return isSourceMap(map) && map.mappings !== "" ? map : undefined;
  } catch {
    // The first plugin of a chain has no map yet, and older versions of Vite say so by throwing.
    return undefined;
  }
}

function isSourceMap(map: unknown): map is SourceMap {
  return (
    typeof map === "object" && map !== null && "mappings" in map && typeof map.mappings === "string"
  );
}
