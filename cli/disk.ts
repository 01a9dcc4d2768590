import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { decode, type Encoding } from "../analysis/decode.ts";
import type { Host } from "../analysis/host.ts";
import { inside } from "../analysis/paths.ts";

/** A file that is to be checked: its text, and how to write another one in its place. */
export interface Source {
  readonly text: string;
  readonly encoding: Encoding;
}

export type Refusal = "missing" | "unreadable" | "too large" | "binary" | "not UTF-8" | "not code";

/** Larger files are made by programs, and nobody repairs what a program makes. */
const LARGEST = 2 * 1024 * 1024;

/** The files of this computer, as the analysis wants to see them. */
export class Disk implements Host {
  readonly caseSensitive = process.platform !== "win32" && process.platform !== "darwin";
  readonly folder: string;
  private readonly sources = new Map<string, Source | Refusal>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** A path that the user gave, absolute and with forward slashes. */
  path(given: string): string {
    return slashed(resolve(this.folder, given));
  }

  /** The path as the user would write it. */
  shown(path: string): string {
    const prefix = inside(this.folder, "");
    if (path.startsWith(prefix)) return path.slice(prefix.length);
    return path === this.folder ? "." : slashed(relative(this.folder, path));
  }

  /** A file that is to be checked, read once; or why it is not. */
  source(path: string): Source | Refusal {
    let source = this.sources.get(path);
    if (source === undefined) this.sources.set(path, (source = readSource(path)));
    return source;
  }

  /** Puts a text in place of what is on the disk. */
  overlay(path: string, text: string): void {
    this.sources.set(path, { text, encoding: "utf-8" });
  }

  /** After a file was written. */
  forget(path: string): void {
    this.sources.delete(path);
  }

  read(path: string): string | undefined {
    const source = this.sources.get(path);
    if (typeof source === "object") return source.text;
    const bytes = bytesOf(path);
    if (bytes === undefined) return undefined;
    const decoded = decode(bytes);
    // What is imported and not checked is read as well as it goes.
    return "text" in decoded ? decoded.text : new TextDecoder().decode(bytes);
  }

  isFile(path: string): boolean {
    return typeof this.sources.get(path) === "object" || statOf(path)?.isFile() === true;
  }

  isFolder(path: string): boolean {
    return statOf(path)?.isDirectory() === true;
  }

  list(folder: string): readonly { readonly name: string; readonly isFolder: boolean }[] {
    return this.entries(folder).map(({ name, kind }) => ({ name, isFolder: kind === "folder" }));
  }

  /** Sorted by name, so that a run gives the same on every system. Links are named as such. */
  entries(folder: string): readonly Entry[] {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .map((it): Entry => {
          const isLink = it.isSymbolicLink();
          const stats = isLink ? statOf(inside(folder, it.name)) : it;
          const kind = stats?.isDirectory() ? "folder" : stats?.isFile() ? "file" : "other";
          return { name: it.name, kind, isLink };
        })
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      // Not a folder, or not for us to read: it has nothing in it.
      return [];
    }
  }

  realPath(path: string): string {
    try {
      return slashed(realpathSync.native(path));
    } catch {
      // What does not exist is where it is said to be.
      return path;
    }
  }
}

export interface Entry {
  readonly name: string;
  /** What a link leads to; `other` where it leads nowhere, and for sockets and the like. */
  readonly kind: "file" | "folder" | "other";
  readonly isLink: boolean;
}

function readSource(path: string): Source | Refusal {
  const stats = statOf(path);
  if (stats === undefined) return "missing";
  if (stats.size > LARGEST) return "too large";
  const bytes = bytesOf(path);
  if (bytes === undefined) return "unreadable";
  const decoded = decode(bytes);
  if ("refused" in decoded) return decoded.refused;
  // Qt keeps its translations in .ts files, and these are XML.
  if (/^\s*<(?:\?xml|!DOCTYPE)/.test(decoded.text)) return "not code";
  return decoded;
}

function bytesOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    // Gone, a folder, or not for us to read; who needs to know asks `source`.
    return undefined;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A loop of links, or a folder on the way that we may not enter.
    return undefined;
  }
}

export function slashed(path: string): string {
  return process.platform === "win32" ? path.replaceAll("\\", "/") : path;
}
