import { l10n, type QuickPickItem, QuickPickItemKind, Uri, window, workspace } from "vscode";
import type { CommandId } from "./commands-table.ts";
import type { Server } from "./server.ts";
import { compilerOf, configurationOf, lastRunOf, leftTo, type StatusDisplay } from "./status.ts";

/** What can be done from the menu: run a command, or look at a file. */
export type Choice =
  | { readonly command: CommandId }
  | { readonly open: Uri }
  | { readonly command?: undefined; readonly open?: undefined };

interface Item extends QuickPickItem {
  readonly choice: Choice;
}

/** How things are, and below it what to do about them. Choosing a line never surprises. */
export async function chooseFromMenu(server: Server, status: StatusDisplay): Promise<Choice> {
  const items = [...facts(server, status), ...actions(status)];
  const chosen = await window.showQuickPick(items, {
    title: `Mooring ${status.current?.version ?? ""}`,
    placeHolder: l10n.t("How things are, and what to do about them"),
  });
  return chosen?.choice ?? {};
}

function facts({ life }: Server, { current }: StatusDisplay): Item[] {
  const items: Item[] = [separator(l10n.t("How things are"))];
  if (life.state === "failed") {
    items.push(line("error", l10n.t("The server is not running"), life.reason, showOutput()));
  }
  if (current === undefined) return items;
  for (const { message, uri } of current.problems.toReversed()) {
    const choice = uri === null ? showOutput() : { open: Uri.parse(uri) };
    items.push(line("warning", message, "", choice));
  }
  const { file } = current;
  const compiler = compilerOf(current);
  if (file !== null) {
    const path = file.configuration;
    const choice = path === null ? {} : { open: Uri.file(path) };
    items.push(line("settings", l10n.t("Configuration"), configurationOf(current), choice));
    if (!file.checked) {
      items.push(line("circle-slash", l10n.t("This file is not checked"), file.reason ?? "", {}));
    }
    if (file.project !== null) {
      items.push(line("project", l10n.t("Project"), workspace.asRelativePath(file.project), {}));
    }
  }
  if (file !== null && 0 < file.left.length) {
    const words = file.left.map(leftTo).join(", ");
    items.push(line("arrow-swap", l10n.t("Reported by other linters too"), words, {}));
  }
  if (compiler !== undefined) {
    items.push(line("symbol-class", l10n.t("Compiler"), compiler, {}));
  }
  const run = lastRunOf(current);
  if (run !== undefined) items.push(line("history", l10n.t("Last run"), run, {}));
  return items;
}

function actions({ current }: StatusDisplay): Item[] {
  const isMissing = current?.file?.configuration === null;
  const create: Choice = { command: "mooring.createConfiguration" };
  return [
    separator(l10n.t("Actions")),
    line("search", l10n.t("Check Workspace"), "", { command: "mooring.checkWorkspace" }),
    line("wand", l10n.t("Fix All in Workspace…"), "", { command: "mooring.fixAllInWorkspace" }),
    line("book", l10n.t("Explain Rule…"), "", { command: "mooring.explainRule" }),
    ...(isMissing ? [line("new-file", l10n.t("Create Configuration"), "", create)] : []),
    line("output", l10n.t("Show Output"), "", showOutput()),
    line("debug-restart", l10n.t("Restart Server"), "", { command: "mooring.restartServer" }),
    line("clippy", l10n.t("Collect Diagnostic Information"), "", {
      command: "mooring.collectInformation",
    }),
  ];
}

function showOutput(): Choice {
  return { command: "mooring.showOutput" };
}

function line(icon: string, label: string, description: string, choice: Choice): Item {
  return { label: `$(${icon}) ${label}`, description, choice };
}

function separator(label: string): Item {
  return { label, kind: QuickPickItemKind.Separator, choice: {} };
}
