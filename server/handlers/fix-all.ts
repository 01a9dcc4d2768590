import type {
  CancellationToken,
  ExecuteCommandParams,
  WorkDoneProgressReporter,
  WorkspaceEdit,
} from "vscode-languageserver";
import { FIX_ALL_IN_WORKSPACE } from "../capabilities.ts";
import { dryRepair } from "../dry-repair.ts";
import { editsBetween } from "../line-diff.ts";
import { outdated, Pacer, throwIfCancelled } from "../pause.ts";
import type { FixAllResult } from "../protocol.ts";
import type { Session } from "../session.ts";
import { record } from "../settings.ts";
import { annotatedEditOf } from "../workspace-edits.ts";

/** The server's commands. An unknown one gives null, as LSP has it for nothing. */
export async function executeCommand(
  session: Session,
  params: ExecuteCommandParams,
  token: CancellationToken,
  progress: WorkDoneProgressReporter,
): Promise<FixAllResult | null> {
  if (params.command !== FIX_ALL_IN_WORKSPACE) return null;
  progress.begin("Mooring: repairing", 0, undefined, true);
  try {
    const { edit, ...counts } = await fixAll(session, token, progress);
    const applies = record(params.arguments?.[0])["apply"] !== false;
    if (applies && edit !== null && session.client.appliesEdits) {
      await session.connection.workspace.applyEdit({ label: "Mooring: fix all", edit });
    }
    return { edit, ...counts };
  } finally {
    progress.done();
  }
}

/**
 * Repairs one file after the other, each as if it were the only one, so that edits and questions
 * get in between; what somebody types meanwhile ends it.
 */
async function fixAll(
  session: Session,
  token: CancellationToken,
  progress: WorkDoneProgressReporter,
): Promise<FixAllResult & { readonly edit: WorkspaceEdit | null }> {
  const fixable = new Set<string>();
  for await (const { path, findings } of session.everything(token)) {
    if (findings.some((it) => it.fixes.some((fix) => fix.safety === "safe"))) fixable.add(path);
    else fixable.delete(path);
  }
  const { generation } = session.inbox;
  const pacer = new Pacer();
  const files: Parameters<typeof annotatedEditOf>[0][number][] = [];
  let [fixes, refused, done] = [0, 0, 0];
  for (const path of fixable) {
    done += 1;
    progress.report(Math.floor((100 * done) / fixable.size), `${done} of ${fixable.size} files`);
    await pacer.pause();
    throwIfCancelled(token);
    if (generation !== session.inbox.generation) throw outdated();
    const folder = session.folders.of(path);
    const repair = folder.attempt("repairing a file", (analyser) =>
      dryRepair(analyser, [path], { safety: "safe" }),
    );
    if (repair === undefined) continue;
    refused += repair.refused.length;
    for (const { file, original, text, applied } of repair.files) {
      fixes += applied.length;
      const label = [...new Set(applied.map((it) => `${it.rule}: ${it.title}`))].join("; ");
      const edits = editsBetween(original, text).map((it) => ({ file, ...it }));
      files.push({ path: file, label, edits });
    }
  }
  const edit = files.length === 0 ? null : annotatedEditOf(files, session);
  return { edit, fixes, files: files.length, refused };
}
