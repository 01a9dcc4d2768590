import { callerOf } from "./caller.ts";
import type { Activity } from "./context.ts";
import { alone, type Test } from "./explore.ts";
import { HappensBefore, isBefore, type Segment } from "./happens-before.ts";
import { Outside } from "./outside.ts";
import { Run } from "./run.ts";
import { simOf } from "./sim.ts";
import { plain } from "./strategies.ts";
import type { Access } from "./watch.ts";

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

interface Seen extends Access {
  readonly activity: Activity;
  readonly segment: Segment;
  readonly location: string;
  /** Of a write: the read of the same key that came last before it in its activity. */
  readonly read: Seen | undefined;
}

/**
 * Runs `test` once, in its plainest order, and returns the races among accesses to `sim.shared` values
 * that this one run shows, whether or not they did harm. Rejects when the test itself fails.
 *
 * A race is reported when no chain of causes orders the two places: no `await`, no promise, no lock
 * built from promises. Values that are not shared through `sim.shared`, and paths that this run does
 * not take, are not seen. Needs Node. The test must have no more than some ten thousand pauses.
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
    const order = new HappensBefore();
    const stop = order.listen();
    try {
      const settings = { points: "io", seed: 1, maxSteps: 20_000, tolerance: 0 } as const;
      const outside = new Outside(1000);
      const run = new Run(settings, plain, { context, outside, verbose: false, observer: order });
      const log = new Map<object, Map<unknown, Seen[]>>();
      const sim = simOf(run, (access) => {
        const keys = log.get(access.target) ?? new Map<unknown, Seen[]>();
        const seen = keys.get(access.key) ?? [];
        log.set(access.target, keys.set(access.key, seen));
        const activity = run.current();
        const read =
          access.kind === "write"
            ? seen.findLast(
                (it) => it.kind === "read" && it.activity === activity && precedes(it, order.now()),
              )
            : undefined;
        const location = callerOf(access.callee) ?? activity.name;
        seen.push({ ...access, activity, segment: order.now(), location, read });
      });
      const ending = await run.execute(() => test(sim));
      if (ending.kind === "failure") throw ending.error;
      if (ending.kind !== "passed") {
        throw new Error(
          `The test does not end (${ending.kind}); waiting: ${ending.waiting.join(", ")}`,
        );
      }
      return [...log.values()].flatMap((keys) => [...keys.values()].flatMap(racesAmong));
    } finally {
      stop();
    }
  });
}

function precedes(it: Seen, segment: Segment): boolean {
  return it.segment === segment || isBefore(it.segment, segment);
}

/** The races among the accesses to one key, each pair of places once. */
function racesAmong(seen: readonly Seen[]): readonly Race[] {
  const writes = seen.filter((it) => it.kind === "write");
  const found = new Map<string, Race>();
  const add = (kind: Race["kind"], write: Seen, other: Seen): void => {
    const race = { kind, location: write.location, other: other.location, key: write.label };
    found.set([kind, race.location, race.other].join(), race);
  };
  const stale = new Set<Seen>();
  for (const write of writes) {
    const { read } = write;
    if (read === undefined || read.segment === write.segment) continue;
    const other = writes.find((it) => it !== write && mayFallBetween(it, read, write));
    if (other === undefined) continue;
    stale.add(write);
    add(read.isAbsent ? "check-then-act" : "stale-write", write, other);
  }
  for (const [index, write] of writes.entries()) {
    for (const other of writes.slice(0, index)) {
      if (!isUnordered(write, other) || Object.is(write.value, other.value)) continue;
      if (stale.has(write) || stale.has(other)) continue;
      // Read and written without a pause: in whatever order they come, neither change is lost.
      if (isUpdate(write) && isUpdate(other)) continue;
      add("write-write", write, other);
    }
  }
  return [...found.values()];
}

function isUpdate({ read, segment }: Seen): boolean {
  return read?.segment === segment;
}

function isUnordered(a: Seen, b: Seen): boolean {
  return (
    a.segment !== b.segment && !isBefore(a.segment, b.segment) && !isBefore(b.segment, a.segment)
  );
}

/** Could `it` come after the read and before the write, without that being how the code wants it? */
function mayFallBetween(it: Seen, read: Seen, write: Seen): boolean {
  const isEarlier = precedes(it, read.segment);
  const isLater = precedes(write, it.segment);
  // The activity itself waits for it: it is part of what happens between the two, every time.
  const isPartOfIt = precedes(read, it.segment) && precedes(it, write.segment);
  return !isEarlier && !isLater && !isPartOfIt;
}
