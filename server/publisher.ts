import type { Diagnostic } from "vscode-languageserver";
import { problemDiagnosticOf } from "./convert.ts";
import { delay, type Signal } from "./pause.ts";
import type { Session } from "./session.ts";
import { Tallying } from "./status.ts";

/** How long, in milliseconds, to wait for more of the same before something is sent unasked. */
const REST = 50;

/**
 * What is sent without being asked for: what is wrong with configurations, to every client, since
 * nobody asks about those files; and findings, to clients that do not ask for them.
 */
export class Publisher {
  private readonly session: Session;
  private readonly sent = new Map<string, string>();
  private status = "";

  constructor(session: Session) {
    this.session = session;
  }

  start(): void {
    this.repeat(() => this.publish(), this.session.inbox.changed);
    if (this.session.options["statusNotifications"] === true) {
      this.repeat(() => this.sendStatus(), this.session.statusChanged);
    }
  }

  private repeat(work: () => Promise<void>, signal: Signal): void {
    const { session } = this;
    const loop = async () => {
      while (!session.isDisposed) {
        const next = signal.wait();
        await work();
        await next;
        await delay(REST);
      }
    };
    loop().catch((error: unknown) => {
      if (session.isDisposed) return;
      session.status.fail("server", "Nothing can be sent unasked any more.", error);
    });
  }

  private async publish(): Promise<void> {
    const { session } = this;
    await session.settle();
    const current = new Map<string, Diagnostic[]>();
    for (const problem of session.problems) {
      const uri = session.uriOf(problem.file);
      const diagnostic = problemDiagnosticOf(problem, session.linesOf(problem.file));
      current.set(uri, [...(current.get(uri) ?? []), diagnostic]);
    }
    for (const [uri, diagnostics] of current) await this.send(uri, diagnostics);
    if (session.inbox.needsRefresh || (await session.hasOutdated())) {
      session.inbox.needsRefresh = false;
      await session.refresh();
    }
    if (!session.client.pullsDiagnostics) {
      const tallying = new Tallying();
      session.status.begin();
      try {
        for await (const entry of session.everything()) {
          const { uri, diagnostics } = entry;
          tallying.add(entry);
          await this.send(uri, diagnostics);
          current.set(uri, [...diagnostics]);
        }
      } finally {
        session.status.end(tallying.tally());
      }
    }
    for (const uri of this.sent.keys()) if (!current.has(uri)) await this.send(uri, []);
  }

  /** Only what is news. */
  private async send(uri: string, diagnostics: readonly Diagnostic[]): Promise<void> {
    const text = JSON.stringify(diagnostics);
    if ((this.sent.get(uri) ?? "[]") === text) return;
    if (diagnostics.length === 0) this.sent.delete(uri);
    else this.sent.set(uri, text);
    await this.session.connection.sendDiagnostics({ uri, diagnostics: [...diagnostics] });
  }

  private async sendStatus(): Promise<void> {
    const status = this.session.status.current(null);
    const text = JSON.stringify(status);
    if (text === this.status) return;
    this.status = text;
    await this.session.connection.sendNotification("mooring/status", status);
  }
}
