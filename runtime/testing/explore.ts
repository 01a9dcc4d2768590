/* oxlint-disable no-await-in-loop -- Schedules run one after another: each starts from what the last one showed. */
import { install } from "./clock.ts";
import { type Context, openContext, slot } from "./context.ts";
import { Outside } from "./outside.ts";
import { type Ending, type Points, Run, type Taken } from "./run.ts";
import { callerOf } from "./caller.ts";
import { type Sim, simOf } from "./sim.ts";
import { shrink } from "./shrink.ts";
import {
  follow,
  Frontier,
  pct,
  plain,
  random,
  ScheduleMismatch,
  type Strategy,
} from "./strategies.ts";
import { InterleavingError, readSchedule, type Schedule } from "./witness.ts";

export interface ExploreOptions {
  /** Where the random choices start. The same seed runs the same schedules. Default 1. */
  readonly seed?: number;
  /** How many schedules to run at most. Default 1000. */
  readonly runs?: number;
  /**
   * How schedules are chosen. `exhaustive` runs all of them up to a number of preemptions, `pct` and
   * `random` draw them. By default the first half of `runs` goes to `exhaustive`, the rest to `pct`.
   */
  readonly strategy?: "pct" | "random" | "exhaustive";
  /** How often a schedule may interrupt a task that could go on. Default 2; for `pct`, its depth less one. */
  readonly preemptions?: number;
  /**
   * What is reordered. `io`, the default: only what comes from outside, that is answers of `sim.io`,
   * and timers within `tolerance`; every failure is one that a real engine can produce. `await`: every
   * gated `await`; needs the transform, and shows orders that today's engines do not run.
   */
  readonly points?: Points;
  /** Runs only this schedule: the `replay` of an `InterleavingError`. */
  readonly replay?: string;
  /** A schedule with more steps goes on fairly, and is a livelock if it does not end so. Default 5000. */
  readonly maxSteps?: number;
  /** By how many virtual milliseconds timers may be late, and so overtake longer ones. Default 0. */
  readonly tolerance?: number;
  /** How long to wait for real I/O that is not wrapped, in real milliseconds. Default 1000. */
  readonly outsideMs?: number;
}

export interface Explored {
  /** Schedules that were run, all of which passed. */
  readonly schedules: number;
  /** Every schedule there is was run: with these inputs and points, nothing else can happen. */
  readonly complete: boolean;
  /** Every schedule with at most this many preemptions and faults was run; -1 when not even those with none. */
  readonly preemptions: number;
  /** Events that happened in all of them. */
  readonly steps: number;
  /** No schedule did something else than before. False makes `complete` worthless, so that it is false too. */
  readonly deterministic: boolean;
}

export type Test = (sim: Sim) => PromiseLike<unknown>;

/**
 * Runs `test` under many interleavings, in virtual time, until one fails or enough have passed.
 *
 * Guarantees: rejects with an `InterleavingError` as soon as a schedule fails, after having shrunk it;
 * equal seeds give equal schedules; every global is back in place when the promise settles, whatever
 * the test did; explorations take turns, and one inside of another is refused.
 *
 * Answers to loom and shuttle in Rust, and to the controlled schedulers of CHESS.
 *
 * @example
 * const race = async (sim) => {
 *   const io = sim.io(async () => {});
 *   let balance = 0;
 *   const deposit = async () => {
 *     const before = balance;
 *     await io();
 *     balance = before + 1;
 *   };
 *   await Promise.all([sim.spawn("a", deposit), sim.spawn("b", deposit)]);
 *   assert.equal(balance, 2);
 * };
 * const error = await explore(race).catch((it) => it);
 * assert.equal(error.name, "InterleavingError");
 * await assert.rejects(explore(race, { replay: error.replay }));
 */
export async function explore(test: Test, options: ExploreOptions = {}): Promise<Explored> {
  const settings = readOptions(options);
  return alone("explore", async (context) => {
    const outside = new Outside(settings.outsideMs);
    const search = new Search(test, settings, context, outside);
    return settings.replay === undefined ? search.search() : search.replay(settings.replay);
  });
}

/** Waits for its turn, then does `work` with everything in place that runs need. */
export async function alone<T>(name: string, work: (context: Context) => Promise<T>): Promise<T> {
  const shared = slot();
  if (shared.context?.current() !== undefined) {
    throw new Error(
      `${name} was called inside of a run: its schedules would not be under control. Call it from the test itself.`,
    );
  }
  if (Reflect.has(globalThis.setTimeout, "clock")) {
    throw new Error(
      `${name} brings its own clock, and fake timers are installed. Call it after vi.useRealTimers() or jest.useRealTimers().`,
    );
  }
  while (shared.busy !== undefined) await shared.busy;
  const done = new Latch();
  shared.busy = done.promise;
  let undo: (() => void) | undefined;
  const context = openContext();
  try {
    shared.context = context;
    shared.gate = (value, position, kind) => {
      const activity = context.current();
      if (activity !== undefined) return activity.run.gate(value, position, kind);
      return kind === 2 ? null : value;
    };
    undo = install(context);
    return await work(context);
  } finally {
    shared.gate = undefined;
    shared.context = undefined;
    shared.busy = undefined;
    undo?.();
    context.stop();
    done.open();
  }
}

class Latch {
  open: () => void = () => {};
  readonly promise = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

type Settings = Required<Omit<ExploreOptions, "strategy" | "replay">> &
  Pick<ExploreOptions, "strategy" | "replay">;

function readOptions(given: ExploreOptions): Settings {
  const settings: Settings = {
    seed: 1,
    runs: 1000,
    preemptions: 2,
    points: "io",
    maxSteps: 5000,
    tolerance: 0,
    outsideMs: 1000,
    ...given,
  };
  const least = {
    seed: -Infinity,
    runs: 1,
    preemptions: 0,
    maxSteps: 1,
    tolerance: 0,
    outsideMs: 0,
  };
  for (const [name, minimum] of Object.entries(least)) {
    const value: unknown = Reflect.get(settings, name);
    const isWhole = Number.isSafeInteger(value) || (name === "tolerance" && value === Infinity);
    if (typeof value !== "number" || !isWhole || value < minimum) {
      const from = minimum === -Infinity ? "" : ` from ${minimum} on`;
      throw new RangeError(
        `explore takes a whole number${from} as \`${name}\`; got ${String(value)}.`,
      );
    }
  }
  if (!["io", "await"].includes(settings.points)) {
    throw new RangeError(`explore takes "io" or "await" as \`points\`; got "${settings.points}".`);
  }
  const { strategy = "pct" } = settings;
  if (!["pct", "random", "exhaustive"].includes(strategy)) {
    throw new RangeError(
      `explore takes "pct", "random" or "exhaustive" as \`strategy\`; got "${strategy}".`,
    );
  }
  return settings;
}

type Failed = Exclude<Ending, { readonly kind: "passed" }>;

class Search {
  readonly #test: Test;
  readonly #settings: Settings;
  readonly #context: Context;
  readonly #outside: Outside;
  #schedules = 0;
  #steps = 0;
  #gates = 0;
  #isDeterministic = true;

  constructor(test: Test, settings: Settings, context: Context, outside: Outside) {
    this.#test = test;
    this.#settings = settings;
    this.#context = context;
    this.#outside = outside;
  }

  async search(): Promise<Explored> {
    const { runs, strategy, preemptions, seed, points } = this.#settings;
    const first = await this.#try(plain, seed);
    if (points === "await" && this.#gates === 0) {
      throw new Error(
        'explore found no gate, so that there is nothing to reorder with points: "await". Add gates() of mooring-runtime/testing/vite, /esbuild or /jest to the build of the code under test.',
      );
    }
    // A task that runs alone leaves nothing to decide, but it might not have been alone: every step
    // of the plainest run could have been a decision.
    const length = Math.max(4, this.#steps);
    const frontier = new Frontier(preemptions);
    frontier.learn(first.taken, 0);
    // Without a single decision there is only one schedule, whatever the strategy.
    const isLinear = first.taken.length === 0;
    const isDrawn = strategy === "pct" || strategy === "random";
    if (!isLinear && !isDrawn) {
      await this.#exhaust(frontier, strategy === "exhaustive" ? runs : Math.max(1, runs >> 1));
    }
    const isComplete = isLinear || (!isDrawn && frontier.isWhole && frontier.cost === -1);
    const left = frontier.cost;
    if (!isComplete && strategy !== "exhaustive") {
      while (this.#schedules < runs) {
        const next = seed + this.#schedules;
        await this.#try(
          strategy === "random" ? random(next) : pct(next, preemptions + 1, length),
          next,
        );
      }
    }
    const isTrusted = this.#isDeterministic && !this.#outside.wasNeeded;
    return {
      schedules: this.#schedules,
      complete: isComplete && isTrusted,
      preemptions: isDrawn && !isLinear ? -1 : left === -1 ? preemptions : left - 1,
      steps: this.#steps,
      deterministic: isTrusted,
    };
  }

  async replay(text: string): Promise<Explored> {
    const { points, seed, choices } = readSchedule(text);
    const { run, ending } = await this.#once(follow(choices), points, seed, true);
    this.#schedules++;
    if (ending.kind === "failure" && ending.error instanceof ScheduleMismatch) throw ending.error;
    if (ending.kind !== "passed") await this.#report(ending, { points, seed, choices }, run);
    return {
      schedules: 1,
      complete: false,
      preemptions: -1,
      steps: run.steps,
      deterministic: true,
    };
  }

  async #exhaust(frontier: Frontier, runs: number): Promise<void> {
    while (this.#schedules < runs) {
      const prefix = frontier.next();
      if (prefix === undefined) return;
      try {
        const { taken } = await this.#try(follow(prefix), this.#settings.seed);
        frontier.learn(taken, prefix.length);
      } catch (error) {
        if (!(error instanceof ScheduleMismatch)) throw error;
        this.#isDeterministic = false;
      }
    }
  }

  /** One more schedule; throws when the test fails under it. */
  async #try(strategy: Strategy, seed: number): Promise<{ readonly taken: readonly Taken[] }> {
    const { points } = this.#settings;
    const { run, ending } = await this.#once(strategy, points, seed, false);
    this.#schedules++;
    this.#steps += run.steps;
    this.#gates += run.gates;
    if (ending.kind === "passed") return { taken: run.taken };
    if (ending.kind === "failure" && ending.error instanceof ScheduleMismatch) throw ending.error;
    const choices = run.taken.map((it) => it.choice);
    return this.#report(ending, { points, seed, choices }, undefined);
  }

  /** Shrinks a failing schedule, runs it once more to tell its story, and throws. */
  async #report(ending: Failed, found: Schedule, told: Run | undefined): Promise<never> {
    const { points, seed } = found;
    const rerun = async (choices: readonly number[], verbose: boolean) =>
      this.#once(follow(choices), points, seed, verbose);
    const choices = told
      ? found.choices
      : await shrink(found.choices, async (it) => {
          const again = await rerun(it, false);
          return isSame(again.ending, ending) ? again.run.taken : undefined;
        });
    const last = told === undefined ? await rerun(choices, true) : { run: told, ending };
    const deterministic = isSame(last.ending, ending);
    throw new InterleavingError({
      // The story belongs to the shrunk schedule, and so does the error, as long as they agree.
      ending: deterministic && last.ending.kind !== "passed" ? last.ending : ending,
      schedule: { points, seed, choices },
      trace: last.run.trace ?? [],
      schedules: this.#schedules,
      deterministic,
      outside: ending.kind === "deadlock" ? this.#outside.unusual() : [],
    });
  }

  async #once(
    strategy: Strategy,
    points: Points,
    seed: number,
    verbose: boolean,
  ): Promise<{ readonly run: Run; readonly ending: Ending }> {
    const { maxSteps, tolerance } = this.#settings;
    const run = new Run({ points, seed, maxSteps, tolerance }, strategy, {
      context: this.#context,
      outside: this.#outside,
      verbose,
    });
    const sim = simOf(run, ({ kind, label, value, callee }) => {
      if (run.trace === undefined) return;
      run.note(`${kind}s ${label}: ${shown(value)}  ${callerOf(callee) ?? ""}`.trimEnd());
    });
    const ending = await run.execute(() => this.#test(sim));
    return { run, ending };
  }
}

/** Shrinking must not slip from one failure to another: the kind and the class of the error stay. */
function isSame(a: Ending, b: Ending): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind !== "failure" || b.kind !== "failure") return true;
  return nameOf(a.error) === nameOf(b.error);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null
    ? `a ${value.constructor?.name ?? "value"}`
    : String(value);
}
