import {
  type Disposable,
  type ExtensionContext,
  l10n,
  languages,
  type LanguageStatusItem,
  LanguageStatusSeverity,
  type LogOutputChannel,
  Uri,
  window,
  workspace,
} from "vscode";
import type { Status } from "../server/protocol.ts";
import { SHOWN } from "./documents.ts";
import type { Server } from "./server.ts";

/** Typing changes the status all the time; people read it now and then. */
const QUIET = 300;

/** What stands behind the braces in the status bar: how things are, in words as well as in colour. */
export class StatusDisplay implements Disposable {
  private readonly server: Server;
  private readonly log: LogOutputChannel;
  private readonly version: string;
  private readonly item: LanguageStatusItem;
  private readonly configuration: LanguageStatusItem;
  private readonly subscriptions: Disposable[];
  private timer: NodeJS.Timeout | undefined;
  private last: Status | undefined;

  constructor(server: Server, context: ExtensionContext, log: LogOutputChannel) {
    const manifest: { readonly version?: unknown } = context.extension.packageJSON;
    this.server = server;
    this.log = log;
    this.version = String(manifest.version);
    this.item = languages.createLanguageStatusItem("mooring.status", SHOWN);
    this.item.name = "Mooring";
    this.item.command = { command: "mooring.showMenu", title: l10n.t("Show Status") };
    this.configuration = languages.createLanguageStatusItem("mooring.configuration", SHOWN);
    this.configuration.name = l10n.t("Mooring: configuration");
    this.subscriptions = [
      this.item,
      this.configuration,
      server.onLife(() => {
        this.show();
        this.refreshSoon();
      }),
      server.onStatus((status) => this.received({ ...status, file: this.last?.file ?? null })),
      window.onDidChangeActiveTextEditor(() => this.refreshSoon()),
    ];
    this.show();
  }

  /** As last heard, for the menu and for tests. */
  get current(): Status | undefined {
    return this.last;
  }

  /** In words, as it is shown. */
  get shown(): { readonly text: string; readonly detail: string } {
    return { text: this.item.text, detail: this.item.detail ?? "" };
  }

  /** Asks how things are for the file in the active editor. */
  async refresh(): Promise<Status | undefined> {
    if (this.server.life.state !== "running") return this.last;
    const uri = window.activeTextEditor?.document.uri.toString();
    this.last = await this.server.ask("mooring/status", uri === undefined ? {} : { uri });
    this.show();
    return this.last;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const it of this.subscriptions) it.dispose();
  }

  private received(status: Status): void {
    this.last = status;
    this.show();
    this.refreshSoon();
  }

  private refreshSoon(): void {
    // One that is under way is not put off: where much happens it would never come.
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.refresh().catch((error: unknown) => {
        // The server has ended meanwhile, or has other things to do; what is shown says so already.
        this.log.debug(String(error));
      });
    }, QUIET);
  }

  private show(): void {
    const { life } = this.server;
    const { item, last } = this;
    const failure = life.state === "failed" ? life.reason : failureOf(last);
    item.busy = life.state === "starting" || last?.state === "checking";
    item.severity =
      life.state === "failed"
        ? LanguageStatusSeverity.Error
        : failure === undefined
          ? LanguageStatusSeverity.Information
          : LanguageStatusSeverity.Warning;
    item.text =
      failure === undefined ? `Mooring ${this.version}` : `$(warning) Mooring ${this.version}`;
    item.detail = failure ?? this.detail();
    item.accessibilityInformation = { label: `Mooring: ${item.detail}` };
    this.showConfiguration();
  }

  /** A line of its own, because one line does not hold it all. */
  private showConfiguration(): void {
    const { configuration, last } = this;
    const path = last?.file?.configuration ?? null;
    configuration.text = path === null ? l10n.t("No Mooring configuration") : relative(path);
    const parts = [
      last?.file === null || last === undefined ? undefined : profileOf(last),
      compilerOf(last),
    ];
    configuration.detail = parts.filter((it) => it !== undefined).join(" · ");
    const open = { command: "vscode.open", title: l10n.t("Open Configuration") };
    configuration.command = path === null ? undefined : { ...open, arguments: [Uri.file(path)] };
  }

  private detail(): string {
    const { last } = this;
    const { state } = this.server.life;
    if (state === "starting") return l10n.t("starting");
    if (state === "stopped") return l10n.t("stopped");
    if (last === undefined) return l10n.t("ready");
    const { file, slow } = last;
    const parts = [
      file === null || file.checked ? lastRunOf(last) : (file.reason ?? undefined),
      ...(file?.left ?? []).map(leftTo),
      slow === null
        ? undefined
        : l10n.t("{0} took {1} ms", nameOf(slow.uri), Math.round(slow.milliseconds)),
    ];
    return parts.filter((it) => it !== undefined).join(" · ");
  }
}

export function configurationOf(status: Status): string {
  const path = status.file?.configuration ?? null;
  const name = path === null ? l10n.t("none") : relative(path);
  return `${name} · ${profileOf(status)}`;
}

function profileOf({ file }: Status): string {
  return l10n.t("profile “{0}”", file?.profile ?? "recommended");
}

/** The server names the library too that brings the compiler; its version is what people compare. */
export function compilerOf(status: Status | undefined): string | undefined {
  const compiler = status?.compiler ?? undefined;
  return compiler === undefined
    ? undefined
    : (/TypeScript [\w.-]+/.exec(compiler)?.[0] ?? compiler);
}

function relative(path: string): string {
  return workspace.asRelativePath(path);
}

export function lastRunOf({ lastRun }: Status): string | undefined {
  if (lastRun === null) return undefined;
  const { files, errors, warnings, hints, milliseconds } = lastRun;
  return l10n.t(
    "{0} findings in {1} files, {2}",
    errors + warnings + hints,
    files,
    milliseconds < 1
      ? l10n.t("under 1 ms")
      : milliseconds < 1000
        ? `${milliseconds} ms`
        : `${(milliseconds / 1000).toFixed(1)} s`,
  );
}

export function leftTo({ source, count }: { source: string; count: number }): string {
  return l10n.t("{0} left to {1}", count, source);
}

function failureOf(status: Status | undefined): string | undefined {
  const latest = status?.problems.at(-1);
  if (latest === undefined) return undefined;
  return latest.uri === null ? latest.message : `${nameOf(latest.uri)}: ${latest.message}`;
}

function nameOf(uri: string): string {
  return workspace.asRelativePath(Uri.parse(uri));
}
