import {
  type CancellationToken,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  ResponseError,
  type ResultProgressReporter,
  type WorkDoneProgressReporter,
} from "vscode-languageserver";
import { initializeResult, WATCHED } from "./capabilities.ts";
import { type ClientAbilities, abilitiesOf } from "./client-abilities.ts";
import type * as core from "./core.ts";
import { isRefusal, throwIfCancelled } from "./pause.ts";
import { version } from "./version.ts";

export type Core = typeof core;

/** The loaded core, and what it has made for this client. */
export interface Service {
  readonly core: Omit<Core, "Session" | "Publisher" | "CodeActions" | "WorkspaceDiagnostics">;
  readonly session: core.Session;
  readonly codeActions: core.CodeActions;
  readonly workspaceDiagnostics: core.WorkspaceDiagnostics;
}

/**
 * What the client talks to before the analysis is loaded. The first message that needs it loads it,
 * and those behind wait in line.
 */
export class Front {
  private readonly connection: Connection;
  private readonly load: () => Promise<Core>;
  private readonly version = version();
  private params: InitializeParams = { processId: null, rootUri: null, capabilities: {} };
  private client: ClientAbilities = abilitiesOf({});
  private loading: Promise<Service> | undefined;
  private service: Service | undefined;

  constructor(connection: Connection, load: () => Promise<Core>) {
    this.connection = connection;
    this.load = load;
  }

  initialize(params: InitializeParams): InitializeResult {
    this.params = params;
    this.client = abilitiesOf(params.capabilities);
    return initializeResult(this.client, this.version);
  }

  initialized(): void {
    const { client, connection } = this;
    if (client.configurationChanges) {
      this.expect(
        connection.client.register(DidChangeConfigurationNotification.type, { section: "mooring" }),
      );
    }
    if (client.watchesFiles) {
      const watchers = WATCHED.map((globPattern) => ({ globPattern }));
      this.expect(connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }));
    }
    if (client.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(
        this.tell(({ session }, { added, removed }) => session.changeFolders(added, removed)),
      );
    }
  }

  async shutdown(): Promise<void> {
    if (this.loading === undefined) return;
    const { session } = await this.loading;
    session.dispose();
  }

  /** The client's own progress, or one that it is asked to show. */
  async progressFor(token: unknown): Promise<WorkDoneProgressReporter> {
    const { window } = this.connection;
    if (typeof token === "string" || typeof token === "number") {
      return window.attachWorkDoneProgress(token);
    }
    return this.client.progress
      ? window.createWorkDoneProgress()
      : window.attachWorkDoneProgress(undefined);
  }

  /**
   * A handler that gets the core, and an answer for when it fails: clients show errors, to people
   * who have asked for nothing.
   */
  readonly ask = <P, R, Part = never>(
    handler: (
      service: Service,
      params: P,
      token: CancellationToken,
      progress: WorkDoneProgressReporter,
      partial: ResultProgressReporter<Part> | undefined,
    ) => R | Promise<R>,
    otherwise: (params: P) => R,
  ) => {
    return async (
      params: P,
      token: CancellationToken,
      progress: WorkDoneProgressReporter = this.connection.window.attachWorkDoneProgress(undefined),
      partial?: ResultProgressReporter<Part>,
    ): Promise<R | ResponseError<never>> => {
      try {
        const service = await this.loaded();
        throwIfCancelled(token);
        return await handler(service, params, token, progress, partial);
      } catch (error) {
        if (isRefusal(error)) return new ResponseError(error.code, error.message);
        this.report(error);
        return otherwise(params);
      }
    };
  };

  readonly tell = <P>(handler: (service: Service, params: P) => void) => {
    return (params: P): void => {
      this.loaded()
        .then((it) => handler(it, params))
        .catch((error: unknown) => this.report(error));
    };
  };

  private loaded(): Promise<Service> {
    this.loading ??= this.start();
    return this.loading;
  }

  private async start(): Promise<Service> {
    const { Session, Publisher, CodeActions, WorkspaceDiagnostics, ...handlers } =
      await this.load();
    const session = new Session(this.connection, this.params, this.version);
    const codeActions = new CodeActions(session);
    const workspaceDiagnostics = new WorkspaceDiagnostics(session);
    new Publisher(session).start();
    this.service = { core: handlers, session, codeActions, workspaceDiagnostics };
    return this.service;
  }

  private report(error: unknown): void {
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.connection.console.error(
      `A request failed. This is a bug in Mooring ${this.version}; please report it.\n${details}`,
    );
    this.service?.session.status.fail("server", "A request failed.", error);
  }

  private expect(done: Promise<unknown>): void {
    done.catch((error: unknown) => this.report(error));
  }
}
