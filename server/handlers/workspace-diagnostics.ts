import type {
  CancellationToken,
  ResultProgressReporter,
  WorkDoneProgressReporter,
  WorkspaceDiagnosticParams,
  WorkspaceDiagnosticReport,
  WorkspaceDiagnosticReportPartialResult,
  WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import { delay, throwIfCancelled } from "../pause.ts";
import type { Entry } from "../results.ts";
import type { Session } from "../session.ts";
import { Tallying } from "../status.ts";

/** How many milliseconds findings are collected before they are sent on. */
const BATCH = 200;

/** How many milliseconds the files that are open get before all others after an edit. */
const REST = 100;

/**
 * What is wrong anywhere. A client asks again as soon as it has an answer, so after the first one a
 * request is answered only when there is something new to say; until then it stays open.
 */
export class WorkspaceDiagnostics {
  private readonly session: Session;
  private wasAnswered = false;

  constructor(session: Session) {
    this.session = session;
  }

  async answer(
    { previousResultIds, partialResultToken }: WorkspaceDiagnosticParams,
    token: CancellationToken,
    progress: WorkDoneProgressReporter,
    partial: ResultProgressReporter<WorkspaceDiagnosticReportPartialResult> | undefined,
  ): Promise<WorkspaceDiagnosticReport> {
    const { session } = this;
    const known = new Map(
      previousResultIds.map((it) => [session.documents.pathOf(it.uri), it] as const),
    );
    const send = partialResultToken === undefined ? undefined : partial;
    const answer = new Answer(session, known, send);
    const isFirst = !this.wasAnswered;
    for (;;) {
      // mooring-allow unobserved-promise: it only wakes this loop, and never rejects
      const next = session.inbox.changed.wait(token);
      await this.pass(answer, token, progress, isFirst);
      if (answer.hasNews || isFirst || session.isDisposed) break;
      await next;
      throwIfCancelled(token);
      await delay(REST);
      throwIfCancelled(token);
    }
    this.wasAnswered = true;
    return answer.end();
  }

  private async pass(
    answer: Answer,
    token: CancellationToken,
    progress: WorkDoneProgressReporter,
    isFirst: boolean,
  ): Promise<void> {
    const { session } = this;
    const tallying = new Tallying();
    let done = 0;
    let reported = 0;
    session.status.begin();
    if (isFirst) progress.begin("Mooring", 0, undefined, true);
    try {
      for await (const entry of session.everything(token)) {
        done += 1;
        tallying.add(entry);
        answer.add(entry);
        const percentage = Math.min(100, Math.floor((100 * done) / Math.max(1, session.size)));
        if (isFirst && reported < percentage) progress.report(percentage, `${done} files`);
        reported = percentage;
      }
      answer.dropUnwanted();
      session.status.end(tallying.tally());
    } catch (error) {
      session.status.end();
      throw error;
    } finally {
      if (isFirst) progress.done();
    }
  }
}

type Previous = ReadonlyMap<string, { readonly uri: string; readonly value: string }>;

class Answer {
  private readonly session: Session;
  private readonly previous: Previous;
  private readonly partial:
    | ResultProgressReporter<WorkspaceDiagnosticReportPartialResult>
    | undefined;
  private readonly told = new Map<string, string>();
  private readonly same = new Map<string, WorkspaceDocumentDiagnosticReport>();
  private readonly waiting = new Map<string, WorkspaceDocumentDiagnosticReport>();
  private since = performance.now();
  hasNews = false;

  constructor(
    session: Session,
    previous: Previous,
    partial: ResultProgressReporter<WorkspaceDiagnosticReportPartialResult> | undefined,
  ) {
    this.session = session;
    this.previous = previous;
    this.partial = partial;
  }

  add({ path, uri, id, diagnostics }: Entry): void {
    const previous = this.told.get(path) ?? this.previous.get(path)?.value;
    if (previous === id) {
      if (!this.told.has(path)) this.same.set(path, unchanged(uri, id));
      return;
    }
    this.same.delete(path);
    // There is nothing to say about a file in which nothing ever was.
    if (previous === undefined && diagnostics.length === 0) return;
    this.told.set(path, id);
    this.put(path, {
      kind: "full",
      uri,
      version: this.session.documents.at(path)?.version ?? null,
      resultId: id,
      items: [...diagnostics],
    });
  }

  /** What the client still shows of files that are gone, or not checked any more. */
  dropUnwanted(): void {
    const paths = new Set([...this.previous.keys(), ...this.told.keys()]);
    for (const path of paths) {
      if (this.session.isWanted(path) || this.told.get(path) === "") continue;
      this.told.set(path, "");
      const uri = this.previous.get(path)?.uri ?? this.session.uriOf(path);
      this.put(path, { kind: "full", uri, version: null, items: [] });
    }
  }

  /** What has not been sent yet, and which files are as they were. */
  end(): WorkspaceDiagnosticReport {
    const same = [...this.same].filter(([path]) => !this.told.has(path)).map(([, it]) => it);
    return { items: [...this.waiting.values(), ...same] };
  }

  private put(path: string, report: WorkspaceDocumentDiagnosticReport): void {
    this.hasNews = true;
    this.waiting.set(path, report);
    if (this.partial === undefined || performance.now() - this.since < BATCH) return;
    this.since = performance.now();
    this.partial.report({ items: [...this.waiting.values()] });
    this.waiting.clear();
  }
}

function unchanged(uri: string, resultId: string): WorkspaceDocumentDiagnosticReport {
  return { kind: "unchanged", uri, resultId, version: null };
}
