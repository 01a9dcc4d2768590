import { type ExtensionContext, l10n, window } from "vscode";
import { watchChangedFiles } from "./changed-files.ts";
import { registerCommands } from "./commands.ts";
import { watchNeighbours } from "./neighbours.ts";
import { RulePages } from "./rule-pages.ts";
import { Server } from "./server.ts";
import { StatusDisplay } from "./status.ts";

/** What tests in a real editor look at; nobody else needs it. */
export interface Exports {
  readonly server: Server;
  readonly status: StatusDisplay;
}

/** Nothing here waits: the editor is held up for as long as this takes. */
export function activate(context: ExtensionContext): Exports {
  const log = window.createOutputChannel("Mooring", { log: true });
  const server = new Server(context, log);
  const pages = new RulePages(server);
  const status = new StatusDisplay(server, context, log);
  context.subscriptions.push(log, server, pages, status);
  registerCommands({ context, server, pages, status, log });
  watchChangedFiles(context, server);
  watchNeighbours(context, server);
  server.start().catch((error: unknown) => {
    // The status says it too. A message that nobody asked for would only be in the way.
    log.error(l10n.t("The server could not be started."), String(error));
  });
  return { server, status };
}

/** Waits, since the editor ends what is still running soon after this. */
export async function deactivate(): Promise<void> {
  await Server.stopAll();
}
