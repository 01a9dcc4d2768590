import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import { createConnection } from "vscode-languageserver/node";
import {
  type ClientCapabilities,
  type CodeAction,
  CodeActionRequest,
  CodeActionResolveRequest,
  CodeActionTriggerKind,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  type DocumentDiagnosticReport,
  DocumentDiagnosticRequest,
  FileChangeType,
  type FileEvent,
  type InitializeResult,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type Range,
  ShutdownRequest,
  type WorkspaceDiagnosticReport,
  WorkspaceDiagnosticRequest,
  type WorkspaceEdit,
} from "vscode-languageserver-protocol/node";
import { onTestFinished } from "vitest";
import type { Core } from "../../server/front.ts";
import { Lines } from "../../server/positions.ts";
import { serve } from "../../server/server.ts";

// A client over a pipe to a server, in a workspace on the disk. Nothing waits for time to pass: each
// step waits for the message that it is about.

export interface Setup {
  /** Texts by path. Folders of the workspace are those named in `roots`, the whole one otherwise. */
  readonly files: Readonly<Record<string, string>>;
  readonly roots?: readonly string[];
  readonly settings?: object;
  readonly options?: object;
  readonly capabilities?: ClientCapabilities;
  /** What the server loads when it first needs it. */
  readonly load?: () => Promise<Core>;
}

/** What VS Code says that it can, as far as we care. */
export const MODERN: ClientCapabilities = {
  general: { positionEncodings: ["utf-16"] },
  textDocument: {
    diagnostic: { relatedDocumentSupport: true, relatedInformation: true },
    publishDiagnostics: { relatedInformation: true },
    hover: { contentFormat: ["markdown", "plaintext"] },
    codeAction: {
      dataSupport: true,
      resolveSupport: { properties: ["edit"] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: [] } },
    },
    completion: { completionItem: { snippetSupport: true } },
  },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    diagnostics: { refreshSupport: true },
    workspaceEdit: {
      documentChanges: true,
      resourceOperations: ["create"],
      changeAnnotationSupport: {},
      snippetEditSupport: true,
    },
  },
};

/** Makes a workspace, starts a server in this process, and connects to it. */
export async function start(setup: Setup): Promise<Client> {
  const workspace = new Workspace(setup.files);
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const server = createConnection(toServer, toClient);
  serve(server, setup.load ?? (() => import("../../server/core.ts")));
  server.listen();
  const client = new Client(createProtocolConnection(toClient, toServer), workspace, setup);
  onTestFinished(() => client.stop());
  await client.initialize();
  return client;
}

/** What a client says that it knows when it asks again. */
export function idsOf(items: WorkspaceDiagnosticReport["items"]) {
  return items.map(({ uri, resultId = "" }) => ({ uri, value: resultId }));
}

export class Workspace {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "mooring-server-")));

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  uri(name: string): string {
    return name.includes(":") ? name : pathToFileURL(this.path(name)).href;
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }
}

export class Client {
  readonly connection: ProtocolConnection;
  readonly workspace: Workspace;
  readonly log: string[] = [];
  readonly published = new Map<string, readonly Diagnostic[]>();
  settings: object;
  result: InitializeResult | undefined;
  refreshes = 0;
  isStopped = false;
  onRefresh: () => void = () => {};
  private readonly setup: Setup;
  private readonly texts = new Map<string, { text: string; version: number }>();
  private waiting: (() => void)[] = [];

  constructor(connection: ProtocolConnection, workspace: Workspace, setup: Setup) {
    this.connection = connection;
    this.workspace = workspace;
    this.setup = setup;
    this.settings = setup.settings ?? {};
    connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) =>
      items.map(() => this.settings),
    );
    connection.onRequest("client/registerCapability", () => null);
    connection.onRequest("workspace/diagnostic/refresh", () => {
      this.refreshes += 1;
      this.onRefresh();
      this.happened();
      return null;
    });
    connection.onNotification("window/logMessage", ({ message }: { message: string }) => {
      this.log.push(message);
      this.happened();
    });
    connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) => {
      this.published.set(uri, diagnostics);
      this.happened();
    });
    connection.listen();
  }

  async initialize(): Promise<void> {
    const { roots = ["."], options, capabilities = MODERN } = this.setup;
    this.result = await this.connection.sendRequest(InitializeRequest.type, {
      processId: null,
      rootUri: null,
      workspaceFolders: roots.map((name) => ({ name, uri: this.workspace.uri(name) })),
      capabilities,
      initializationOptions: options ?? { settings: this.settings },
    });
    await this.connection.sendNotification(InitializedNotification.type, {});
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    await this.connection.sendRequest(ShutdownRequest.type);
    this.connection.dispose();
    rmSync(this.workspace.folder, { recursive: true, force: true });
  }

  /** Opens a file with the text it has on the disk, or another one. */
  async open(name: string, text = this.setup.files[name] ?? "", language = "typescript") {
    const uri = this.workspace.uri(name);
    this.texts.set(name, { text, version: 1 });
    const textDocument = { uri, languageId: language, version: 1, text };
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  }

  /** Types one text over another in an open file. */
  async edit(name: string, search: string, replacement: string): Promise<void> {
    const known = this.known(name);
    const range = this.rangeOf(name, search);
    const version = known.version + 1;
    this.texts.set(name, { text: known.text.replace(search, () => replacement), version });
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: this.workspace.uri(name), version },
      contentChanges: [{ range, text: replacement }],
    });
  }

  async save(name: string): Promise<void> {
    this.workspace.write(name, this.known(name).text);
    const textDocument = { uri: this.workspace.uri(name) };
    await this.connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument });
  }

  async close(name: string): Promise<void> {
    this.texts.delete(name);
    const textDocument = { uri: this.workspace.uri(name) };
    await this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument });
  }

  /** Another program writes a file, and the editor notices. */
  async write(name: string, text: string): Promise<void> {
    this.workspace.write(name, text);
    await this.notice(name, FileChangeType.Changed);
  }

  async remove(name: string): Promise<void> {
    this.workspace.remove(name);
    await this.notice(name, FileChangeType.Deleted);
  }

  async rename(from: string, to: string, text: string): Promise<void> {
    this.workspace.remove(from);
    this.workspace.write(to, text);
    const changes: FileEvent[] = [
      { uri: this.workspace.uri(from), type: FileChangeType.Deleted },
      { uri: this.workspace.uri(to), type: FileChangeType.Created },
    ];
    await this.connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes });
  }

  async pull(name: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest(DocumentDiagnosticRequest.type, {
      textDocument: { uri: this.workspace.uri(name) },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    });
  }

  async diagnostics(name: string): Promise<readonly Diagnostic[]> {
    const report = await this.pull(name);
    return report.kind === "full" ? report.items : [];
  }

  /** The rules that report something in a file, as asked for now. */
  async rulesIn(name: string): Promise<readonly unknown[]> {
    return (await this.diagnostics(name)).map((it) => it.code);
  }

  async workspaceReport(
    previousResultIds: { uri: string; value: string }[] = [],
  ): Promise<WorkspaceDiagnosticReport> {
    return this.connection.sendRequest(WorkspaceDiagnosticRequest.type, { previousResultIds });
  }

  async actions(name: string, at: string, only?: string[]): Promise<readonly CodeAction[]> {
    const found = await this.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri: this.workspace.uri(name) },
      range: this.rangeOf(name, at),
      context: {
        diagnostics: [],
        triggerKind: CodeActionTriggerKind.Invoked,
        ...(only === undefined ? {} : { only }),
      },
    });
    return (found ?? []).filter((it): it is CodeAction => !("arguments" in it));
  }

  async resolve(action: CodeAction): Promise<CodeAction> {
    return this.connection.sendRequest(CodeActionResolveRequest.type, action);
  }

  /** The text of an open file after an edit, as the client would have it. */
  after(name: string, edit: WorkspaceEdit | undefined): string {
    const { text } = this.known(name);
    const uri = this.workspace.uri(name);
    const lines = new Lines(text, this.encoding);
    const changes = (edit?.documentChanges ?? []).flatMap((it) =>
      "textDocument" in it && it.textDocument.uri === uri ? it.edits : [],
    );
    const edits = [...changes, ...(edit?.changes?.[uri] ?? [])].map((it) => ({
      start: lines.offset(it.range.start),
      end: lines.offset(it.range.end),
      text: "newText" in it ? it.newText : it.snippet.value,
    }));
    return edits
      .toSorted((a, b) => b.start - a.start)
      .reduce((left, it) => left.slice(0, it.start) + it.text + left.slice(it.end), text);
  }

  textOf(name: string, range: Range): string {
    const lines = new Lines(this.known(name).text, this.encoding);
    return lines.text.slice(lines.offset(range.start), lines.offset(range.end));
  }

  rangeOf(name: string, search: string): Range {
    const { text } = this.known(name);
    const at = text.indexOf(search);
    if (at < 0) throw new Error(`${name} has no ${search}`);
    return new Lines(text, this.encoding).range(at, at + search.length);
  }

  /** Waits until a message makes it true. */
  async until<T>(value: () => T | undefined): Promise<T> {
    for (;;) {
      const now = value();
      if (now !== undefined) return now;
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }

  /** What is published about a file, once it has these codes. */
  async publishedCodes(name: string, ...codes: readonly string[]): Promise<readonly Diagnostic[]> {
    return this.until(() => {
      const found = this.published.get(this.workspace.uri(name)) ?? [];
      return found.map((it) => String(it.code)).join() === codes.join() ? found : undefined;
    });
  }

  /** What is published about a file, once that is anything. */
  async publishedProblems(name: string): Promise<readonly Diagnostic[]> {
    return this.until(() => {
      const found = this.published.get(this.workspace.uri(name)) ?? [];
      return found.length === 0 ? undefined : found;
    });
  }

  private get encoding() {
    return this.result?.capabilities.positionEncoding === "utf-8" ? "utf-8" : "utf-16";
  }

  private known(name: string): { text: string; version: number } {
    const known = this.texts.get(name);
    if (known === undefined) throw new Error(`${name} is not open`);
    return known;
  }

  private async notice(name: string, type: FileChangeType): Promise<void> {
    const changes = [{ uri: this.workspace.uri(name), type }];
    await this.connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes });
  }

  /** Looks again at what is waited for. */
  wake(): void {
    this.happened();
  }

  private happened(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
