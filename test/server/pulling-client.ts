import {
  CancellationTokenSource,
  type Diagnostic,
  DocumentDiagnosticRequest,
  type WorkspaceDiagnosticReportPartialResult,
  WorkspaceDiagnosticRequest,
} from "vscode-languageserver-protocol/node";
import type { Client } from "./harness.ts";

/**
 * Shows diagnostics as VS Code does: what vscode-languageclient 11 keeps and throws away between
 * answers about single files and about the workspace (`common/diagnostic.js`, DiagnosticRequestor),
 * without its pauses. Tabs are apart from documents: a document outlives its tab for a while.
 */
export class PullingClient {
  readonly shown = new Map<string, readonly Diagnostic[]>();
  private readonly client: Client;
  private readonly tabs = new Set<string>();
  private readonly documents = new Set<string>();
  private readonly ofDocuments = new Map<string, { resultId: string | undefined }>();
  private readonly ofWorkspace = new Map<string, string | undefined>();
  private readonly requests = new Map<string, Pending>();
  private isOver = false;

  constructor(client: Client) {
    this.client = client;
    client.onRefresh = () => {
      for (const name of this.documents) if (this.tabs.has(name)) this.pull(name);
    };
    this.repeat().catch((error: unknown) => {
      if (!this.isOver && !this.client.isStopped) throw error;
    });
  }

  stop(): void {
    this.isOver = true;
  }

  codesOf(name: string): readonly string[] {
    return (this.shown.get(this.client.workspace.uri(name)) ?? []).map((it) => String(it.code));
  }

  has(name: string): boolean {
    return this.documents.has(name);
  }

  async open(name: string, text: string): Promise<void> {
    if (this.documents.has(name)) return;
    this.tabs.add(name);
    this.documents.add(name);
    await this.client.open(name, text);
    this.pull(name);
  }

  async edit(name: string, search: string, replacement: string): Promise<void> {
    await this.client.edit(name, search, replacement);
    if (!this.knows(name)) return;
    this.pull(name);
    // In VS Code one after the other, half a second apart.
    for (const other of this.documents) if (other !== name && this.knows(other)) this.pull(other);
  }

  closeTab(name: string): void {
    this.tabs.delete(name);
    this.forget(name);
  }

  async close(name: string): Promise<void> {
    this.closeTab(name);
    this.documents.delete(name);
    await this.client.close(name);
  }

  private knows(name: string): boolean {
    return this.ofDocuments.has(name) || this.requests.has(name);
  }

  private forget(name: string): void {
    if (!this.knows(name)) return;
    const pending = this.requests.get(name);
    if (pending === undefined) this.pull(name);
    else pending.state = "again";
    this.ofWorkspace.delete(this.client.workspace.uri(name));
  }

  private pull(name: string): void {
    this.pulled(name).catch((error: unknown) => {
      if (!this.isOver && !this.client.isStopped) throw error;
    });
  }

  private async pulled(name: string): Promise<void> {
    const pending = this.requests.get(name);
    if (pending !== undefined) {
      pending.source.cancel();
      pending.state = "again";
      return;
    }
    const state = this.ofDocuments.get(name) ?? { resultId: undefined };
    this.ofDocuments.set(name, state);
    const own: Pending = { state: "active", source: new CancellationTokenSource() };
    this.requests.set(name, own);
    const report = await this.ask(name, state.resultId, own);
    this.requests.delete(name);
    if (!this.tabs.has(name)) {
      this.ofDocuments.delete(name);
      return;
    }
    if (report !== undefined) {
      if (report.kind === "full") this.show(this.client.workspace.uri(name), report.items);
      state.resultId = report.resultId;
    }
    if (own.state === "again") this.pull(name);
  }

  private async ask(name: string, resultId: string | undefined, own: Pending) {
    try {
      const params = {
        textDocument: { uri: this.client.workspace.uri(name) },
        ...(resultId === undefined ? {} : { previousResultId: resultId }),
      };
      const { connection } = this.client;
      return await connection.sendRequest(DocumentDiagnosticRequest.type, params, own.source.token);
    } catch {
      // Called back, or outrun by an edit: it is asked again.
      own.state = "again";
      return undefined;
    }
  }

  private async repeat(): Promise<void> {
    const { connection } = this.client;
    for (let count = 0; !this.isOver; count += 1) {
      const partialResultToken = `part-${count}`;
      const taking = connection.onProgress(
        WorkspaceDiagnosticRequest.partialResult,
        partialResultToken,
        (part) => this.take(part),
      );
      const previousResultIds = [...this.ofWorkspace].flatMap(([uri, known]) => {
        const name = [...this.ofDocuments.keys()].find(
          (it) => this.client.workspace.uri(it) === uri,
        );
        const value = name === undefined ? known : this.ofDocuments.get(name)?.resultId;
        return value === undefined ? [] : [{ uri, value }];
      });
      this.take(
        await connection.sendRequest(WorkspaceDiagnosticRequest.type, {
          previousResultIds,
          partialResultToken,
        }),
      );
      taking.dispose();
    }
  }

  private take({ items }: WorkspaceDiagnosticReportPartialResult): void {
    for (const item of items) {
      const isAsked = [...this.ofDocuments.keys()].some(
        (it) => this.client.workspace.uri(it) === item.uri,
      );
      if (item.kind === "full" && !isAsked) this.show(item.uri, item.items);
      this.ofWorkspace.set(item.uri, item.resultId);
    }
  }

  private show(uri: string, diagnostics: readonly Diagnostic[]): void {
    this.shown.set(uri, diagnostics);
    this.client.wake();
  }
}

interface Pending {
  state: "active" | "again";
  readonly source: CancellationTokenSource;
}
