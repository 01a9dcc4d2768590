import type { InitializeParams, WorkspaceFolder } from "vscode-languageserver";
import { inside } from "../analysis/paths.ts";
import { Folder, type FolderTools } from "./folder.ts";
import { pathOf } from "./uris.ts";

/** The folders of the workspace, and one for what belongs to none. */
export class Folders {
  private readonly tools: Omit<FolderTools, "owns">;
  private readonly loose: Folder;
  private roots: readonly Folder[];

  constructor(params: InitializeParams, tools: Omit<FolderTools, "owns">) {
    this.tools = tools;
    this.roots = urisOf(params).map((it) => this.folder(it));
    this.loose = this.folder(undefined);
  }

  all(): readonly Folder[] {
    return [...this.roots, this.loose];
  }

  /** The innermost one that holds the file. */
  of(path: string): Folder {
    let best = this.loose;
    for (const it of this.roots) {
      if (it.holds(path) && (best.path ?? "").length < (it.path ?? "").length) best = it;
    }
    return best;
  }

  change(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]): void {
    const gone = new Set(removed.map((it) => pathOf(it.uri)));
    for (const it of this.roots) if (gone.has(it.path)) it.dispose();
    const kept = this.roots.filter((it) => !gone.has(it.path));
    const known = new Set(kept.map((it) => it.path));
    const fresh = added.map((it) => it.uri).filter((it) => isNew(pathOf(it), known));
    this.roots = [...kept, ...fresh.map((it) => this.folder(it))];
    // What a folder holds depends on which other folders there are inside of it.
    for (const it of this.roots) it.rediscover();
  }

  /** Those for which a configuration in a folder counts. */
  below(folder: string): readonly Folder[] {
    return this.all().filter(
      (it) => it.holds(folder) || it.path === undefined || it.path.startsWith(inside(folder, "")),
    );
  }

  dispose(): void {
    for (const it of this.all()) it.dispose();
  }

  private folder(uri: string | undefined): Folder {
    const folder: Folder = new Folder(uri === undefined ? undefined : pathOf(uri), uri, {
      ...this.tools,
      owns: (path) => this.of(path) === folder,
    });
    return folder;
  }
}

function isNew(path: string | undefined, known: ReadonlySet<string | undefined>): boolean {
  return path !== undefined && !known.has(path);
}

function urisOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  const older = typeof rootUri === "string" ? [rootUri] : [];
  const uris = workspaceFolders?.map((it) => it.uri) ?? older;
  return uris.filter((it) => pathOf(it) !== undefined);
}
