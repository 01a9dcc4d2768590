import { env, extensions, UIKind, version, workspace } from "vscode";
import type { Surroundings } from "./commands.ts";
import { SETTINGS } from "./settings-table.ts";

/** Linters that people run beside this one, since they often report the same line. */
const NEIGHBOURS = [
  "dbaeumer.vscode-eslint",
  "biomejs.biome",
  "oxc.oxc-vscode",
  "sonarsource.sonarlint-vscode",
];

/** What somebody needs to know who looks into a problem. No source text is in it. */
export async function information({ context, server, status }: Surroundings): Promise<string> {
  const { life, answeredAfter } = server;
  const settings = workspace.getConfiguration("mooring");
  const changed = Object.keys(SETTINGS).filter((it) => {
    const { globalValue, workspaceValue, workspaceFolderValue } = settings.inspect(it) ?? {};
    return [globalValue, workspaceValue, workspaceFolderValue].some((value) => value !== undefined);
  });
  const neighbours = NEIGHBOURS.filter((it) => extensions.getExtension(it) !== undefined);
  const lines = [
    await fromServer(server),
    "## Editor",
    "",
    `- VS Code ${version}, ${env.appName}, ${env.uiKind === UIKind.Desktop ? "desktop" : "web"}, ${env.remoteName ?? "local"}`,
    `- language: ${env.language}`,
    `- extension: ${context.extension.id}, ${workspace.isTrusted ? "trusted" : "untrusted"} workspace`,
    `- server: ${life.state}${life.state === "failed" ? `, ${life.reason}` : ""}`,
    `- first answer after: ${answeredAfter === undefined ? "none" : `${Math.round(answeredAfter)} ms`}`,
    `- status: ${status.shown.text}, ${status.shown.detail}`,
    `- folders: ${workspace.workspaceFolders?.length ?? 0}`,
    `- other linters: ${neighbours.length === 0 ? "none" : neighbours.join(", ")}`,
    ...changed.map((it) => `- mooring.${it}: ${JSON.stringify(settings.get(it))}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** Just when the server is broken somebody wants to know all the rest. */
async function fromServer(server: Surroundings["server"]): Promise<string> {
  try {
    const { markdown } = await server.ask("mooring/information", null);
    return markdown;
  } catch (error) {
    return `# Mooring: diagnostic information\n\nThe server does not answer: ${String(error)}\n`;
  }
}
