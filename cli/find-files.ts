import { globSync, isDynamicPattern } from "tinyglobby";
import { closest } from "../analysis/closest.ts";
import { foreignName, type Ignores } from "../analysis/config/ignores.ts";
import { folderOf, inside } from "../analysis/paths.ts";
import { isChecked, isSource } from "../analysis/projects.ts";
import type { Disk, Refusal } from "./disk.ts";
import type { Notice } from "./notices.ts";

export interface Found {
  /** In the order of their paths, each once, whatever links lead to it. */
  readonly files: readonly string[];
  readonly notices: readonly Notice[];
}

export interface Wanted {
  /** Files, folders and globs, as the user wrote them. */
  readonly paths: readonly string[];
  /** Undefined: nothing is ignored but the packages in node_modules. */
  readonly ignores: Ignores | undefined;
}

/** The files to check, and a word on each that was asked for and cannot be. */
export function findFiles({ paths, ignores }: Wanted, disk: Disk): Found {
  const search = new Search(disk, ignores);
  for (const path of paths.length === 0 ? ["."] : paths) search.add(path);
  return search.found();
}

class Search {
  private readonly disk: Disk;
  private readonly ignores: Ignores | undefined;
  /** By real path, so that a file that is reached in two ways is checked once. */
  private readonly files = new Map<string, string>();
  private readonly notices: Notice[] = [];

  constructor(disk: Disk, ignores: Ignores | undefined) {
    this.disk = disk;
    this.ignores = ignores;
  }

  found(): Found {
    return { files: [...this.files.values()].toSorted(), notices: this.notices };
  }

  add(given: string): void {
    const path = this.disk.path(given);
    if (this.disk.isFolder(path)) return this.addFolder(path, given);
    if (this.disk.isFile(path)) return this.addFile(path, given);
    if (isDynamicPattern(given)) return this.addGlob(given);
    this.addMissing(path, given);
  }

  private addFolder(path: string, given: string): void {
    const reason = this.ignores?.ofFolder(path);
    if (reason !== undefined) return this.leaveOut(given, reason);
    const before = this.files.size + this.notices.length;
    this.walk(path);
    if (this.files.size + this.notices.length === before) {
      const message = `There is no TypeScript or JavaScript to check in ${given}.`;
      const ignoring =
        this.ignores === undefined ? "" : " If it is ignored, --no-ignore checks it.";
      this.note({ message, remedy: `Name a folder with sources.${ignoring}` });
    }
  }

  /** Links to folders are not followed: what they lead to is checked where it is, and loops end. */
  private walk(top: string): void {
    const folders = [top];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const { name, kind, isLink } of this.disk.entries(folder)) {
        const path = inside(folder, name);
        if (kind === "folder") {
          if (isLink || foreignName(path) !== undefined) continue;
          if (this.ignores?.ofFolder(path) === undefined) folders.push(path);
        } else if (isChecked(name) && this.ignores?.ofFile(path) === undefined) {
          this.take(path);
        }
      }
    }
  }

  private addFile(path: string, given: string): void {
    if (!isSource(path)) {
      const message = `${given} is neither TypeScript nor JavaScript.`;
      return this.note({
        message,
        remedy: "Files end in .ts, .tsx, .mts, .cts, .js, .jsx, .mjs or .cjs.",
      });
    }
    if (!isChecked(path)) {
      const message = `${given} only declares types, so there is nothing in it that runs.`;
      return this.note({ message, remedy: "Check the source that it was made from." });
    }
    const reason = this.ignores?.ofFile(path);
    if (reason !== undefined) return this.leaveOut(given, reason);
    this.take(path);
  }

  /** For shells that leave globs alone, and for patterns in quotes. */
  private addGlob(given: string): void {
    const matches = globSync(given, {
      cwd: this.disk.folder,
      absolute: true,
      dot: true,
      followSymbolicLinks: false,
      expandDirectories: false,
      ignore: ["**/node_modules/**", "**/.git/**"],
    }).map((it) => this.disk.path(it));
    const wanted = matches.filter((it) => isChecked(it) && this.ignores?.ofFile(it) === undefined);
    for (const path of wanted) this.take(path);
    if (wanted.length > 0) return;
    const what = matches.length === 0 ? "No file matches" : "No file that is checked matches";
    this.fail({ message: `${what} ${given}.`, remedy: "Correct the pattern, or leave it out." });
  }

  private addMissing(path: string, given: string): void {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const names = this.disk.entries(folderOf(path)).map((it) => it.name);
    const dangling = names.includes(name);
    const near = closest(name, names);
    const remedy = dangling
      ? "It is a link that leads nowhere. Remove it, or restore what it leads to."
      : near === undefined
        ? "Correct the path; it counts from the folder you are in."
        : `Did you mean ${this.disk.shown(inside(folderOf(path), near))}?`;
    this.fail({ message: `There is no file or folder ${given}.`, remedy });
  }

  private take(path: string): void {
    const source = this.disk.source(path);
    if (typeof source === "object") {
      const real = this.disk.realPath(path);
      if (real === path || !this.files.has(real)) this.files.set(real, path);
      return;
    }
    this.note({ ...REFUSALS[source], file: this.disk.shown(path) });
  }

  private leaveOut(given: string, reason: string): void {
    const why = reason.includes("/")
      ? `${this.disk.shown(reason)} ignores it`
      : `it is in ${reason}, so it is not your own`;
    const message = `${given} is not checked: ${why}.`;
    this.note({ message, remedy: "--no-ignore checks it all the same." });
  }

  private note(notice: Omit<Notice, "level">): void {
    this.notices.push({ level: "note", ...notice });
  }

  private fail(notice: Omit<Notice, "level">): void {
    this.notices.push({ level: "error", ...notice });
  }
}

const REFUSALS: Readonly<Record<Refusal, Pick<Notice, "message" | "remedy">>> = {
  missing: {
    message: "Not checked: it is a link that leads nowhere.",
    remedy: "Remove the link, or restore what it leads to.",
  },
  unreadable: {
    message: "Not checked: it cannot be read.",
    remedy: "Check who may read it.",
  },
  "too large": {
    message: "Not checked: it is larger than 2 MB, so a program made it.",
    remedy: 'Name it in "ignores", and this note goes away.',
  },
  binary: {
    message: "Not checked: it holds zero bytes, so it is no text.",
    remedy: 'Name it in "ignores", and this note goes away.',
  },
  "not UTF-8": {
    message: "Not checked: it is not UTF-8, nor marked as UTF-16.",
    remedy: "Save it as UTF-8.",
  },
  "not code": {
    message: "Not checked: it is XML in spite of its name.",
    remedy: 'Name it in "ignores", and this note goes away.',
  },
};
