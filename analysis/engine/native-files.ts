import type { FileSystem } from "typescript/unstable/fs";
import type { FileChangeSummary } from "typescript/unstable/proto";
import type { Host } from "../host.ts";
import { inside } from "../paths.ts";
import type { FileChange } from "./type-engine.ts";

export interface NativeFilesOptions {
  readonly host: Host;
  /** The files that make up the project; what they import is found from them. */
  readonly files: readonly string[];
  /** The config whose options count; which files it includes does not. */
  readonly config: string | undefined;
  /** In the form in which a config has them; they overrule those of `config`. */
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** Who reads node_modules: the host, or the server from the disk, which saves many messages. */
  readonly packages: "host" | "disk";
}

/** What the server gets to see: the host's files, unsaved texts, and a config that is ours. */
export class NativeFiles {
  /** Beside the project's own, so that what is relative in it stays so. Never on the disk. */
  readonly configPath: string;
  readonly fileSystem: FileSystem;
  private readonly options: NativeFilesOptions;
  private readonly overlay = new Map<string, string>();
  /** What the server was given, which it keeps until it hears of a change. */
  private readonly given = new Set<string>();
  private files: readonly string[];

  constructor(options: NativeFilesOptions) {
    const { host, config, files } = options;
    const folder = config === undefined ? host.folder : config.slice(0, config.lastIndexOf("/"));
    this.options = options;
    this.files = files;
    this.configPath = `${folder === "/" ? "" : folder}/tsconfig.mooring.json`;
    this.fileSystem = {
      readFile: (path) => {
        const own = this.ownText(path);
        if (own !== undefined) return own;
        if (this.isServers(path)) return undefined;
        this.given.add(path);
        return host.read(path) ?? null;
      },
      fileExists: (path) => {
        if (this.ownText(path) !== undefined) return true;
        return this.isServers(path) ? undefined : host.isFile(path);
      },
      directoryExists: (path) => (this.isServers(path) ? undefined : this.isFolder(path)),
      getAccessibleEntries: (path) => (this.isServers(path) ? undefined : entriesOf(path, host)),
      realpath: (path) => (this.isServers(path) ? undefined : host.realPath(path)),
    };
  }

  /** What the server has to be told. */
  change(changes: readonly FileChange[], files?: readonly string[]): FileChangeSummary {
    const listed = this.files;
    const summary: Required<Record<keyof FileChangeSummary, string[]>> = {
      changed: [],
      created: [],
      deleted: [],
    };
    for (const { path, text } of changes) {
      const before = this.overlay.has(path) || this.given.has(path);
      if (text === undefined) this.overlay.delete(path);
      else this.overlay.set(path, text);
      const after = text !== undefined || this.options.host.isFile(path);
      summary[before && after ? "changed" : after ? "created" : "deleted"].push(path);
      if (files === undefined && before !== after) this.files = filesAfter(path, after, this.files);
    }
    if (files !== undefined) this.files = files;
    if (this.files !== listed) summary.changed.push(this.configPath);
    return summary;
  }

  exists(path: string): boolean {
    return this.overlay.has(path) || this.options.host.isFile(path);
  }

  textOf(path: string): string | undefined {
    return this.overlay.get(path) ?? this.options.host.read(path);
  }

  /** A text that was put where no folder is makes one. */
  private isFolder(path: string): boolean {
    if (this.options.host.isFolder(path)) return true;
    const below = inside(path, "");
    return [...this.overlay.keys()].some((it) => it.startsWith(below));
  }

  private ownText(path: string): string | undefined {
    return path === this.configPath ? this.configText() : this.overlay.get(path);
  }

  private configText(): string {
    const { config, compilerOptions } = this.options;
    return JSON.stringify({
      ...(config === undefined ? {} : { extends: config }),
      files: this.files,
      include: [],
      references: [],
      compilerOptions: { ...compilerOptions, ...NOTHING_WRITTEN },
    });
  }

  /** The server's own library files, and packages where it was said to read them itself. */
  private isServers(path: string): boolean {
    if (/\/@typescript\/typescript-[^/]+\/lib(?:\/lib\.[^/]*)?$/.test(path)) return true;
    return this.options.packages === "disk" && path.includes("/node_modules/");
  }
}

/** Emit-only options that contradict each other would only cost time. */
const NOTHING_WRITTEN = {
  noEmit: true,
  skipLibCheck: true,
  composite: false,
  incremental: false,
  declaration: false,
};

function filesAfter(path: string, isThere: boolean, files: readonly string[]): readonly string[] {
  const others = files.filter((it) => it !== path);
  return isThere ? [...others, path] : others;
}

function entriesOf(path: string, host: Host) {
  const entries = host.list(path);
  return {
    files: entries.filter((it) => !it.isFolder).map((it) => it.name),
    directories: entries.filter((it) => it.isFolder).map((it) => it.name),
  };
}
