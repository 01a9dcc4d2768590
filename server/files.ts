import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { decode } from "../analysis/decode.ts";
import type { Host } from "../analysis/host.ts";
import { inside } from "../analysis/paths.ts";
import { slashed } from "./uris.ts";

/** Larger files are made by programs, and nobody repairs what a program makes. */
const LARGEST = 2 * 1024 * 1024;

/** The files of this computer. Open documents lie above them in each analyser's own overlay. */
export class Files implements Host {
  readonly caseSensitive = process.platform !== "win32" && process.platform !== "darwin";
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  read(path: string): string | undefined {
    const bytes = bytesOf(path);
    if (bytes === undefined) return undefined;
    const decoded = decode(bytes);
    return "text" in decoded ? decoded.text : new TextDecoder().decode(bytes);
  }

  isFile(path: string): boolean {
    return statOf(path)?.isFile() === true;
  }

  isFolder(path: string): boolean {
    return statOf(path)?.isDirectory() === true;
  }

  list(folder: string): readonly { readonly name: string; readonly isFolder: boolean }[] {
    return this.entries(folder).map(({ name, kind }) => ({ name, isFolder: kind === "folder" }));
  }

  /** Sorted by name, so that everything is found in the same order on every system. */
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

  /** Why a source is not checked, as the command line has it; undefined where it is. */
  refusal(path: string): string | undefined {
    const stats = statOf(path);
    if (stats === undefined) return "It cannot be found.";
    if (LARGEST < stats.size) return "It is larger than 2 MB, so a program made it.";
    const bytes = bytesOf(path);
    if (bytes === undefined) return "It cannot be read.";
    const decoded = decode(bytes);
    if ("refused" in decoded) return "It is not UTF-8, nor marked as UTF-16.";
    // Qt keeps its translations in .ts files, and these are XML.
    return /^\s*<(?:\?xml|!DOCTYPE)/.test(decoded.text) ? "It is XML." : undefined;
  }
}

export interface Entry {
  readonly name: string;
  /** What a link leads to; `other` where it leads nowhere, and for sockets and the like. */
  readonly kind: "file" | "folder" | "other";
  readonly isLink: boolean;
}

function bytesOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    // Gone, a folder, or not for us to read.
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
