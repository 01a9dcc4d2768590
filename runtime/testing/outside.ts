interface Process {
  getActiveResourcesInfo?(): readonly string[];
}

/** Turns that are waited for in any case: what another part of the program does may need a few. */
const TURNS = 3;

/**
 * What goes on outside of virtual time: files, sockets, workers, timers of the real clock. A run that
 * has nothing left to do asks here whether something real may still wake it, before it reports a
 * deadlock that is none.
 */
export class Outside {
  /** Set once a run went on after it had nothing left to do itself: it may not repeat itself. */
  wasNeeded = false;

  readonly #limit: number;
  #usual: ReadonlyMap<string, number>;
  #turns = 0;
  #since: number | undefined;

  /** `limit` is how long real completions are waited for, in real milliseconds. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#usual = active();
  }

  /** Something happened: what is waited for from now on is new. */
  begin(): void {
    if (0 < this.#turns) this.wasNeeded = true;
    this.#turns = 0;
    this.#since = undefined;
  }

  mayComeBack(): boolean {
    if (this.#turns++ < TURNS) return true;
    const names = this.unusual();
    if (names.length === 0) {
      // The real thing has come and woken nobody, or there was none.
      this.#since = undefined;
      return false;
    }
    const now = realNow();
    this.#since ??= now;
    if (now - this.#since < this.#limit) return true;
    // It stays: so that not every later schedule waits for it again, it counts as usual from now on.
    this.#usual = active();
    return false;
  }

  /** The kinds of real resources there are now and were not at the start. */
  unusual(): readonly string[] {
    return [...active()]
      .filter(([name, count]) => (this.#usual.get(name) ?? 0) < count)
      .map(([name]) => name);
  }
}

function active(): ReadonlyMap<string, number> {
  const host: Process | undefined = globalThis.process;
  const counts = new Map<string, number>();
  for (const name of host?.getActiveResourcesInfo?.() ?? []) {
    // The turns of our own loop are immediates.
    if (name !== "Immediate") counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Taken before any clock is replaced. */
const realNow: () => number = Date.now;
