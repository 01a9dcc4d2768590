import type {
  CancellationToken,
  CodeAction,
  CodeActionParams,
  Diagnostic,
} from "vscode-languageserver";
import { verifyFix } from "../../analysis/repair.ts";
import type { FixReport, Report } from "../../analysis/report.ts";
import { FIX_ALL, QUICK_FIX } from "../capabilities.ts";
import { hides } from "../dry-repair.ts";
import { throwIfCancelled, turn } from "../pause.ts";
import { allFound, type Entry } from "../results.ts";
import type { Session } from "../session.ts";
import { configurationActions } from "./configuration-actions.ts";
import { type ActionData, allowing, editFor } from "./code-action-edits.ts";

/** Selecting a whole file asks about everything in it; nobody reads more than this. */
const MOST_FINDINGS = 20;

/** The text has changed while fixes were tried; the client asks again. */
const OUTDATED = "outdated";

/** Remembers which fixes were tried on the texts as they are now. */
export class CodeActions {
  private readonly session: Session;
  private readonly tried = new Map<string, string>();
  private generation = -1;

  constructor(session: Session) {
    this.session = session;
  }

  async offer(params: CodeActionParams, token: CancellationToken): Promise<CodeAction[]> {
    const { session } = this;
    if (!session.client.codeActionLiterals) return [];
    await turn();
    throwIfCancelled(token);
    session.inbox.takeUnsaved();
    await session.settle(token);
    const { textDocument, range, context } = params;
    const path = session.documents.pathOf(textDocument.uri);
    if (/\.jsonc?$/.test(path)) return configurationActions(session, path, params);
    const entry = session.check(path);
    if (entry === undefined) return [];

    const actions: CodeAction[] = [];
    if (wants(context.only, QUICK_FIX)) {
      const lines = session.linesOf(entry.path);
      const [start, end] = [lines.offset(range.start), lines.offset(range.end)];
      const here = allFound(entry).filter((it) => it.start <= end && start <= it.end);
      const [first] = here;
      for (const report of here.slice(0, MOST_FINDINGS)) {
        const about = diagnosticsOf(report, entry, context.diagnostics);
        actions.push(...(await this.fixes(report, entry, about, token)));
      }
      for (const rule of new Set(here.map((it) => it.rule))) {
        actions.push(...this.fixAllOfRule(rule, entry));
      }
      if (first !== undefined && here.length <= MOST_FINDINGS) {
        for (const report of distinctRules(here)) {
          actions.push(...this.allows(report, entry, context.diagnostics));
        }
      }
    }
    if (wants(context.only, FIX_ALL) && isAskedFor(context.only, session)) {
      actions.push(...this.fixAll(entry));
    }
    return actions.flatMap((it) => this.withEdit(it));
  }

  /** Each alternative that keeps what it promises, the best one marked. */
  private async fixes(
    report: Report,
    entry: Entry,
    diagnostics: Diagnostic[],
    token: CancellationToken,
  ): Promise<CodeAction[]> {
    const actions: CodeAction[] = [];
    let hasPreferred = false;
    const { createsFiles } = this.session.client;
    for (const fix of report.fixes) {
      if (fix.creates !== undefined && !createsFiles) continue;
      const outcome = await this.try(report, fix, token);
      if (outcome !== "ok") {
        actions.push(...this.impossible(fix.title, QUICK_FIX, outcome, diagnostics));
        continue;
      }
      const isPreferred: boolean = !hasPreferred && !hides(fix);
      hasPreferred ||= isPreferred;
      actions.push({
        title: fix.title,
        kind: QUICK_FIX,
        diagnostics,
        ...(isPreferred ? { isPreferred } : {}),
        data: dataOf("fix", entry, report, fix.title),
      });
    }
    return actions;
  }

  /** Trying a fix takes time, so between two of them everything else gets its turn. */
  private async try(report: Report, fix: FixReport, token: CancellationToken): Promise<string> {
    const { session } = this;
    const key = JSON.stringify([report.file, report.rule, report.start, fix]);
    if (this.generation === session.inbox.generation) {
      const known = this.tried.get(key);
      if (known !== undefined) return known;
    } else {
      this.tried.clear();
      this.generation = session.inbox.generation;
    }
    await turn();
    throwIfCancelled(token);
    // What was found before an edit is not there to be fixed any more.
    if (this.generation !== session.inbox.generation) return OUTDATED;
    const folder = session.folders.of(report.file);
    const outcome =
      folder.attempt("trying a fix", (analyser) => verifyFix(analyser, report, fix)) ??
      "It failed.";
    // mooring-allow racy-cache-fill: a fix that is tried twice comes to the same end
    this.tried.set(key, outcome);
    if (outcome !== "ok") {
      session.connection.console.log(
        `Not offered for ${report.rule} in ${session.uriOf(report.file)}: “${fix.title}”. ${outcome}`,
      );
    }
    return outcome;
  }

  private fixAllOfRule(rule: string, entry: Entry): CodeAction[] {
    const fixable = allFound(entry).filter((it) => it.rule === rule && isRepairable(it));
    const [first] = fixable;
    if (first === undefined || fixable.length < 2) return [];
    return [
      {
        title: `Fix all ${fixable.length} findings of ${rule} in this file`,
        kind: QUICK_FIX,
        data: dataOf("rule", entry, first),
      },
    ];
  }

  private allows(report: Report, entry: Entry, given: Diagnostic[]): CodeAction[] {
    // Comments that allow are not allowed by comments.
    if (/(?:^|-)allow(?:-|$)/.test(report.rule)) return [];
    const about = {
      kind: QUICK_FIX,
      diagnostics: diagnosticsOf(report, entry, given),
    };
    const places = { "allow on line": "on this line", "allow in file": "in this file" } as const;
    return (["allow on line", "allow in file"] as const)
      .filter((kind) => allowing(report, kind, this.session) !== undefined)
      .map((kind) => ({
        ...about,
        title: `Allow ${report.rule} ${places[kind]}, with a reason`,
        data: dataOf(kind, entry, report),
      }));
  }

  private fixAll(entry: Entry): CodeAction[] {
    const found = allFound(entry);
    const first = found.find((it) => it.fixes.some((fix) => fix.safety === "safe"));
    const title = "Repair everything that Mooring can repair safely";
    if (first === undefined) {
      const reason =
        found.length === 0
          ? "Mooring finds nothing in this file."
          : "Nothing in this file can be repaired without a choice; the light bulb of a finding has what there is.";
      return this.impossible(title, FIX_ALL, reason);
    }
    return [{ title, kind: FIX_ALL, data: dataOf("all", entry, first) }];
  }

  /** For clients that tell people why something cannot be done. */
  private impossible(
    title: string,
    kind: string,
    reason: string,
    diagnostics?: Diagnostic[],
  ): CodeAction[] {
    if (!this.session.client.disabledActions || reason === OUTDATED) return [];
    return [
      { title, kind, ...(diagnostics === undefined ? {} : { diagnostics }), disabled: { reason } },
    ];
  }

  /** For clients that cannot ask for it later. */
  private withEdit(action: CodeAction): CodeAction[] {
    if (this.session.client.resolvesEdits || action.disabled !== undefined) return [action];
    const { data, ...rest } = action;
    const edit = editFor(data, this.session);
    return edit === undefined ? [] : [{ ...rest, edit }];
  }
}

/** Adds the edit to an action that was chosen. */
export async function resolveCodeAction(
  session: Session,
  action: CodeAction,
  token: CancellationToken,
): Promise<CodeAction> {
  await turn();
  throwIfCancelled(token);
  session.inbox.takeUnsaved();
  await session.settle(token);
  const edit = editFor(action.data, session);
  if (edit !== undefined) return { ...action, edit };
  // Somebody chose it and waits for something to happen.
  session.connection.window.showInformationMessage(
    `“${action.title}”: nothing was changed, because no fix keeps what it promises here.`,
  );
  return action;
}

/** Whether one of its fixes would be taken without a look at the others. */
export function isRepairable({ fixes: [best] }: Report): boolean {
  return best !== undefined && !hides(best);
}

function dataOf(
  kind: ActionData["kind"],
  { uri }: Entry,
  { rule, start, end }: Report,
  title = "",
): ActionData {
  return { kind, uri, rule, start, end, title };
}

/** The client's own, where it sent them: it compares. */
function diagnosticsOf(report: Report, entry: Entry, given: readonly Diagnostic[]): Diagnostic[] {
  const index = entry.findings.indexOf(report);
  const own = entry.diagnostics[index];
  const same = given.filter(
    (it) =>
      it.code === report.rule &&
      it.range.start.line === own?.range.start.line &&
      it.range.start.character === own.range.start.character,
  );
  return 0 < same.length ? same : own === undefined ? [] : [own];
}

function distinctRules(reports: readonly Report[]): readonly Report[] {
  return [...new Map(reports.toReversed().map((it) => [it.rule, it])).values()].toReversed();
}

/** A kind stands for all kinds below it. */
function wants(only: readonly string[] | undefined, kind: string): boolean {
  if (only === undefined) return true;
  return only.some((it) => it === "" || it === kind || kind.startsWith(`${it}.`));
}

/** Where the edit has to be made at once, repairing a whole file has to be asked for. */
function isAskedFor(only: readonly string[] | undefined, session: Session): boolean {
  return only !== undefined || session.client.resolvesEdits;
}
