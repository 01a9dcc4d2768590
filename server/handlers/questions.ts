import type { CancellationToken, WorkDoneProgressReporter } from "vscode-languageserver";
import { planProjects } from "../../analysis/projects.ts";
import { ALLOW_RULES } from "../../analysis/suppressions.ts";
import { rules } from "../../rules/index.ts";
import type { FileStatus, RulePage, RuleSummary, Status, Tally } from "../protocol.ts";
import type { LeftReport } from "../results.ts";
import type { Session } from "../session.ts";
import { record } from "../settings.ts";
import { Tallying } from "../status.ts";

// The requests that LSP does not have; protocol.ts says what they are for.

export function explain(session: Session, params: unknown): RulePage | null {
  const { rule: id } = record(params);
  const known = [...rules, ...ALLOW_RULES].find((it) => it.id === id);
  if (known === undefined) return null;
  const { id: rule, summary } = known;
  const markdown = session.pages.text(rule) ?? `# ${rule}\n\n${summary}\n`;
  return { rule, summary, markdown };
}

export function listRules(): readonly RuleSummary[] {
  return rules.map(({ id, summary, severity, profile }) => ({ id, summary, severity, profile }));
}

export async function status(
  session: Session,
  params: unknown,
  token: CancellationToken,
): Promise<Status> {
  await session.settle(token);
  const { uri } = record(params);
  return session.status.current(typeof uri === "string" ? fileStatus(uri, session) : null);
}

export async function checkWorkspace(
  session: Session,
  token: CancellationToken,
  progress: WorkDoneProgressReporter,
): Promise<Tally> {
  session.checkEverything();
  const tallying = new Tallying();
  session.status.begin();
  progress.begin("Mooring: checking", 0, undefined, true);
  let done = 0;
  try {
    for await (const entry of session.everything(token)) {
      done += 1;
      tallying.add(entry);
      progress.report(Math.min(100, Math.floor((100 * done) / Math.max(1, session.size))));
    }
  } finally {
    progress.done();
    session.status.end(tallying.tally());
  }
  await session.refresh();
  return tallying.tally();
}

/** What somebody needs to know who looks into a problem. Names of files, but nothing from inside. */
export async function information(
  session: Session,
  token: CancellationToken,
): Promise<{ markdown: string }> {
  const { compiler, lastRun, problems } = await status(session, {}, token);
  const { heapUsed, rss } = process.memoryUsage();
  const lines = [
    "# Mooring: diagnostic information",
    "",
    `- Mooring ${session.version}, ${compiler ?? "no project opened yet"}`,
    `- Node ${process.version} on ${process.platform} ${process.arch}`,
    `- memory: ${megabytes(rss)} MB, of which ${megabytes(heapUsed)} MB are objects`,
    `- up for ${Math.round(process.uptime())} s`,
    `- open documents: ${session.documents.all().length}`,
    `- client: ${JSON.stringify(session.client)}`,
    `- last run: ${lastRun === null ? "none" : JSON.stringify(lastRun)}`,
    `- rules: ${rules.map((it) => it.id).join(", ")}`,
  ];
  for (const folder of session.folders.all()) {
    lines.push("", `## ${folder.path ?? "Files outside of all folders"}`, "");
    lines.push(`- settings: ${JSON.stringify(folder.preferences)}`);
    lines.push(`- files: ${folder.wanted.length}`);
    const groups = folder.current?.groups() ?? [];
    lines.push(`- projects: ${groups.length} (${groups.map((it) => it.length).join(", ")} files)`);
  }
  lines.push("", "## Problems", "");
  if (problems.length === 0) lines.push("None.");
  for (const { kind, message, uri } of problems) lines.push(`- ${kind}: ${message} ${uri ?? ""}`);
  return { markdown: `${lines.join("\n")}\n` };
}

function fileStatus(uri: string, session: Session): FileStatus {
  const path = session.documents.pathOf(uri);
  const folder = session.folders.of(path);
  const isWanted = folder.wanted.includes(path);
  const reason = isWanted ? null : (folder.leftOut(path) ?? "It is outside of the scope.");
  const { projects } = planProjects([path], folder.files);
  return {
    uri,
    checked: isWanted,
    reason,
    configuration: folder.configurationOf(path)?.file ?? null,
    project: projects[0]?.name ?? null,
    profile: folder.settingsFor(path).profile,
    findings: session.last(path)?.findings.length ?? 0,
    left: counted(session.last(path)?.left ?? []),
  };
}

function counted(left: readonly LeftReport[]): FileStatus["left"] {
  const sources = [...new Set(left.map((it) => it.to))].toSorted();
  return sources.map((source) => ({
    source,
    count: left.filter((it) => it.to === source).length,
  }));
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
