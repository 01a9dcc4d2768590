import type {
  FileEvent,
  TextDocumentContentChangeEvent,
  TextDocumentIdentifier,
  TextDocumentItem,
  VersionedTextDocumentIdentifier,
} from "vscode-languageserver";
import type { FileChange } from "../analysis/engine/type-engine.ts";
import { folderOf } from "../analysis/paths.ts";
import { isConfig, isSource } from "../analysis/projects.ts";
import type { Documents } from "./documents.ts";
import type { Folders } from "./folders.ts";
import type { Neighbours } from "./neighbours.ts";
import { Signal } from "./pause.ts";
import { record } from "./settings.ts";
import { pathOf } from "./uris.ts";

/** What is new since it was last looked at. */
export interface News {
  readonly changes: readonly FileChange[];
  /** Other files may be wanted than before. */
  readonly files: boolean;
}

/**
 * What the client has done and the analysis does not know yet. Messages are only noted as they come;
 * what follows from them is worked out when somebody asks.
 */
export class Inbox {
  /** Fires when findings may have changed. */
  readonly changed = new Signal();
  /** Something other than an edit has changed, so that clients do not ask again by themselves. */
  needsRefresh = false;
  /** The document that was typed into last. */
  lastEdited: string | undefined;
  private readonly documents: Documents;
  private readonly folders: Folders;
  private readonly neighbours: Neighbours;
  /** Paths whose text is another than before. */
  private readonly pending = new Set<string>();
  /** Edits that wait until they are saved. */
  private readonly unsaved = new Set<string>();
  private readonly edited = new Set<string>();
  private named: ReadonlySet<string> = new Set();
  /** Configurations and the like, as they were when they last changed. */
  private readonly seen = new Map<string, string | undefined>();
  private isNew = true;
  private isAboutFiles = true;
  private count = 0;

  constructor(documents: Documents, folders: Folders, neighbours: Neighbours) {
    this.neighbours = neighbours;
    this.documents = documents;
    this.folders = folders;
  }

  /** Another one whenever findings may be: who computed something can see that it is outdated. */
  get generation(): number {
    return this.count;
  }

  open(item: TextDocumentItem): void {
    this.pending.add(this.documents.open(item).path);
    this.note("files");
  }

  change(
    id: VersionedTextDocumentIdentifier,
    changes: readonly TextDocumentContentChangeEvent[],
  ): void {
    const path = this.documents.change(id, changes)?.path;
    if (path === undefined) return;
    this.neighbours.move(path, changes);
    this.lastEdited = path;
    if (this.folders.of(path).preferences.run !== "onType") {
      this.unsaved.add(path);
      return;
    }
    this.pending.add(path);
    this.note("text");
  }

  save({ uri }: TextDocumentIdentifier): void {
    const path = this.documents.pathOf(uri);
    if (!isSource(path)) {
      this.noteDisk(path);
      return;
    }
    const isFirst = !this.edited.has(path);
    this.edited.add(path);
    if (this.unsaved.delete(path)) this.pending.add(path);
    else if (!isFirst) return;
    this.note(isFirst ? "files" : "text");
  }

  close({ uri }: TextDocumentIdentifier): void {
    const path = this.documents.close(uri)?.path;
    if (path === undefined) return;
    this.unsaved.delete(path);
    this.pending.add(path);
    this.note("files");
  }

  watched(events: readonly FileEvent[]): void {
    for (const { uri } of events) {
      const path = pathOf(uri);
      if (path !== undefined) this.noteDisk(path);
    }
  }

  /** Folders were renamed or deleted; what was in them is looked for anew. */
  rediscover(): void {
    for (const folder of this.folders.all()) {
      for (const path of folder.rediscover()) {
        if (!folder.files.isFile(path)) this.pending.add(path);
      }
    }
    this.needsRefresh = true;
    this.note("files");
  }

  /** The files that differ from the last commit, as the client sees it. */
  nameChanged(uris: unknown): void {
    const given: readonly unknown[] = Array.isArray(uris) ? uris : [];
    this.named = new Set(given.flatMap((it) => (typeof it === "string" ? (pathOf(it) ?? []) : [])));
    this.note("files");
  }

  /** Other linters report something else than before. */
  neighboursChanged(given: unknown): void {
    const { uri, reports } = record(given);
    if (typeof uri !== "string") return;
    const path = this.documents.pathOf(uri);
    if (!this.neighbours.note(path, reports)) return;
    // Nothing was typed, so the client does not ask about it by itself.
    if (this.lastEdited === path) this.lastEdited = undefined;
    this.note("text");
  }

  /** For the scope `changedFiles`. */
  changedFiles(): readonly string[] {
    return [...this.edited, ...this.named];
  }

  /** What was typed but not saved counts from now on: somebody asks about the text as it stands. */
  takeUnsaved(): void {
    if (this.unsaved.size === 0) return;
    for (const path of this.unsaved) this.pending.add(path);
    this.unsaved.clear();
    this.note("text");
  }

  /** `files`: other files may be wanted than before. */
  note(about: "text" | "files"): void {
    this.isNew = true;
    if (about === "files") this.isAboutFiles = true;
    this.count += 1;
    this.changed.fire();
  }

  /** Hands over what is new, once. */
  take(): News | undefined {
    if (!this.isNew) return undefined;
    const changes = [...this.pending].map((path) => ({
      path,
      // Configurations count as they are saved: half of one would turn everything over.
      text: isSource(path) ? this.documents.at(path)?.text : undefined,
    }));
    const files = this.isAboutFiles;
    this.pending.clear();
    this.isNew = false;
    this.isAboutFiles = false;
    return { changes, files };
  }

  private noteDisk(path: string): void {
    // What packages hold changes when a lock file does.
    if (path.includes("/node_modules/")) return;
    const folder = this.folders.of(path);
    if (isSource(path)) {
      folder.noteFile(path);
      this.edited.add(path);
      // What is open counts as it is there.
      if (this.documents.at(path) === undefined) this.pending.add(path);
    } else {
      // Clients that save say so, and those that watch say it again.
      const text = folder.files.read(path);
      if (this.seen.has(path) && this.seen.get(path) === text) return;
      this.seen.set(path, text);
      this.noteConfiguration(path);
    }
    this.needsRefresh = true;
    this.note("files");
  }

  private noteConfiguration(path: string): void {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (isConfig(path)) this.pending.add(path);
    if (LOCKS.has(name)) {
      for (const it of this.folders.all()) it.reset();
    } else if (CONFIGURATIONS.has(name)) {
      for (const it of this.folders.below(folderOf(path))) it.reload();
    }
  }
}

const LOCKS: ReadonlySet<string> = new Set([
  "package-lock.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "bun.lockb",
]);

const CONFIGURATIONS: ReadonlySet<string> = new Set([
  ".gitignore",
  "mooring.config.json",
  "mooring.config.jsonc",
  "package.json",
]);
