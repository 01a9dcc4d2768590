import {
  type CancellationToken,
  type Disposable,
  env,
  EventEmitter,
  type ExtensionContext,
  l10n,
  type LogOutputChannel,
  type WorkspaceEdit,
} from "vscode";
import type { ClientNotifications, FixAllResult, Requests, Status } from "../server/protocol.ts";
import type { Connection } from "./connection.ts";

/** Whether there is somebody to talk to. */
export type Life =
  | { readonly state: "starting" | "running" | "stopped" }
  | { readonly state: "failed"; readonly reason: string };

export interface FixAllProposal extends Omit<FixAllResult, "edit"> {
  readonly edit: WorkspaceEdit | undefined;
}

/** Starts, restarts and stops the server, and speaks to it in the terms of server/protocol.ts. */
export class Server implements Disposable {
  private static readonly all = new Set<Server>();

  private readonly context: ExtensionContext;
  private readonly log: LogOutputChannel;
  private readonly lifeChanged = new EventEmitter<Life>();
  private readonly statusChanged = new EventEmitter<Status>();
  private readonly activated = performance.now();
  private connection: Connection | undefined;
  private starting: Promise<Connection> | undefined;
  private current: Life = { state: "stopped" };

  readonly onLife = this.lifeChanged.event;
  readonly onStatus = this.statusChanged.event;
  /** How long after the activation the server has answered `initialize`. */
  answeredAfter: number | undefined;

  constructor(context: ExtensionContext, log: LogOutputChannel) {
    this.context = context;
    this.log = log;
    Server.all.add(this);
  }

  static async stopAll(): Promise<void> {
    await Promise.all([...Server.all].map((it) => it.stop()));
  }

  get life(): Life {
    return this.current;
  }

  async start(): Promise<void> {
    await this.connected();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const { starting } = this;
    this.starting = undefined;
    this.connection = undefined;
    if (starting === undefined) return;
    try {
      const connection = await starting;
      await connection.stop();
    } catch (error) {
      // It never came up or does not go down in order: either way there is nothing left to stop.
      this.log.warn(l10n.t("The server did not stop in order."), String(error));
    }
    this.live({ state: "stopped" });
  }

  async ask<M extends keyof Requests>(
    method: M,
    params: Requests[M]["params"],
    token?: CancellationToken,
  ): Promise<Requests[M]["result"]> {
    const connection = await this.connected();
    return connection.request(method, params, token);
  }

  /** What nobody hears is said again when somebody listens; so this starts nothing. */
  async tell<M extends keyof ClientNotifications>(
    method: M,
    params: ClientNotifications[M],
  ): Promise<void> {
    await this.connection?.notify(method, params);
  }

  async fixAllInWorkspace(token: CancellationToken): Promise<FixAllProposal | null> {
    const connection = await this.connected();
    return connection.fixAllInWorkspace(token);
  }

  dispose(): void {
    Server.all.delete(this);
    this.lifeChanged.dispose();
    this.statusChanged.dispose();
  }

  private connected(): Promise<Connection> {
    this.starting ??= this.connect();
    return this.starting;
  }

  private async connect(): Promise<Connection> {
    this.live({ state: "starting" });
    try {
      // The editor counts as activation what is done before the first pause.
      await pause();
      // A bundle of its own: what speaks the protocol takes longer to load than all the rest.
      const { connect } = await import("./connection.ts");
      const connection = await connect({
        module: this.context.asAbsolutePath("dist/server.cjs"),
        locale: env.language,
        log: this.log,
        onStatus: (status) => this.statusChanged.fire(status),
        onLife: (life) => this.live(life),
      });
      this.connection = connection;
      this.answeredAfter ??= performance.now() - this.activated;
      return connection;
    } catch (error) {
      this.starting = undefined;
      this.live({
        state: "failed",
        reason: error instanceof Error ? error.message : String(error),
      });
      throw error;
    }
  }

  private live(life: Life): void {
    this.current = life;
    this.lifeChanged.fire(life);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
