import {
  type CancellationToken,
  commands,
  type ExtensionContext,
  l10n,
  type LogOutputChannel,
  ProgressLocation,
  Uri,
  window,
  workspace,
} from "vscode";
import type { CommandId } from "./commands-table.ts";
import { createConfiguration } from "./create-configuration.ts";
import { information } from "./information.ts";
import { insertPattern } from "./insert-pattern.ts";
import { chooseFromMenu } from "./menu.ts";
import type { RulePages } from "./rule-pages.ts";
import type { Server } from "./server.ts";
import type { StatusDisplay } from "./status.ts";

export interface Surroundings {
  readonly context: ExtensionContext;
  readonly server: Server;
  readonly pages: RulePages;
  readonly status: StatusDisplay;
  readonly log: LogOutputChannel;
}

type Command = (around: Surroundings, ...given: readonly unknown[]) => Promise<unknown>;

/** One function per command. Somebody has asked for these, so they may say how it went. */
const RUN: Readonly<Record<CommandId, Command>> = {
  "mooring.checkWorkspace": checkWorkspace,
  "mooring.fixAllInFile": fixAllInFile,
  "mooring.fixAllInWorkspace": fixAllInWorkspace,
  "mooring.explainRule": explainRule,
  "mooring.createConfiguration": createConfiguration,
  "mooring.insertPattern": ({ server }) => insertPattern(server),
  "mooring.restartServer": ({ server }) => server.restart(),
  "mooring.showOutput": async ({ log }) => log.show(),
  "mooring.collectInformation": collectInformation,
  "mooring.openWalkthrough": openWalkthrough,
  "mooring.openSample": openSample,
  "mooring.showMenu": showMenu,
};

export function registerCommands(around: Surroundings): void {
  for (const [id, run] of Object.entries(RUN)) {
    const registration = commands.registerCommand(id, async (...given: readonly unknown[]) => {
      try {
        return await run(around, ...given);
      } catch (error) {
        if (isCancelled(error)) return undefined;
        const message = error instanceof Error ? error.message : String(error);
        around.log.error(`${id}: ${error instanceof Error ? (error.stack ?? message) : message}`);
        await reportFailure(message, around.log);
        return undefined;
      }
    });
    around.context.subscriptions.push(registration);
  }
}

async function checkWorkspace({ server, status }: Surroundings): Promise<unknown> {
  const tally = await withProgress(l10n.t("Mooring: checking the workspace"), (token) =>
    server.ask("mooring/checkWorkspace", {}, token),
  );
  await status.refresh();
  await commands.executeCommand("workbench.actions.view.problems");
  return tally;
}

/** The editor's own way, which also says so when there is nothing to repair. */
async function fixAllInFile(): Promise<void> {
  const kind = "source.fixAll.mooring";
  await commands.executeCommand("editor.action.codeAction", { kind, apply: "first" });
}

/** The editor shows the changes first, since the server has marked each as to be confirmed. */
async function fixAllInWorkspace({ server }: Surroundings): Promise<boolean> {
  const proposal = await withProgress(l10n.t("Mooring: repairing the workspace"), (token) =>
    server.fixAllInWorkspace(token),
  );
  if (proposal?.edit !== undefined) {
    return workspace.applyEdit(proposal.edit, { isRefactoring: true });
  }
  const refused = proposal?.refused ?? 0;
  const message =
    refused === 0
      ? l10n.t("There is nothing that can be repaired safely.")
      : l10n.t("{0} repairs were tried, and none of them holds.", refused);
  await window.showInformationMessage(message);
  return false;
}

async function explainRule({ server, pages }: Surroundings, given: unknown): Promise<void> {
  const rule = typeof given === "string" ? given : await chooseRule(server);
  if (rule !== undefined) await pages.show(rule);
}

async function chooseRule(server: Server): Promise<string | undefined> {
  const rules = await server.ask("mooring/rules", null);
  const items = rules.map(({ id, summary, severity, profile }) => ({
    label: id,
    description: `${severity} · ${profile}`,
    detail: summary,
  }));
  const chosen = await window.showQuickPick(items, {
    placeHolder: l10n.t("Which rule?"),
    matchOnDetail: true,
  });
  return chosen?.label;
}

/** As a text that is no file yet: to be read, and shortened, before anybody else gets it. */
async function collectInformation(around: Surroundings): Promise<void> {
  const content = await information(around);
  const document = await workspace.openTextDocument({ language: "markdown", content });
  await window.showTextDocument(document, { preview: false });
}

async function openWalkthrough({ context }: Surroundings): Promise<void> {
  const walkthrough = `${context.extension.id}#start`;
  await commands.executeCommand("workbench.action.openWalkthrough", walkthrough, false);
}

/** A copy that is no file, so that nothing has to be put back afterwards. */
async function openSample({ context }: Surroundings): Promise<void> {
  const uri = Uri.joinPath(context.extensionUri, "client/walkthrough/sample.ts.txt");
  const content = new TextDecoder().decode(await workspace.fs.readFile(uri));
  const document = await workspace.openTextDocument({ language: "typescript", content });
  await window.showTextDocument(document, { preview: false });
}

async function showMenu({ server, status }: Surroundings): Promise<void> {
  await status.refresh();
  const { command, open } = {
    command: undefined,
    open: undefined,
    ...(await chooseFromMenu(server, status)),
  };
  if (command !== undefined) await commands.executeCommand(command);
  if (open !== undefined) await window.showTextDocument(open);
}

function withProgress<T>(
  title: string,
  task: (token: CancellationToken) => Promise<T>,
): Thenable<T> {
  const location = ProgressLocation.Window;
  return window.withProgress({ location, title, cancellable: true }, (_, token) => task(token));
}

async function reportFailure(message: string, log: LogOutputChannel): Promise<void> {
  const show = l10n.t("Show Output");
  const chosen = await window.showErrorMessage(`Mooring: ${message}`, show);
  if (chosen === show) log.show();
}

/** Codes of LSP for requests that somebody called back or that the texts have outrun. */
function isCancelled(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return error.code === -32800 || error.code === -32801 || error.code === -32802;
}
