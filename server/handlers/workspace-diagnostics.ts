import type {
  CancellationToken,
  ResultProgressReporter,
  WorkDoneProgressReporter,
  WorkspaceDiagnosticParams,
  WorkspaceDiagnosticReport,
  WorkspaceDiagnosticReportPartialResult,
  WorkspaceDocumentDiagnosticReport,
  WorkspaceFullDocumentDiagnosticReport,
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
 * How many milliseconds a request may stay open that has had news. When it is made anew the client
 * says what it has, and whatever was lost on the way is said again.
 */
const LONGEST = 60_000;

/**
 * What is wrong anywhere. A client asks again after each answer, so after the first one a request
 * stays open until there is something new to say. One that takes answers in parts gets the news as
 * they come: it would wait for seconds before it asks again.
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
    const since = performance.now();
    const isOver = () => send === undefined || LONGEST < performance.now() - since;
    for (;;) {
      // mooring-allow unobserved-promise: it only wakes this loop, and never rejects
      const next = session.inbox.changed.wait(token);
      await this.pass(answer, token, progress, isFirst);
      if (isFirst || session.isDisposed || (answer.hasNews && isOver())) break;
      answer.send();
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
    answer.forget(session.shown.takeDoubtful());
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

type Previous = Map<string, { readonly uri: string; readonly value: string }>;

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
    // There is nothing to say about a file of which nothing is shown.
    if (previous === undefined && diagnostics.length === 0 && !this.session.shown.has(path)) return;
    this.told.set(path, id);
    this.put(path, {
      kind: "full",
      uri,
      version: this.session.documents.at(path)?.version ?? null,
      resultId: id,
      items: [...diagnostics],
    });
  }

  /** The client may show something else of these than what it was told. */
  forget(paths: readonly string[]): void {
    for (const path of paths) {
      this.told.delete(path);
      this.previous.delete(path);
      this.same.delete(path);
    }
  }

  /** What the client still shows of files that are gone, or not checked any more. */
  dropUnwanted(): void {
    const { shown } = this.session;
    const paths = new Set([...this.previous.keys(), ...this.told.keys(), ...shown.all()]);
    for (const path of paths) {
      if (this.session.isWanted(path) || (this.told.get(path) === "" && !shown.has(path))) continue;
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

  /** Sends what there is, where the client takes answers in parts. */
  send(): void {
    this.since = performance.now();
    if (this.partial === undefined || this.waiting.size === 0) return;
    this.partial.report({ items: [...this.waiting.values()] });
    this.waiting.clear();
  }

  private put(path: string, report: WorkspaceFullDocumentDiagnosticReport): void {
    this.hasNews = true;
    this.session.shown.told(path, report.items.length === 0);
    this.waiting.set(path, report);
    if (BATCH <= performance.now() - this.since) this.send();
  }
}

function unchanged(uri: string, resultId: string): WorkspaceDocumentDiagnosticReport {
  return { kind: "unchanged", uri, resultId, version: null };
}
