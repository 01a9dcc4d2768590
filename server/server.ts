import {
  type CancellationToken,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  ResponseError,
  WorkDoneProgressReporter,
} from "vscode-languageserver";
import { FIX_ALL_IN_WORKSPACE, initializeResult, WATCHED } from "./capabilities.ts";
import { type ClientAbilities, abilitiesOf } from "./client-abilities.ts";
import { cancelled } from "./pause.ts";
import type * as core from "./core.ts";
import type { Requests } from "./protocol.ts";
import { record } from "./settings.ts";
import { version } from "./version.ts";

export type Core = typeof core;

/** The loaded core, and what it has made for this client. */
interface Service {
  readonly core: Core;
  readonly session: core.Session;
  readonly codeActions: core.CodeActions;
  readonly workspaceDiagnostics: core.WorkspaceDiagnostics;
}

/**
 * Capabilities, and the table from request to handler. `initialize` is answered here; the first
 * message that needs the analysis loads it, and those behind it wait in line.
 */
export function serve(connection: Connection, load: () => Promise<Core>): void {
  const front = new Front(connection, load);
  const { ask, tell } = front;
  const none = () => null;

  connection.onInitialize((params) => front.initialize(params));
  connection.onInitialized(() => front.initialized());
  connection.onShutdown(() => front.shutdown());

  connection.onDidOpenTextDocument(tell(({ session }, it) => session.open(it.textDocument)));
  connection.onDidChangeTextDocument(
    tell(({ session }, it) => session.change(it.textDocument, it.contentChanges)),
  );
  connection.onDidSaveTextDocument(tell(({ session }, it) => session.save(it.textDocument)));
  connection.onDidCloseTextDocument(tell(({ session }, it) => session.close(it.textDocument)));
  connection.onDidChangeWatchedFiles(tell(({ session }, it) => session.watched(it.changes)));
  connection.workspace.onDidRenameFiles(tell(({ session }) => session.rediscover()));
  connection.workspace.onDidDeleteFiles(tell(({ session }) => session.rediscover()));
  connection.onDidChangeConfiguration(
    tell(({ session }, it) => session.reconfigure(record(it.settings)["mooring"])),
  );
  connection.onNotification(
    "mooring/changedFiles",
    tell(({ session }, it: unknown) => session.nameChanged(record(it)["uris"])),
  );

  connection.languages.diagnostics.on(
    ask(
      ({ core: { documentDiagnostics }, session }, params, token) =>
        documentDiagnostics(session, params, token),
      () => ({ kind: "full" as const, items: [] }),
    ),
  );
  connection.languages.diagnostics.onWorkspace(
    ask(
      ({ workspaceDiagnostics }, params, token, progress, partial) =>
        workspaceDiagnostics.answer(params, token, progress, partial),
      () => ({ items: [] }),
    ),
  );
  connection.onCodeAction(
    ask(({ codeActions }, params, token) => codeActions.offer(params, token), none),
  );
  connection.onCodeActionResolve(
    ask(
      ({ core: { resolveCodeAction }, session }, action, token) =>
        resolveCodeAction(session, action, token),
      (action) => action,
    ),
  );
  connection.onHover(
    ask(({ core: { hover }, session }, params, token) => hover(session, params, token), none),
  );
  connection.onExecuteCommand(
    ask(async ({ core: { executeCommand }, session }, params, token, progress) => {
      const own = params.command === FIX_ALL_IN_WORKSPACE;
      const reporter = own ? await front.progressFor(params.workDoneToken, progress) : progress;
      return executeCommand(session, params, token, reporter);
    }, none),
  );

  on("mooring/explain", ({ core: { explain }, session }, params) => explain(session, params));
  on("mooring/rules", ({ core: { listRules } }) => listRules());
  on("mooring/status", ({ core: { status }, session }, params, token) =>
    status(session, params, token),
  );
  on("mooring/information", ({ core: { information }, session }, _, token) =>
    information(session, token),
  );
  on("mooring/checkWorkspace", async ({ core: { checkWorkspace }, session }, params, token) => {
    const progress = await front.progressFor(record(params)["workDoneToken"]);
    return checkWorkspace(session, token, progress);
  });

  /** Parameters are not trusted to be what the protocol says. */
  function on<M extends keyof Requests>(
    method: M,
    handler: (
      service: Service,
      params: unknown,
      token: CancellationToken,
    ) => Requests[M]["result"] | Promise<Requests[M]["result"]>,
  ): void {
    connection.onRequest(method, ask<unknown, Requests[M]["result"] | null, undefined>(handler, none));
  }
}

class Front {
  private readonly connection: Connection;
  private readonly load: () => Promise<Core>;
  private readonly version = version();
  private params: InitializeParams | undefined;
  private client: ClientAbilities | undefined;
  private loading: Promise<Service> | undefined;

  constructor(connection: Connection, load: () => Promise<Core>) {
    this.connection = connection;
    this.load = load;
  }

  initialize(params: InitializeParams) {
    this.params = params;
    this.client = abilitiesOf(params.capabilities);
    return initializeResult(this.client, this.version);
  }

  initialized(): void {
    const { client, connection } = this;
    if (client?.configurationChanges === true) {
      this.register(DidChangeConfigurationNotification.method, { section: "mooring" });
    }
    if (client?.watchesFiles === true) {
      const watchers = WATCHED.map((globPattern) => ({ globPattern }));
      this.register(DidChangeWatchedFilesNotification.method, { watchers });
    }
    if (client?.workspaceFolders === true) {
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
  async progressFor(
    token: unknown,
    given?: WorkDoneProgressReporter,
  ): Promise<WorkDoneProgressReporter> {
    const { window } = this.connection;
    if (typeof token === "string" || typeof token === "number") {
      return given ?? window.attachWorkDoneProgress(token);
    }
    if (this.client?.progress !== true) return window.attachWorkDoneProgress(undefined);
    return window.createWorkDoneProgress();
  }

  /**
   * A handler that gets the core, and an answer for when it fails: a client shows errors to people
   * who have asked for nothing.
   */
  readonly ask = <P, R, Partial>(
    handler: (
      service: Service,
      params: P,
      token: CancellationToken,
      progress: WorkDoneProgressReporter,
      partial: Partial,
    ) => R | Promise<R>,
    otherwise: (params: P) => R,
  ) => {
    return async (
      params: P,
      token: CancellationToken,
      progress?: WorkDoneProgressReporter,
      partial?: Partial,
    ): Promise<R | ResponseError<undefined>> => {
      return otherwise(params);
    };
  };

  readonly tell = <P>(handler: (service: Service, params: P) => void) => {
    return (params: P): void => {
      this.service()
        .then((it) => handler(it, params))
        .catch((error: unknown) => this.report(error));
    };
  };
}
