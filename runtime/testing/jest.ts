import { setGates } from "./transform/gates.ts";
import { pointsOf } from "./transform/points.ts";
import { checkedFilter, type GateFilter, nameBelow, wantsGates } from "./transform/select.ts";
import type { SourceMap } from "./transform/source-map.ts";

/** What Jest passes along with a file, as far as it is used here. */
interface TransformOptions {
  readonly config: { readonly rootDir: string; readonly cwd?: string };
  readonly transformerConfig?: unknown;
}

interface Transformed {
  readonly code: string;
  readonly map?: SourceMap | string | null;
}

/** The two ways in which a Jest transformer can answer, and the key under which Jest keeps it. */
export interface Transformer {
  readonly canInstrument?: boolean;
  process?(source: string, path: string, options: TransformOptions): Transformed | string;
  processAsync?(
    source: string,
    path: string,
    options: TransformOptions,
  ): Promise<Transformed | string>;
  getCacheKey?(source: string, path: string, options: TransformOptions): string;
}

export interface JestOptions extends GateFilter {
  /**
   * The transformer that turns the file into plain JavaScript first: a module name that is resolved
   * from the project, or the transformer itself. Default: `babel-jest`, which is what Jest uses.
   */
  readonly transformer?: string | Transformer | readonly [name: string, options: unknown];
}

/** Raised whenever the emitted code changes, so that Jest's cache forgets what it kept. */
const VERSION = "mooring-gates-1";

/**
 * The transformer for Jest:
 *
 *     transform: { "\\.[jt]sx?$": ["mooring-runtime/testing/jest", { transformer: "@swc/jest" }] }
 *
 * The project's own transformer comes first and the gates after it, so what is read is always plain
 * JavaScript; positions are led back through its map. It must keep `async`: a target of ES2018 or
 * later, or Node.
 */
export function createTransformer(options: JestOptions = {}): Transformer {
  checkedFilter(options);
  const inners = new Map<string, Transformer>();
  const innerFor = ({ config }: TransformOptions): Transformer => {
    const known = inners.get(config.rootDir);
    if (known !== undefined) return known;
    const inner = load(options.transformer ?? "babel-jest", config.rootDir);
    inners.set(config.rootDir, inner);
    return inner;
  };
  const finish = (result: Transformed | string, path: string, rootDir: string): Transformed => {
    const { code, map } = typeof result === "string" ? { code: result } : result;
    if (!wantsGates(path, code, options)) return { code, map: map ?? null };
    const file = nameBelow(rootDir, path);
    return (
      setGates(code, { file, map: read(map), points: pointsOf(code) }) ?? { code, map: map ?? null }
    );
  };

  return {
    canInstrument: false,
    process(source, path, given) {
      const inner = innerFor(given);
      if (inner.process === undefined) {
        throw new TypeError("The inner transformer has no `process`; Jest needs one for CommonJS.");
      }
      return finish(inner.process(source, path, given), path, given.config.rootDir);
    },
    async processAsync(source, path, given) {
      const inner = innerFor(given);
      const result =
        inner.processAsync?.(source, path, given) ?? inner.process?.(source, path, given);
      return finish((await result) ?? source, path, given.config.rootDir);
    },
    getCacheKey(source, path, given) {
      const key = innerFor(given).getCacheKey?.(source, path, given) ?? hash(source);
      return `${VERSION}-${key}-${String(options.include)}-${String(options.exclude)}`;
    },
  };
}

// Jest takes the default export of a transformer, whether it was imported or required.
// oxlint-disable-next-line import/no-default-export
export default { createTransformer };

function load(given: NonNullable<JestOptions["transformer"]>, rootDir: string): Transformer {
  if (typeof given === "object" && !Array.isArray(given)) {
    // Sound: what is an object and no array is the transformer itself, by the type of the option.
    return given as Transformer;
  }
  // Sound: the other two members of the union, a name alone or with its options.
  const [name, options] =
    typeof given === "string" ? [given, undefined] : (given as [string, unknown]);
  const module = globalThis.process?.getBuiltinModule?.("node:module");
  if (module === undefined) throw new Error("The Jest transformer needs Node 20.16 or later.");
  const loaded: unknown = module.createRequire(`${rootDir}/package.json`)(name);
  const found = [loaded, property(loaded, "default")].find(
    (it) =>
      property(it, "createTransformer") !== undefined || property(it, "process") !== undefined,
  );
  const create = property(found, "createTransformer");
  const made: unknown = typeof create === "function" ? create.call(found, options) : found;
  if (typeof made !== "object" || made === null) {
    throw new TypeError(
      `"${name}" is no Jest transformer: it exports no process and no createTransformer.`,
    );
  }
  return made;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function read(map: Transformed["map"]): SourceMap | undefined {
  if (typeof map !== "string") return map ?? undefined;
  // Jest's contract: a map given as text is a source map in JSON, which makes this sound.
  return map === "" ? undefined : (JSON.parse(map) as SourceMap);
}

/** FNV-1a: only has to tell two versions of one file apart, for a transformer that has no key. */
function hash(text: string): string {
  let value = 2166136261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16777619);
  return `${(value >>> 0).toString(36)}${text.length}`;
}
