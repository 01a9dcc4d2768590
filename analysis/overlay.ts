import type { FileChange } from "./engine/type-engine.ts";
import type { Host } from "./host.ts";
import { folderOf, inside } from "./paths.ts";

/** A host on which texts lie that are not on the disk: of open documents, or of fixes being tried. */
export class Overlay implements Host {
  readonly caseSensitive: boolean;
  readonly folder: string;
  private readonly host: Host;
  private readonly texts = new Map<string, string>();

  constructor(host: Host) {
    this.host = host;
    this.caseSensitive = host.caseSensitive;
    this.folder = host.folder;
  }

  put({ path, text }: FileChange): void {
    if (text === undefined) this.texts.delete(path);
    else this.texts.set(path, text);
  }

  /** Whether the text at the path is one that was put there. */
  covers(path: string): boolean {
    return this.texts.has(path);
  }

  read(path: string): string | undefined {
    return this.texts.get(path) ?? this.host.read(path);
  }

  isFile(path: string): boolean {
    return this.texts.has(path) || this.host.isFile(path);
  }

  isFolder(path: string): boolean {
    if (this.host.isFolder(path)) return true;
    const below = inside(path, "");
    return [...this.texts.keys()].some((it) => it.startsWith(below));
  }

  list(folder: string): readonly { readonly name: string; readonly isFolder: boolean }[] {
    const onDisk = this.host.list(folder);
    const names = new Set(onDisk.map((it) => it.name));
    const added: { readonly name: string; readonly isFolder: boolean }[] = [];
    for (const path of this.texts.keys()) {
      if (!path.startsWith(inside(folder, ""))) continue;
      const rest = path.slice(inside(folder, "").length);
      const [name = ""] = rest.split("/");
      if (names.has(name)) continue;
      names.add(name);
      added.push({ name, isFolder: folderOf(path) !== folder });
    }
    return added.length === 0 ? onDisk : [...onDisk, ...added];
  }

  realPath(path: string): string {
    return this.texts.has(path) && !this.host.isFile(path) ? path : this.host.realPath(path);
  }
}
