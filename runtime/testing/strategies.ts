import type { Lane, Pending } from "./events.ts";
import type { Taken } from "./run.ts";
import { numbersFrom } from "./seed.ts";

/** A point at which a schedule can go more than one way. Way 0 is the default. */
export interface Decision {
  readonly kind: "order" | "fault";
  readonly options: number;
  /** The default continues the same task, so that any other way interrupts it. */
  readonly preempts: boolean;
  /** Of an order: what each way lets happen. */
  readonly pending: readonly Pending[];
  /** Of a fault: how likely it is. */
  readonly rate: number;
}

/** Takes the decisions of one run. */
export interface Strategy {
  choose(decision: Decision): number;
}

/** Continues the same task wherever it can, and lets no call fail. */
export const plain: Strategy = { choose: () => 0 };

/** Every way is equally likely, at every point. */
export function random(seed: number): Strategy {
  const next = numbersFrom(seed);
  return {
    choose: ({ kind, options, rate }) =>
      kind === "fault" ? fault(next, options, rate) : Math.floor(next() * options),
  };
}

/** How often one task may win in a row before it has to let the others pass. */
const PATIENCE = 64;

/**
 * Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): every task gets a random
 * priority, the highest goes on, and at a few random points of the run it falls behind all others. A
 * bug that needs `depth` orderings is found with a probability of at least 1 / (tasks · length^(depth-1))
 * per run. Departure from the paper: a task that spins loses its priority, or it would spin for ever.
 */
export function pct(seed: number, depth: number, length: number): Strategy {
  const next = numbersFrom(seed);
  const priorities = new Map<Lane | undefined, number>();
  const changes = new Set(Array.from({ length: depth - 1 }, () => Math.floor(next() * length)));
  let lowest = 0;
  let decisions = 0;
  let last: Lane | undefined;
  let wins = 0;
  return {
    choose({ kind, options, rate, pending }) {
      if (kind === "fault") return fault(next, options, rate);
      const lanes = pending.map((it) => it.lane);
      for (const lane of lanes) if (!priorities.has(lane)) priorities.set(lane, 1 + next());
      const highest = (): number => {
        const values = lanes.map((lane) => priorities.get(lane) ?? 0);
        return values.indexOf(Math.max(...values));
      };
      let best = highest();
      wins = lanes[best] === last ? wins + 1 : 0;
      if (changes.has(decisions++) || PATIENCE < wins) {
        priorities.set(lanes[best], --lowest);
        best = highest();
        wins = 0;
      }
      last = lanes[best];
      // Calls that one task runs at once share its priority; which of them goes on is drawn.
      const equals = lanes.flatMap((lane, at) => (lane === last ? [at] : []));
      return equals[Math.floor(next() * equals.length)] ?? best;
    },
  };
}

function fault(next: () => number, options: number, rate: number): number {
  return next() < rate ? 1 + Math.floor(next() * (options - 1)) : 0;
}

/** Thrown when a schedule does not fit the program: it has changed, or is not deterministic. */
export class ScheduleMismatch extends Error {
  override readonly name = "ScheduleMismatch";
}

/** Takes the given ways, then the default. Refuses a way that is not there. */
export function follow(choices: readonly number[]): Strategy {
  let at = 0;
  return {
    choose({ options }) {
      const choice = choices[at++] ?? 0;
      if (choice < options) return choice;
      throw new ScheduleMismatch(
        `Decision ${at} has ${options} ways, but the schedule takes number ${choice + 1}: the program has changed, or does not always do the same.`,
      );
    },
  };
}

interface Bucket {
  readonly branches: {
    readonly parent: readonly Taken[];
    readonly at: number;
    readonly choice: number;
  }[];
  next: number;
}

/** How many used branches a bucket keeps before it gives their memory back. */
const ROOM = 1000;

/**
 * Every schedule, those with few preemptions first; none twice. A schedule costs one for each time it
 * interrupts a task that could go on and for each fault; picking among others when a task waits is free.
 * Bugs need few preemptions (Musuvathi and Qadeer, PLDI 2007), and their number, unlike the number of
 * deviations from some order, does not grow with the length of the program.
 */
export class Frontier {
  /** True until a schedule was left out because of the bound. */
  isWhole = true;

  readonly #bound: number;
  /** By cost. Each entry stands for its parent's ways up to `at`, and then `choice`. */
  readonly #open: Bucket[] = [];

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** The lowest cost that still has schedules to be run; -1 when there are none. */
  get cost(): number {
    return this.#open.findIndex((it) => it !== undefined && it.next < it.branches.length);
  }

  /**
   * The oldest branch of the lowest cost. Those come from early decisions, where one deviation changes
   * most; taking the youngest first found the planted bugs up to five times later.
   */
  next(): readonly number[] | undefined {
    const bucket = this.#open[this.cost];
    const branch = bucket?.branches[bucket.next];
    if (bucket === undefined || branch === undefined) return undefined;
    bucket.next++;
    if (ROOM < bucket.next) bucket.branches.splice(0, bucket.next);
    if (ROOM < bucket.next) bucket.next = 0;
    return [...branch.parent.slice(0, branch.at).map((it) => it.choice), branch.choice];
  }

  /** Adds the schedules that branch off from one that was run, after its first `prefix` decisions. */
  learn(taken: readonly Taken[], prefix: number): void {
    let spent = 0;
    for (const [at, decision] of taken.entries()) {
      const cost = spent + (decision.costs ? 1 : 0);
      if (prefix <= at) {
        if (this.#bound < cost) this.isWhole = false;
        else {
          const { branches } = (this.#open[cost] ??= { branches: [], next: 0 });
          for (let choice = 1; choice < decision.options; choice++) {
            branches.push({ parent: taken, at, choice });
          }
        }
      }
      if (decision.choice !== 0) spent = cost;
    }
  }
}
