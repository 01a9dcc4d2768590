import type {
  CancellationToken,
  Connection,
  InitializeParams,
  WorkspaceFolder,
} from "vscode-languageserver";
import { onBug } from "../analysis/bug.ts";
import type { FileChange } from "../analysis/engine/type-engine.ts";
import { type ConfigProblem, isSource } from "../analysis/projects.ts";
import type { Rule } from "../analysis/rule.ts";
import { rules } from "../rules/index.ts";
import { type ClientAbilities, abilitiesOf } from "./client-abilities.ts";
import type { Places, Wording } from "./convert.ts";
import { Documents } from "./documents.ts";
import type { Folder } from "./folder.ts";
import { Folders } from "./folders.ts";
import { Inbox } from "./inbox.ts";
import { Neighbours } from "./neighbours.ts";
import { Pages } from "./pages.ts";
import { Pacer, Signal, throwIfCancelled } from "./pause.ts";
import { Lines } from "./positions.ts";
import { type Entry, Results } from "./results.ts";
import { preferencesFrom, record } from "./settings.ts";
import { Shown } from "./shown.ts";
import { StatusKeeper } from "./status.ts";
import { uriOf } from "./uris.ts";

/** All mutable state of the server. Handlers ask it, and tell it what the client did. */
export class Session {
  readonly connection: Connection;
  readonly client: ClientAbilities;
  readonly documents: Documents;
  readonly pages: Pages;
  readonly status: StatusKeeper;
  readonly version: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rules: readonly Rule[];
  readonly inbox: Inbox;
  readonly folders: Folders;
  readonly shown = new Shown();
  readonly neighbours: Neighbours;
  readonly statusChanged = new Signal();
  isDisposed = false;
  /** What is wrong with the configurations and tsconfigs in force. */
  problems: readonly ConfigProblem[] = [];
  private readonly results = new Results();
  /** The ids of what was last told about single files. */
  private readonly pulled = new Map<string, string>();
  private started: Promise<void> | undefined;
  private sent: unknown;
  /** The lines of the texts that the analysis has. */
  private readonly lines = new Map<string, Lines>();
  /** A compiler was opened since this was last looked at. */
  private hasOpened = false;
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
    this.pages = new Pages(this.options["rulePages"]);
    this.documents = new Documents(this.client.encoding);
    this.status = new StatusKeeper({
      version,
      uriOf: (path) => this.uriOf(path),
      log: (text) => connection.console.error(text),
      mention: (text) => connection.console.info(text),
      changed: () => this.statusChanged.fire(),
    });
    onBug((message) => this.status.fail("server", "A check was skipped.", message));
    this.folders = new Folders(params, {
      rules: checks,
      openTexts: () => this.openTexts(),
      failed: (during, error) =>
        this.status.fail("project", `Mooring failed while ${during}.`, error),
      compilerOpened: (compiler) => {
        this.hasOpened = true;
        this.status.opened(compiler);
      },
      lost: () => this.inbox.note("files"),
    });
    this.neighbours = new Neighbours(checks);
    this.inbox = new Inbox(this.documents, this.folders, this.neighbours);
  }

  /** The settings are there. */
  ready(): Promise<void> {
    this.started ??= this.readPreferences();
    return this.started;
  }

  changeFolders(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]): void {
    this.folders.change(added, removed);
    this.started = undefined;
    this.inbox.needsRefresh = true;
    this.inbox.note("files");
  }

  /** The client's settings have changed; some clients send them along, others are asked for them. */
  reconfigure(settings: unknown): void {
    if (settings !== undefined) this.sent = settings;
    this.started = undefined;
    this.inbox.needsRefresh = true;
    this.inbox.note("files");
  }

  /** All files of all folders are wanted from now on. */
  checkEverything(): void {
    for (const it of this.folders.all()) it.wasAsked = true;
    this.inbox.takeUnsaved();
    this.inbox.note("files");
  }

  /** Asks the client to ask for everything again. */
  async refresh(): Promise<void> {
    if (this.client.pullsDiagnostics && this.client.refreshesDiagnostics) {
      await this.connection.languages.diagnostics.refresh();
    }
  }

  /** A client that asks about one file was told this; it may never come to show it. */
  answered(path: string, entry: Entry | undefined, isNew: boolean): void {
    if (entry === undefined) this.pulled.delete(path);
    else this.pulled.set(path, entry.id);
    const isEmpty = entry === undefined || entry.diagnostics.length === 0;
    // Nothing else was found: only who tells about everything has something to do.
    if (isNew && this.shown.maybeTold(path, isEmpty)) this.inbox.changed.fire();
  }

  /**
   * Whether open documents have other findings than when the client last asked about them. Clients
   * ask again about the document that is being edited, and sooner or later about the others.
   */
  async hasOutdated(): Promise<boolean> {
    const pacer = new Pacer();
    let isOutdated = false;
    for (const { path } of this.documents.all()) {
      const known = this.pulled.get(path);
      if (known === undefined || path === this.inbox.lastEdited) continue;
      const entry = this.check(path);
      if (entry !== undefined && entry.id !== known) {
        // Asked for once: a document that is open in no tab is never pulled again.
        this.pulled.set(path, entry.id);
        isOutdated = true;
      }
      await pacer.pause();
    }
    return isOutdated;
  }

  /** Brings the analysis in line with what the client said. Waits for nothing but other files. */
  async settle(token?: CancellationToken): Promise<void> {
    const pacer = new Pacer();
    for (;;) {
      await this.ready();
      if (token !== undefined) throwIfCancelled(token);
      const unknown = this.folders
        .all()
        .find((it) => this.scopeOf(it) === "workspace" && !it.isDiscovered);
      if (unknown !== undefined) await unknown.discover(pacer);
      else if (this.started !== undefined) return this.flush();
    }
  }

  /** What is to be said about a file; undefined where it is not checked. */
  check(path: string): Entry | undefined {
    const folder = this.folders.of(path);
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
      const generation = this.inbox.generation;
      const open = new Set(this.documents.all().map((it) => it.path));
      const all = this.folders.all();
      const jobs = [
        ...all.map((it) => ({ folder: it, files: it.wanted.filter((path) => open.has(path)) })),
        ...all.map((it) => ({ folder: it, files: it.wanted.filter((path) => !open.has(path)) })),
      ];
      for (const { folder, files } of jobs) {
        for (const entry of this.entries(folder, files)) {
          yield entry;
          await pacer.pause();
          if (token !== undefined) throwIfCancelled(token);
          if (generation !== this.inbox.generation) break;
        }
        if (generation !== this.inbox.generation) break;
      }
      if (generation === this.inbox.generation) return;
    }
  }

  /** How many files `everything` comes to. */
  get size(): number {
    let size = 0;
    for (const it of this.folders.all()) size += it.wanted.length;
    return size;
  }

  isWanted(path: string): boolean {
    return this.folders.of(path).wanted.includes(path);
  }

  last(path: string): Entry | undefined {
    return this.results.last(path);
  }

  readonly uriOf = (path: string): string => this.documents.uriOf(path) ?? uriOf(path);

  readonly linesOf = (path: string): Lines => {
    let lines = this.lines.get(path);
    if (lines === undefined) {
      const folder = this.folders.of(path);
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
    this.folders.dispose();
    this.inbox.note("files");
  }

  private *entries(folder: Folder, files: readonly string[]): Generator<Entry, void> {
    const { customizations, overlap, timeBudget } = folder.preferences;
    const wording: Wording = {
      places: this.places,
      customizations,
      relatedInformation: this.client.relatedInformation,
      neighbours: overlap === "defer" ? this.neighbours : undefined,
      linkOf: (rule) => this.pages.link(rule),
    };
    let since = performance.now();
    this.hasOpened = false;
    for (const result of folder.check(files)) {
      // To open a project takes long as well, which is not the file's fault.
      if (!this.hasOpened) this.status.took(result.file, performance.now() - since, timeBudget);
      this.hasOpened = false;
      for (const { rule, file, error } of result.failures) {
        this.status.fail("rule", `The rule ${rule} failed and was skipped.`, error, file);
      }
      for (const limit of result.limits) this.status.left(limit);
      yield this.results.entryOf(result, wording);
      since = performance.now();
    }
  }

  private flush(): void {
    const news = this.isDisposed ? undefined : this.inbox.take();
    if (news === undefined) return;
    const { changes } = news;
    for (const path of this.lines.keys()) {
      // Texts of files that are not open would only take room.
      if (this.documents.at(path) === undefined) this.lines.delete(path);
    }
    for (const { path } of changes) {
      const document = this.documents.at(path);
      if (document !== undefined) this.lines.set(path, document.lines);
    }
    for (const folder of this.folders.all()) folder.change(changes);
    if (!news.files && this.folders.all().every((it) => it.isSound)) return;
    for (const folder of this.folders.all()) folder.update(this.askedOf(folder));
    this.results.keep(new Set(this.folders.all().flatMap((it) => it.wanted)));
    this.problems = this.folders.all().flatMap((it) => it.problems());
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
      more.push(...this.inbox.changedFiles().filter((it) => folder.files.isFile(it)));
    }
    for (const path of more) {
      if (asked.has(path) || this.folders.of(path) !== folder) continue;
      if (folder.leftOut(path) === undefined) asked.add(path);
    }
    return [...asked].toSorted();
  }

  private openTexts(): readonly FileChange[] {
    return this.documents
      .all()
      .flatMap(({ path, text }) => (isSource(path) ? [{ path, text }] : []));
  }

  private scopeOf(folder: Folder) {
    return folder.wasAsked ? "workspace" : folder.preferences.scope;
  }

  private async readPreferences(): Promise<void> {
    const given = await this.givenPreferences();
    this.results.clear();
    this.folders.all().forEach((folder, index) => {
      const before = JSON.stringify(folder.preferences);
      folder.preferences = preferencesFrom(given[index]);
      if (JSON.stringify(folder.preferences) !== before) folder.reload();
    });
    this.inbox.note("files");
  }

  private async givenPreferences(): Promise<readonly unknown[]> {
    const folders = this.folders.all();
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
}
