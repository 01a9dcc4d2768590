import type { Limit } from "../analysis/program.ts";
import type { FileStatus, Status, StatusProblem, Tally } from "./protocol.ts";
import type { Entry } from "./results.ts";

export interface StatusTools {
  readonly version: string;
  uriOf(path: string): string;
  log(text: string): void;
  /** For whoever looks for it: nobody has to do anything. */
  mention(text: string): void;
  /** Somebody may want to know. */
  changed(): void;
}

/** What goes on, and what went wrong. Nothing is said twice, and nothing is kept quiet. */
export class StatusKeeper {
  private readonly tools: StatusTools;
  private readonly failures = new Map<string, StatusProblem>();
  private readonly limits = new Set<string>();
  private configuration: readonly StatusProblem[] = [];
  private compiler: string | null = null;
  private lastRun: Tally | null = null;
  private slow: { readonly path: string; readonly milliseconds: number } | undefined;
  private running = 0;

  constructor(tools: StatusTools) {
    this.tools = tools;
  }

  current(file: FileStatus | null): Status {
    const { slow } = this;
    const problems = [...this.configuration, ...this.failures.values()];
    return {
      state: 0 < this.failures.size ? "failed" : 0 < this.running ? "checking" : "idle",
      version: this.tools.version,
      compiler: this.compiler,
      lastRun: this.lastRun,
      problems,
      slow:
        slow === undefined
          ? null
          : { uri: this.tools.uriOf(slow.path), milliseconds: slow.milliseconds },
      file,
    };
  }

  /** What was too large to be followed is in the log, once. */
  left({ file, message }: Limit): void {
    const text = `${message} (${this.tools.uriOf(file)})`;
    if (this.limits.has(text)) return;
    this.limits.add(text);
    this.tools.mention(text);
  }

  /** Logs with all details and shows in a sentence, the first time that it happens. */
  fail(kind: StatusProblem["kind"], message: string, error: unknown, path?: string): void {
    if (this.failures.has(message)) return;
    const uri = path === undefined ? null : this.tools.uriOf(path);
    this.failures.set(message, { kind, message, uri });
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const where = uri === null ? "" : ` (${uri})`;
    this.tools.log(
      `${message}${where} This is a bug in Mooring ${this.tools.version}, not in your code; please report it.\n${details}`,
    );
    this.tools.changed();
  }

  configured(problems: readonly StatusProblem[]): void {
    if (JSON.stringify(problems) === JSON.stringify(this.configuration)) return;
    this.configuration = problems;
    this.tools.changed();
  }

  opened(compiler: string): void {
    this.compiler = compiler;
    this.tools.changed();
  }

  begin(): void {
    this.running += 1;
    this.tools.changed();
  }

  end(tally?: Tally): void {
    this.running -= 1;
    if (tally !== undefined) this.lastRun = tally;
    this.tools.changed();
  }

  /** Says which file took longer than it may; one that is quick again is forgotten. */
  took(path: string, milliseconds: number, budget: number): void {
    if (budget < milliseconds) {
      this.slow = { path, milliseconds: Math.round(milliseconds) };
      this.tools.changed();
    } else if (this.slow?.path === path) {
      this.slow = undefined;
      this.tools.changed();
    }
  }
}

/** Counts as it goes along; a file that is seen again counts as it is then. */
export class Tallying {
  private readonly since = performance.now();
  private readonly entries = new Map<string, Entry>();

  add(entry: Entry): void {
    this.entries.set(entry.path, entry);
  }

  tally(): Tally {
    const counts = { error: 0, warning: 0, hint: 0 };
    for (const { findings } of this.entries.values()) {
      for (const { severity } of findings) counts[severity] += 1;
    }
    return {
      files: this.entries.size,
      errors: counts.error,
      warnings: counts.warning,
      hints: counts.hint,
      milliseconds: Math.round(performance.now() - this.since),
    };
  }
}
