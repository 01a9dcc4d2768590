import { CancellationToken, type CompletionList, type Connection } from "vscode-languageserver";
import { Front, type Core, type Service } from "./front.ts";
import type { Requests } from "./protocol.ts";
import { record } from "./settings.ts";

/** The table from what the client says to who deals with it. */
export function serve(connection: Connection, load: () => Promise<Core>): void {
  const front = new Front(connection, load);
  const { ask, tell } = front;

  connection.onInitialize((params) => front.initialize(params));
  connection.onInitialized(() => front.initialized());
  connection.onShutdown(() => front.shutdown());

  connection.onDidOpenTextDocument(tell(({ session }, it) => session.inbox.open(it.textDocument)));
  connection.onDidChangeTextDocument(
    tell(({ session }, it) => session.inbox.change(it.textDocument, it.contentChanges)),
  );
  connection.onDidSaveTextDocument(tell(({ session }, it) => session.inbox.save(it.textDocument)));
  connection.onDidCloseTextDocument(
    tell(({ session }, it) => session.inbox.close(it.textDocument)),
  );
  connection.onDidChangeWatchedFiles(tell(({ session }, it) => session.inbox.watched(it.changes)));
  connection.workspace.onDidRenameFiles(tell(({ session }) => session.inbox.rediscover()));
  connection.workspace.onDidDeleteFiles(tell(({ session }) => session.inbox.rediscover()));
  connection.onDidChangeConfiguration(
    tell(({ session }, it) => session.reconfigure(record(it.settings)["mooring"])),
  );
  connection.onNotification(
    "mooring/changedFiles",
    tell(({ session }, it: unknown) => session.inbox.nameChanged(record(it)["uris"])),
  );

  connection.onNotification(
    "mooring/neighbours",
    tell(({ session }, it: unknown) => session.inbox.neighboursChanged(it)),
  );

  connection.languages.diagnostics.on(
    ask(
      ({ core, session }, params, token) => core.documentDiagnostics(session, params, token),
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
    ask(
      async ({ codeActions, core, session }, params, token) => [
        ...(await codeActions.offer(params, token)),
        ...core.surround(session, params),
      ],
      () => [],
    ),
  );
  connection.onCodeActionResolve(
    ask(
      ({ core, session }, action, token) => core.resolveCodeAction(session, action, token),
      (action) => action,
    ),
  );
  connection.onCompletion(
    ask(
      ({ core, session }, params) => core.complete(session, params),
      (): CompletionList => ({ isIncomplete: false, items: [] }),
    ),
  );
  connection.onCompletionResolve(
    ask(
      ({ core, session }, item) => core.completeItem(session, item),
      (item) => item,
    ),
  );
  connection.onHover(
    ask(
      ({ core, session }, params, token) => core.hover(session, params, token),
      () => null,
    ),
  );
  connection.onExecuteCommand(
    ask(
      async ({ core, session }, params, token) => {
        const progress = await front.progressFor(params.workDoneToken);
        return core.executeCommand(session, params, token, progress);
      },
      () => null,
    ),
  );

  on("mooring/explain", ({ core, session }, params) => core.explain(session, params));
  on("mooring/rules", ({ core }) => core.listRules());
  on("mooring/patterns", ({ core, session }, params) => core.listPatterns(session, params));
  on("mooring/status", ({ core, session }, params, token) => core.status(session, params, token));
  on("mooring/information", ({ core, session }, _, token) => core.information(session, token));
  on("mooring/checkWorkspace", async ({ core, session }, params, token) => {
    const progress = await front.progressFor(record(params)["workDoneToken"]);
    return core.checkWorkspace(session, token, progress);
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
    const asked = ask<unknown, unknown>(handler, () => null);
    connection.onRequest(method, (params: unknown, token: unknown) =>
      // A request that comes without parameters is handed on without them.
      CancellationToken.is(token)
        ? asked(params, token)
        : asked(null, CancellationToken.is(params) ? params : CancellationToken.None),
    );
  }
}
