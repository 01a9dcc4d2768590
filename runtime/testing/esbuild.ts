import { setGates } from "./transform/gates.ts";
import { pointsOf } from "./transform/points.ts";
import {
  checkedFilter,
  type GateFilter,
  nameBelow,
  wantsGates,
  withInlineMap,
} from "./transform/select.ts";
import type { SourceMap } from "./transform/source-map.ts";

export type { GateFilter } from "./transform/select.ts";

interface InnerOptions {
  readonly entryPoints: string[];
  readonly bundle: false;
  readonly write: false;
  readonly sourcemap: "external";
  readonly outdir: string;
  readonly target: "esnext";
  readonly logLevel: "silent";
  readonly [inherited: string]: unknown;
}

/** What is used of esbuild's plugin interface; structural, so that none has to be installed. */
interface PluginBuild {
  readonly initialOptions: { readonly absWorkingDir?: string };
  readonly esbuild: {
    build(options: InnerOptions): Promise<{
      readonly outputFiles: readonly { readonly path: string; readonly text: string }[];
    }>;
  };
  onLoad(
    options: { filter: RegExp; namespace: string },
    callback: (args: {
      readonly path: string;
    }) => Promise<{ contents: string; loader: "js" } | undefined>,
  ): void;
}

export interface EsbuildPlugin {
  readonly name: string;
  setup(build: PluginBuild): void;
}

/** Settings that change what a file means on its own; the rest is for the outer build to apply. */
const INHERITED = [
  "absWorkingDir",
  "charset",
  "jsx",
  "jsxDev",
  "jsxFactory",
  "jsxFragment",
  "jsxImportSource",
  "jsxSideEffects",
  "loader",
  "tsconfig",
  "tsconfigRaw",
] as const;

/**
 * The plugin for esbuild: `plugins: [gates()]`. Put it first: the first plugin that loads a file wins.
 *
 * esbuild shows plugins no syntax tree, so each file with an `await` is first compiled on its own by
 * esbuild itself, which honours the nearest tsconfig.json, and the plain JavaScript that comes out is
 * given its gates. Maps are led through, provided that the build asks for them. Files that do not
 * compile are left to the outer build, which then reports the error once.
 */
export function gates(filter: GateFilter = {}): EsbuildPlugin {
  checkedFilter(filter);
  return {
    name: "mooring-gates",
    setup(build) {
      const options = build.initialOptions;
      const inherited = Object.fromEntries(
        INHERITED.filter((key) => key in options).map((key) => [key, Reflect.get(options, key)]),
      );
      const root = options.absWorkingDir ?? globalThis.process?.cwd() ?? "";
      const extension = /\.[cm]?[jt]sx?$/;
      build.onLoad({ filter: extension, namespace: "file" }, async ({ path }) => {
        if (!wantsGates(path, "await", filter)) return undefined;
        const compiled = await compile(build, path, inherited);
        if (compiled === undefined) return undefined;
        const file = nameBelow(root, path);
        const gated = setGates(compiled.code, {
          file,
          map: compiled.map,
          points: pointsOf(compiled.code),
        });
        return gated === undefined ? undefined : { contents: withInlineMap(gated), loader: "js" };
      });
    },
  };
}

async function compile(
  build: PluginBuild,
  path: string,
  inherited: Readonly<Record<string, unknown>>,
): Promise<{ readonly code: string; readonly map: SourceMap } | undefined> {
  try {
    const { outputFiles } = await build.esbuild.build({
      ...inherited,
      entryPoints: [path],
      bundle: false,
      write: false,
      sourcemap: "external",
      outdir: "mooring-gates",
      target: "esnext",
      logLevel: "silent",
    });
    const map = outputFiles.find((it) => it.path.endsWith(".map"));
    const code = outputFiles.find((it) => !it.path.endsWith(".map"));
    if (map === undefined || code === undefined) return undefined;
    const name = path.replace(/^.*[\\/]/, "");
    // The type is esbuild's promise: a text ending in .map is a source map, which makes this sound.
    const parsed = JSON.parse(map.text) as SourceMap;
    return { code: code.text, map: { ...parsed, sources: [name] } };
  } catch {
    // The outer build compiles the same file next and reports what is wrong with it.
    return undefined;
  }
}
