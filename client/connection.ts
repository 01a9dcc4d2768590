import {
  type CancellationToken,
  CancellationTokenSource,
  l10n,
  type LogOutputChannel,
} from "vscode";
import {
  CloseAction,
  type CreateFile,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type WorkspaceEdit,
} from "vscode-languageclient/node";
import type {
  ClientNotifications,
  FixAllInWorkspace,
  FixAllResult,
  InitializationOptions,
  Requests,
  ServerNotifications,
  Status,
} from "../server/protocol.ts";
import { RULE_PAGES, SELECTOR } from "./documents.ts";
import type { FixAllProposal, Life } from "./server.ts";

// The only file that loads vscode-languageclient. It has a bundle of its own, so that the extension
// is there before it.

export interface ConnectionSetup {
  readonly module: string;
  readonly locale: string;
  readonly log: LogOutputChannel;
  readonly onStatus: (status: Status) => void;
  readonly onLife: (life: Life) => void;
}

/** So often may the server end by itself within `CRASH_WINDOW` before it is left alone. */
const MOST_CRASHES = 4;
const CRASH_WINDOW = 180_000;

const FIX_ALL: FixAllInWorkspace["command"] = "mooring.server.fixAllInWorkspace";

/**
 * VS Code shows an edit first if any part of it needs to be confirmed, and leaves such parts unticked:
 * somebody who wants all repairs would have to tick each. So one part that changes nothing and is not
 * even listed, the creation of a file that is there, asks for the preview, and all others are ticked.
 */
function ticked(edit: WorkspaceEdit): WorkspaceEdit {
  const { documentChanges = [], changeAnnotations = {} } = edit;
  const [first] = documentChanges;
  if (first === undefined || !("textDocument" in first)) return edit;
  const annotations = Object.entries(changeAnnotations).map(
    ([id, annotation]) => [id, { ...annotation, needsConfirmation: false }] as const,
  );
  const show: CreateFile = {
    kind: "create",
    uri: first.textDocument.uri,
    options: { ignoreIfExists: true },
    annotationId: SHOW,
  };
  return {
    documentChanges: [show, ...documentChanges],
    changeAnnotations: {
      ...Object.fromEntries(annotations),
      [SHOW]: { label: "Mooring", needsConfirmation: true },
    },
  };
}

const SHOW = "mooring.show";

export async function connect(setup: ConnectionSetup): Promise<Connection> {
  const connection = new Connection(setup);
  await connection.start();
  return connection;
}

export class Connection {
  private readonly client: LanguageClient;
  private readonly setup: ConnectionSetup;
  private readonly crashes: number[] = [];
  private isGivenUp = false;

  constructor(setup: ConnectionSetup) {
    this.setup = setup;
    const server = { module: setup.module, transport: TransportKind.ipc };
    this.client = new LanguageClient("mooring", "Mooring", server, this.options());
    this.client.onNotification("mooring/status", (status: ServerNotifications["mooring/status"]) =>
      setup.onStatus(status),
    );
    this.client.onDidChangeState(({ newState }) => this.changed(newState));
  }

  async start(): Promise<void> {
    await this.client.start();
  }

  async stop(): Promise<void> {
    await this.client.dispose();
  }

  request<M extends keyof Requests>(
    method: M,
    params: Requests[M]["params"],
    token?: CancellationToken,
  ): Promise<Requests[M]["result"]> {
    // A token that is left out would be sent along as a second parameter.
    const given = token ?? new CancellationTokenSource().token;
    return this.client.sendRequest<Requests[M]["result"]>(method, params, given);
  }

  notify<M extends keyof ClientNotifications>(
    method: M,
    params: ClientNotifications[M],
  ): Promise<void> {
    return this.client.sendNotification(method, params);
  }

  /** The edit comes back instead of being applied, because it is for us to show it first. */
  async fixAllInWorkspace(token: CancellationToken): Promise<FixAllProposal | null> {
    const { client } = this;
    const params = { command: FIX_ALL, arguments: [{ apply: false }] };
    const result: FixAllResult | null = await client.sendRequest(
      ExecuteCommandRequest.type,
      params,
      token,
    );
    if (result === null) return null;
    const { edit, ...counts } = result;
    if (edit === null) return { ...counts, edit: undefined };
    const shown = await client.protocol2CodeConverter.asWorkspaceEdit(ticked(edit), token);
    return { ...counts, edit: shown };
  }

  private options(): LanguageClientOptions {
    const initializationOptions: InitializationOptions = {
      explainCommand: "mooring.explainRule",
      rulePages: RULE_PAGES,
      showsMessages: true,
      statusNotifications: true,
      snippets: "contributed",
    };
    const { log } = this.setup;
    return {
      documentSelector: SELECTOR,
      initializationOptions,
      outputChannel: log,
      traceOutputChannel: log,
      // Failures are in the log and in the status. Nobody has asked for a window that says so.
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      markdown: { isTrusted: { enabledCommands: ["mooring.explainRule"] } },
      diagnosticPullOptions: { onChange: true, onSave: true },
      errorHandler: {
        error: (error) => {
          log.error(l10n.t("The connection to the server is disturbed."), error.message);
          return { action: ErrorAction.Continue, handled: true };
        },
        closed: () => ({ action: this.closed(), handled: true }),
      },
    };
  }

  private closed(): CloseAction {
    const now = Date.now();
    this.crashes.push(now);
    const recent = this.crashes.filter((it) => now - it < CRASH_WINDOW);
    if (recent.length <= MOST_CRASHES) return CloseAction.Restart;
    this.isGivenUp = true;
    return CloseAction.DoNotRestart;
  }

  private changed(state: State): void {
    const { onLife } = this.setup;
    if (state === State.Running) onLife({ state: "running" });
    if (state === State.Starting) onLife({ state: "starting" });
    if (state === State.Stopped && this.isGivenUp) {
      const minutes = CRASH_WINDOW / 60_000;
      const reason = l10n.t(
        "The server ended by itself {0} times in {1} minutes.",
        this.crashes.length,
        minutes,
      );
      onLife({ state: "failed", reason });
    }
  }
}
