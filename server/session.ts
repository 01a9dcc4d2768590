import type {
  CancellationToken,
  Connection,
  FileEvent,
  InitializeParams,
  TextDocumentContentChangeEvent,
  TextDocumentIdentifier,
  TextDocumentItem,
  VersionedTextDocumentIdentifier,
  WorkspaceFolder,
} from "vscode-languageserver";
import { onBug } from "../analysis/bug.ts";
import type { FileChange } from "../analysis/engine/type-engine.ts";
import { inside } from "../analysis/paths.ts";
import { type ConfigProblem, isConfig, isSource } from "../analysis/projects.ts";
import type { Rule } from "../analysis/rule.ts";
import { rules } from "../rules/index.ts";
import { type ClientAbilities, abilitiesOf } from "./client-abilities.ts";
import type { Places, Wording } from "./convert.ts";
import { Documents } from "./documents.ts";
import { Folder } from "./folder.ts";
import { Pages } from "./pages.ts";
import { Pacer, Signal, throwIfCancelled } from "./pause.ts";
import { Lines } from "./positions.ts";
import { type Entry, Results } from "./results.ts";
import { preferencesFrom, record } from "./settings.ts";
import { StatusKeeper } from "./status.ts";
import { pathOf, uriOf } from "./uris.ts";

/** All mutable state of the server. Handlers ask it, and tell it what the client did. */
export class Session {
  readonly connection: Connection;
  readonly client: ClientAbilities;
  readonly documents: Documents;
  readonly pages = new Pages();
  readonly status: StatusKeeper;
  readonly version: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rules: readonly Rule[];
  /** Fires when findings may have changed. */
  readonly changed = new Signal();
  readonly statusChanged = new Signal();
  isDisposed = false;
  /** Something other than an edit has changed, so that clients do not ask again by themselves. */
  needsRefresh = false;
  /** What is wrong with the configurations and tsconfigs in force. */
  problems: readonly ConfigProblem[] = [];
  private readonly results = new Results();
  private readonly loose: Folder;
  private folders: readonly Folder[];
  private started: Promise<void> | undefined;
  /** What the analysis does not know yet: paths whose text is another than before. */
  private readonly pending = new Set<string>();
  /** Edits that wait until they are saved. */
  private readonly unsaved = new Set<string>();
  /** For the scope `changedFiles`. */
  private readonly edited = new Set<string>();
  private sent: unknown;
  private named: ReadonlySet<string> = new Set();
  /** The lines of the texts that the analysis has. */
  private readonly lines = new Map<string, Lines>();
  private isBehind = true;
  /** Other files may be wanted than before. */
  private isStale = true;
  private count = 0;

  constructor(
    connection: Connection,
    params: InitializeParams,
    version: string,
    checks: readonly Rule[] = rules,
  ) {
    this.rules = checks;
    this.connection = connection;
    this.version = version;
    this.client = abilitiesOf(params.capabilities);
    this.options = record(params.initializationOptions);
    this.documents = new Documents(this.client.encoding);
    this.status = new StatusKeeper({
      version,
      uriOf: (path) => this.uriOf(path),
      log: (text) => connection.console.error(text),
      changed: () => this.statusChanged.fire(),
    });
    onBug((message) => this.status.fail("server", "A check was skipped.", message));
    this.folders = rootsOf(params).map((it) => this.folder(it.uri));
    this.loose = this.newFolder(undefined, undefined);
  }

  /** Changes whenever findings may have: who computed something can see that it is outdated. */
  get generation(): number {
    return this.count;
  }

  /** The settings are there. */
  ready(): Promise<void> {
    this.started ??= this.readPreferences();
    return this.started;
  }

  everyFolder(): readonly Folder[] {
    return [...this.folders, this.loose];
  }

  open(item: TextDocumentItem): void {
    this.isStale = true;
    this.noteText(this.documents.open(item).path);
  }

  change(id: VersionedTextDocumentIdentifier, changes: readonly TextDocumentContentChangeEvent[]) {
    const document = this.documents.change(id, changes);
    if (document === undefined) return;
    const { path } = document;
    const { run } = this.folderOf(path).preferences;
    if (run === "onType") this.noteText(path);
    else this.unsaved.add(path);
  }

  save({ uri }: TextDocumentIdentifier): void {
    const path = this.documents.pathOf(uri);
    if (!this.edited.has(path)) this.isStale = true;
    this.edited.add(path);
    if (this.unsaved.delete(path)) this.noteText(path);
    // The clients that watch files say it once more, which costs nothing.
    if (!isSource(path)) this.noteDisk(path);
  }

  close({ uri }: TextDocumentIdentifier): void {
    const document = this.documents.close(uri);
    if (document === undefined) return;
    this.unsaved.delete(document.path);
    this.isStale = true;
    this.noteText(document.path);
  }

  watched(events: readonly FileEvent[]): void {
    for (const { uri } of events) {
      const path = pathOf(uri);
      if (path !== undefined) this.noteDisk(path);
    }
  }

  /** Folders came, went or were renamed; what was in them is looked for anew. */
  rediscover(): void {
    for (const folder of this.folders) {
      for (const path of folder.rediscover()) {
        if (!folder.files.isFile(path)) this.pending.add(path);
      }
    }
    this.needsRefresh = true;
    this.isStale = true;
    this.touch();
  }

  /** The files that differ from the last commit, as the client sees it. */
  nameChanged(uris: unknown): void {
    const given: readonly unknown[] = Array.isArray(uris) ? uris : [];
    this.named = new Set(given.flatMap((it) => (typeof it === "string" ? (pathOf(it) ?? []) : [])));
    this.isStale = true;
    this.touch();
  }

  changeFolders(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]): void {
    const gone = new Set(removed.map((it) => pathOf(it.uri)));
    for (const it of this.folders) if (gone.has(it.path)) it.dispose();
    const kept = this.folders.filter((it) => !gone.has(it.path));
    this.folders = [...kept, ...added.map((it) => this.folder(it.uri))];
    // What a folder holds depends on which other folders there are inside of it.
    for (const it of this.folders) it.rediscover();
    this.needsRefresh = true;
    this.started = undefined;
    this.isStale = true;
    this.touch();
  }

  /** The client's settings have changed; some clients send them along, others are asked for them. */
  reconfigure(settings: unknown): void {
    if (settings !== undefined) this.sent = settings;
    this.needsRefresh = true;
    this.started = undefined;
    this.touch();
  }

  /** All files of all folders are wanted from now on. */
  checkEverything(): void {
    for (const it of this.folders) it.wasAsked = true;
    this.takeUnsaved();
    this.isStale = true;
    this.touch();
  }

  /** Asks the client to ask for everything again. */
  async refresh(): Promise<void> {
    if (this.client.pullsDiagnostics && this.client.refreshesDiagnostics) {
      await this.connection.languages.diagnostics.refresh();
    }
  }

  /** What was typed but not saved counts from now on: somebody asks about the text as it stands. */
  takeUnsaved(): void {
    if (this.unsaved.size === 0) return;
    for (const path of this.unsaved) this.noteText(path);
    this.unsaved.clear();
  }

  /** Brings the analysis in line with what the client said. Waits for nothing but other files. */
  async settle(token?: CancellationToken): Promise<void> {
    const pacer = new Pacer();
    for (;;) {
      await this.ready();
      if (token !== undefined) throwIfCancelled(token);
      const unknown = this.everyFolder().find(
        (it) => this.scopeOf(it) === "workspace" && !it.isDiscovered,
      );
      if (unknown !== undefined) await unknown.discover(pacer);
      else if (this.started !== undefined) return this.flush();
    }
  }

  /** What is to be said about a file; undefined where it is not checked. */
  check(path: string): Entry | undefined {
    const folder = this.folderOf(path);
    if (!folder.wanted.includes(path)) return undefined;
    const [entry] = this.entries(folder, [path]);
    return entry;
  }

  /**
   * What is to be said about everything, what is open first. After an edit it starts over, which
   * costs little since what is still right is known; so a file may come twice, the last time right.
   */
  async *everything(token?: CancellationToken): AsyncGenerator<Entry, void> {
    const pacer = new Pacer();
    for (;;) {
      await this.settle(token);
      const generation = this.count;
      const open = new Set(this.documents.all().map((it) => it.path));
      const all = this.everyFolder();
      const jobs = [
        ...all.map((it) => ({ folder: it, files: it.wanted.filter((path) => open.has(path)) })),
        ...all.map((it) => ({ folder: it, files: it.wanted.filter((path) => !open.has(path)) })),
      ];
      for (const { folder, files } of jobs) {
        for (const entry of this.entries(folder, files)) {
          yield entry;
          await pacer.pause();
          if (token !== undefined) throwIfCancelled(token);
          if (generation !== this.count) break;
        }
        if (generation !== this.count) break;
      }
      if (generation === this.count) return;
    }
  }

  /** How many files `everything` will come to. */
  get size(): number {
    return this.everyFolder().flatMap((it) => it.wanted).length;
  }

  isWanted(path: string): boolean {
    return this.folderOf(path).wanted.includes(path);
  }

  last(path: string): Entry | undefined {
    return this.results.last(path);
  }

  nextResultId(): string {
    return this.results.nextId();
  }

  folderOf(path: string): Folder {
    let best: Folder | undefined;
    for (const it of this.folders) {
      if (it.path === undefined || !(path === it.path || path.startsWith(inside(it.path, "")))) {
        continue;
      }
      if ((best?.path ?? "").length < it.path.length) best = it;
    }
    return best ?? this.loose;
  }

  readonly uriOf = (path: string): string => this.documents.uriOf(path) ?? uriOf(path);

  readonly linesOf = (path: string): Lines => {
    let lines = this.lines.get(path);
    if (lines === undefined) {
      const folder = this.folderOf(path);
      const text = folder.current?.textOf(path) ?? folder.files.read(path) ?? "";
      lines = new Lines(text, this.client.encoding);
      this.lines.set(path, lines);
    }
    return lines;
  };

  get places(): Places {
    return { uriOf: this.uriOf, linesOf: this.linesOf };
  }

  dispose(): void {
    this.isDisposed = true;
    for (const it of this.everyFolder()) it.dispose();
    this.touch();
  }

  private *entries(folder: Folder, files: readonly string[]): Generator<Entry, void> {
    const { customizations, timeBudget } = folder.preferences;
    const wording: Wording = {
      places: this.places,
      customizations,
      relatedInformation: this.client.relatedInformation,
      linkOf: (rule) => this.pages.link(rule),
    };
    let since = performance.now();
    let isFirst = true;
    for (const result of folder.check(files)) {
      // The first may have opened a project, which is not the file's fault.
      if (!isFirst) this.status.took(result.file, performance.now() - since, timeBudget);
      isFirst = false;
      for (const { rule, file, error } of result.failures) {
        this.status.fail("rule", `The rule ${rule} failed and was skipped.`, error, file);
      }
      yield this.results.entryOf(result, wording);
      since = performance.now();
    }
  }

  private flush(): void {
    if (!this.isBehind) return;
    this.isBehind = false;
    const changes: FileChange[] = [...this.pending].map((path) => ({
      path,
      text: isSource(path) ? this.documents.at(path)?.text : undefined,
    }));
    this.pending.clear();
    for (const path of this.lines.keys()) {
      // Texts of files that are not open would only take room.
      if (this.documents.at(path) === undefined) this.lines.delete(path);
    }
    for (const { path } of changes) {
      const document = this.documents.at(path);
      if (document !== undefined) this.lines.set(path, document.lines);
    }
    for (const folder of this.everyFolder()) folder.change(changes);
    if (!this.isStale && this.everyFolder().every((it) => it.isSound)) return;
    this.isStale = false;
    for (const folder of this.everyFolder()) folder.update(this.askedOf(folder));
    this.results.keep(new Set(this.everyFolder().flatMap((it) => it.wanted)));
    this.problems = this.everyFolder().flatMap((it) => it.problems());
    this.status.configured(
      this.problems.map(({ file, message }) => ({
        kind: "configuration",
        message,
        uri: this.uriOf(file),
      })),
    );
  }

  private askedOf(folder: Folder): readonly string[] {
    if (!folder.preferences.enable) return [];
    if (folder.preferences.run === "manual" && !folder.wasAsked) return [];
    const scope = this.scopeOf(folder);
    const asked = new Set(scope === "workspace" ? folder.discovered() : []);
    const more = this.documents.all().map((it) => it.path);
    if (scope === "changedFiles") {
      more.push(...[...this.edited, ...this.named].filter((it) => folder.files.isFile(it)));
    }
    for (const path of more) {
      if (asked.has(path) || this.folderOf(path) !== folder) continue;
      if (folder.leftOut(path) === undefined) asked.add(path);
    }
    return [...asked].toSorted();
  }

  private scopeOf(folder: Folder) {
    return folder.wasAsked ? "workspace" : folder.preferences.scope;
  }

  private noteText(path: string): void {
    this.pending.add(path);
    this.touch();
  }

  /** Something happened to a file on the disk. */
  private noteDisk(path: string): void {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const folder = this.folderOf(path);
    if (LOCKS.has(name)) {
      for (const it of this.everyFolder()) it.reset();
    } else if (path.includes("/node_modules/")) {
      return;
    } else if (name === ".gitignore" || CONFIGURATIONS.has(name)) {
      folder.reload();
    }
    if (isConfig(path)) this.pending.add(path);
    if (isSource(path)) {
      folder.noteFile(path);
      this.edited.add(path);
      // What is open counts as it is there.
      if (this.documents.at(path) === undefined) this.pending.add(path);
    }
    this.lines.delete(path);
    this.isStale = true;
    this.needsRefresh = true;
    this.touch();
  }

  private touch(): void {
    this.isBehind = true;
    this.count += 1;
    this.changed.fire();
  }

  private async readPreferences(): Promise<void> {
    const given = await this.givenPreferences();
    this.results.clear();
    this.everyFolder().forEach((folder, index) => {
      const before = JSON.stringify(folder.preferences);
      folder.preferences = preferencesFrom(given[index]);
      if (JSON.stringify(folder.preferences) !== before) folder.reload();
    });
    this.isStale = true;
    this.touch();
  }

  private async givenPreferences(): Promise<readonly unknown[]> {
    const folders = this.everyFolder();
    if (!this.client.configuration) return folders.map(() => this.sent ?? this.options["settings"]);
    try {
      const items = folders.map(({ uri }) => ({
        section: "mooring",
        ...(uri === undefined ? {} : { scopeUri: uri }),
      }));
      const given: unknown = await this.connection.workspace.getConfiguration(items);
      return Array.isArray(given) ? given : [];
    } catch (error) {
      this.status.fail("server", "The settings could not be read.", error);
      return [];
    }
  }

  private folder(uri: string): Folder {
    return this.newFolder(pathOf(uri), uri);
  }

  private newFolder(path: string | undefined, uri: string | undefined): Folder {
    const folder: Folder = new Folder(path, uri, {
      rules: this.rules,
      openTexts: () =>
        this.documents
          .all()
          .flatMap(({ path: at, text }) => (isSource(at) ? [{ path: at, text }] : [])),
      owns: (file) => this.folderOf(file) === folder,
      failed: (during, error) => {
        const where = path === undefined ? "" : ` in ${path}`;
        this.status.fail("project", `Mooring failed while ${during}${where}.`, error);
      },
      compilerOpened: (version) => this.status.opened(version),
    });
    return folder;
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
  "mooring.config.json",
  "mooring.config.jsonc",
  "package.json",
]);

function rootsOf({ workspaceFolders, rootUri }: InitializeParams): readonly { uri: string }[] {
  if (workspaceFolders !== null && workspaceFolders !== undefined) {
    return workspaceFolders.filter((it) => pathOf(it.uri) !== undefined);
  }
  return typeof rootUri === "string" && pathOf(rootUri) !== undefined ? [{ uri: rootUri }] : [];
}
