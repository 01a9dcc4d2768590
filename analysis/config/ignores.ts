import ignore, { type Ignore } from "ignore";
import type { Host } from "../host.ts";
import { folderOf, inside, parentOf } from "../paths.ts";
import type { Configurations } from "./configurations.ts";

/** The folders that are never anybody's own sources. */
const FOREIGN = new Set(["node_modules", ".git"]);

interface IgnoreFile {
  readonly file: string;
  readonly folder: string;
  readonly patterns: Ignore;
}

/**
 * What is left out, and who says so: `.gitignore` files as git reads them, nested ones and those of
 * folders above included, and the `ignores` of the nearest configuration.
 *
 * The working folder itself is never left out: who stands in it wants it checked.
 */
export class Ignores {
  private readonly host: Host;
  private readonly configurations: Configurations;
  private readonly gitignores = new Map<string, readonly IgnoreFile[]>();
  private readonly folders = new Map<string, string | undefined>();

  constructor(host: Host, configurations: Configurations) {
    this.host = host;
    this.configurations = configurations;
  }

  /** What says that the file is left out: a path, or `node_modules`. */
  ofFile(path: string): string | undefined {
    return this.ofFolder(folderOf(path)) ?? this.ofEntry(path, "file");
  }

  ofFolder(path: string): string | undefined {
    if (inside(this.host.folder, "").startsWith(inside(path, ""))) return undefined;
    if (this.folders.has(path)) return this.folders.get(path);
    const parent = parentOf(path);
    const reason =
      (parent === undefined ? undefined : this.ofFolder(parent)) ?? this.ofEntry(path, "folder");
    this.folders.set(path, reason);
    return reason;
  }

  private ofEntry(path: string, kind: "file" | "folder"): string | undefined {
    const foreign = kind === "folder" ? foreignName(path) : undefined;
    if (foreign !== undefined) return foreign;
    const folder = folderOf(path);
    const configuration = this.configurations.above(folder);
    if (configuration !== undefined) {
      const name = below(configuration.folder, path);
      if (name !== undefined && configuration.scope.ignores(name, kind === "folder")) {
        return configuration.file;
      }
    }
    for (const { file, folder: base, patterns } of this.gitignoresOf(folder)) {
      const name = below(base, path);
      if (name === undefined) continue;
      const { ignored, unignored } = patterns.test(kind === "folder" ? `${name}/` : name);
      if (ignored) return file;
      if (unignored) return undefined;
    }
    return undefined;
  }

  /** The nearest first. Those above the top of a repository belong to somebody else. */
  private gitignoresOf(folder: string): readonly IgnoreFile[] {
    let files = this.gitignores.get(folder);
    if (files === undefined) {
      const parent = this.host.isFolder(inside(folder, ".git")) ? undefined : parentOf(folder);
      const above = parent === undefined ? [] : this.gitignoresOf(parent);
      const own = this.gitignoreIn(folder);
      files = own === undefined ? above : [own, ...above];
      this.gitignores.set(folder, files);
    }
    return files;
  }

  private gitignoreIn(folder: string): IgnoreFile | undefined {
    const file = inside(folder, ".gitignore");
    const text = this.host.isFile(file) ? this.host.read(file) : undefined;
    if (text === undefined) return undefined;
    const patterns = ignore().add(text);
    // Who works in a folder that is ignored as a whole gets no answer from the file that says so.
    const here = below(folder, this.host.folder);
    return here !== undefined && patterns.ignores(`${here}/`)
      ? undefined
      : { file, folder, patterns };
  }
}

export function foreignName(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return FOREIGN.has(name) ? name : undefined;
}

/** The path relative to the folder, where it is inside. */
export function below(folder: string, path: string): string | undefined {
  const prefix = inside(folder, "");
  return path.startsWith(prefix) && path !== prefix ? path.slice(prefix.length) : undefined;
}
