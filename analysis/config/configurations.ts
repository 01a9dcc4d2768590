import { hasSettings, type ParsedConfig, parseConfig } from "./parse.ts";
import type { Host } from "../host.ts";
import { folderOf, inside, parentOf } from "../paths.ts";
import type { KnownRule } from "./schema.ts";
import { type Scope, scopeOf } from "./scope.ts";

/** A configuration in a folder. */
export interface Configuration extends ParsedConfig {
  readonly file: string;
  /** What its globs are relative to. */
  readonly folder: string;
  readonly scope: Scope;
  /** Other configurations in the same folder, which do not count. */
  readonly hidden: readonly string[];
}

const MANIFEST = "package.json";
const KEY = "mooring";
/** In the order in which they count. */
const NAMES = ["mooring.config.json", "mooring.config.jsonc", MANIFEST];

/**
 * The nearest configuration above each file.
 *
 * Read through the host and not by a library that searches the disk, so that a configuration which
 * is open in an editor, or piped in, counts as it stands there, and problems keep their offsets.
 */
export class Configurations {
  private readonly host: Host;
  private readonly rules: readonly KnownRule[];
  private readonly fixed: Configuration | undefined;
  private readonly nearest = new Map<string, Configuration | undefined>();

  /** With a file, that one counts for everything. */
  constructor(host: Host, rules: readonly KnownRule[], file?: string) {
    this.host = host;
    this.rules = rules;
    this.fixed = file === undefined ? undefined : this.load(file, host.folder, []);
  }

  above(folder: string): Configuration | undefined {
    if (this.fixed !== undefined) return this.fixed;
    if (this.nearest.has(folder)) return this.nearest.get(folder);
    const parent = parentOf(folder);
    const found = this.inFolder(folder) ?? (parent === undefined ? undefined : this.above(parent));
    this.nearest.set(folder, found);
    return found;
  }

  /** Where the configuration above a file wants the files of primitives; absolute. */
  runtimeFolder(file: string): string | undefined {
    const configuration = this.above(folderOf(file));
    const written = configuration?.config.runtimeFolder;
    if (configuration === undefined || written === undefined) return undefined;
    return written
      .split("/")
      .filter((it) => it !== "" && it !== ".")
      .reduce((at, it) => (it === ".." ? folderOf(at) : inside(at, it)), configuration.folder);
  }

  private inFolder(folder: string): Configuration | undefined {
    const [file, ...hidden] = NAMES.map((name) => inside(folder, name)).filter((it) =>
      this.counts(it),
    );
    return file === undefined ? undefined : this.load(file, folder, hidden);
  }

  private counts(file: string): boolean {
    if (!this.host.isFile(file)) return false;
    return !file.endsWith(`/${MANIFEST}`) || hasSettings(this.host.read(file) ?? "", KEY);
  }

  private load(file: string, folder: string, hidden: readonly string[]): Configuration {
    const key = file.endsWith(`/${MANIFEST}`) ? KEY : undefined;
    const text = this.host.read(file);
    const parsed =
      text === undefined ? unreadable(file) : parseConfig({ file, text, key }, this.rules);
    return { ...parsed, file, folder, hidden, scope: scopeOf(parsed.config) };
  }
}

function unreadable(file: string): ParsedConfig {
  const message = "The configuration cannot be read.";
  const remedy = "Check that it is there, and that you may read it.";
  return { config: {}, problems: [{ file, start: 0, end: 0, message, remedy }] };
}
