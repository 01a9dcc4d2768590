/* oxlint-disable no-await-in-loop -- Schedules run one after another: each starts from what the last one showed. */
import { Accesses, type Candidate } from "./accesses.ts";
import type { Context } from "./context.ts";
import { alone, type Test } from "./explore.ts";
import { HappensBefore } from "./happens-before.ts";
import { Outside } from "./outside.ts";
import { type Ending, type Points, Run } from "./run.ts";
import { simOf } from "./sim.ts";
import { follow, Frontier, plain, type Strategy } from "./strategies.ts";

/** Two places whose order nothing decides, although the outcome depends on it. */
export interface Race {
  /**
   * `stale-write`: a value was read, then came a pause, then a write that relies on the value, and the
   * other place may write in between. `check-then-act`: the same, where nothing was there when it was
   * read. `write-write`: two different values, and the last one stays.
   */
  readonly kind: "stale-write" | "write-write" | "check-then-act";
  /** `file:line:column` of the write, as the engine tells it. */
  readonly location: string;
  /** Where the other write is. */
  readonly other: string;
  /** What was written: the name given to `sim.shared`, and the property. */
  readonly key: string;
}

/** How many other orders are tried before a race counts as ordered by something that is not seen. */
const ATTEMPTS = 300;

/**
 * Runs `test` in its plainest order and returns the races among accesses to `sim.shared` values, whether
 * or not they did harm. Rejects when the test itself fails in that order.
 *
 * Two accesses race when no chain of causes orders them: no `await`, no promise, no timer. A lock that
 * happens to be free leaves no such chain. So, where answers from outside or gates allow other orders,
 * up to 300 of them are run, and a race that none of them shows is dropped: it errs towards silence.
 * Where there is only one order, all that is unordered is returned. Values that are not shared through
 * `sim.shared`, and paths that are not taken, are not seen. Needs Node.
 *
 * Answers to `go test -race` and ThreadSanitizer, for pauses instead of threads.
 *
 * @example
 * const races = await detectRaces(async (sim) => {
 *   const account = sim.shared("account", { balance: 0 });
 *   const deposit = async (delay) => {
 *     await new Promise((resolve) => setTimeout(resolve, delay));
 *     const before = account.balance;
 *     await null;
 *     account.balance = before + 1;
 *   };
 *   await Promise.all([deposit(1), deposit(1000)]);
 *   assert.equal(account.balance, 2);
 * });
 * assert.deepEqual(races.map((it) => `${it.kind} of ${it.key}`), ["stale-write of account.balance"]);
 */
export async function detectRaces(test: Test): Promise<readonly Race[]> {
  return alone("detectRaces", async (context) => {
    const first = await once(test, context, plain, "io");
    if (first.ending.kind === "failure") throw first.ending.error;
    if (first.ending.kind !== "passed") {
      const waiting = first.ending.waiting.join(", ");
      throw new Error(`The test does not end (${first.ending.kind}); waiting: ${waiting}`);
    }
    const candidates = first.accesses.races();
    if (candidates.length === 0) return [];
    const seen = await others(test, context, 0 < first.run.gates ? "await" : "io");
    const real = seen === undefined ? candidates : candidates.filter((it) => isSeen(it, seen));
    const races = real.map(({ kind, location, other, key }) => ({ kind, location, other, key }));
    return [...new Map(races.map((it) => [JSON.stringify(it), it])).values()];
  });
}

interface Once {
  readonly run: Run;
  readonly ending: Ending;
  readonly accesses: Accesses;
}

async function once(
  test: Test,
  context: Context,
  strategy: Strategy,
  points: Points,
): Promise<Once> {
  const observer = new HappensBefore();
  const stop = observer.listen();
  try {
    const settings = { points, seed: 1, maxSteps: 5000, tolerance: 0 };
    const outside = new Outside(1000);
    const run = new Run(settings, strategy, { context, outside, verbose: false, observer });
    const accesses = new Accesses(observer);
    const sim = simOf(run, (access) => accesses.add(run, access));
    const ending = await run.execute(() => test(sim));
    return { run, ending, accesses };
  } finally {
    stop();
  }
}

/** What other orders show: races that happened, and orders of two writes. Undefined when there are none. */
async function others(
  test: Test,
  context: Context,
  points: Points,
): Promise<ReadonlySet<string> | undefined> {
  const frontier = new Frontier(2);
  const seen = new Set<string>();
  let prefix: readonly number[] | undefined = [];
  for (let run = 0; run < ATTEMPTS && prefix !== undefined; run++) {
    const next = await once(test, context, follow(prefix), points);
    for (const it of next.accesses.races()) {
      if (it.happened) seen.add(placeOf(it));
      seen.add(it.order.join());
    }
    // Whether the test fails in another order is for `explore` to say; what was seen counts.
    frontier.learn(next.run.taken, prefix.length);
    if (run === 0 && next.run.taken.length === 0) return undefined;
    prefix = frontier.next();
  }
  return seen;
}

function isSeen(it: Candidate, seen: ReadonlySet<string>): boolean {
  if (it.kind === "write-write") return seen.has(it.order.toReversed().join());
  return it.happened || seen.has(placeOf(it));
}

function placeOf({ key, location, other }: Candidate): string {
  return [key, location, other].join();
}
